/** A known way of writing classes: what a label, folded to lower case and plain numbers, means. */
export interface LabelScheme {
  readonly name: string;
  /** Names in the order of the class numbers; null: the labels themselves, sorted. */
  readonly classes: readonly string[] | null;
  /** Number of the class, or why the label is dropped. */
  classOf(label: string): number | string;
}

const SENTIMENT = ['negative', 'positive'];
const NEUTRAL_WORDS: ReadonlySet<string> = new Set(['neutral', 'neu']);
const WORDS: ReadonlyMap<string, number> = new Map([
  ['negative', 0],
  ['neg', 0],
  ['false', 0],
  ['positive', 1],
  ['pos', 1],
  ['true', 1],
]);

/** Columns whose numbers are stars or points, folded; the first four as in the Spark job. */
const RATING_COLUMNS = /^(rating|overall|stars?|score|star_?rating|review_?rating|review_?score|ratings)$/;

/** The first scheme that fits all labels of a column. */
export function findScheme(labels: readonly string[], columnName: string): LabelScheme {
  const has = (label: string) => labels.includes(label);
  const within = (...allowed: string[]) => labels.every(label => allowed.includes(label));
  if (within('0', '1')) return numbered('0/1', { 0: 0, 1: 1 });
  if (within('-1', '1')) return numbered('-1/1', { '-1': 0, 1: 1 });
  if (within('-1', '0', '1') && labels.length === 3)
    return numbered('-1/0/1', { '-1': 0, 0: 1, 1: 2 }, ['negative', 'neutral', 'positive']);
  if (within('0', '2', '4') && has('4') && (has('0') || !isRating(columnName))) {
    return numbered('0/4', { 0: 0, 2: 'neutral', 4: 1 });
  }
  const stars = starsOf(labels, columnName);
  if (stars) return stars;
  if (within('1', '2')) return numbered('1/2', { 1: 0, 2: 1 });
  return wordsOf(labels) ?? { name: 'as written', classes: null, classOf: () => 0 };
}

/** Lower case, no white space around, `1.0` and `+1` as `1`, `0.50` as `0.5`. */
export function foldLabel(label: string): string {
  const folded = label.trim().toLowerCase();
  return /^[+-]?\d+(\.\d*)?$/.test(folded) && folded.length <= 15 ? String(Number(folded) + 0) : folded;
}

/** What programs write where there is no value. */
const MISSING: ReadonlySet<string> = new Set(['nan', 'na', 'n/a', '<na>', 'null', 'none']);

export function isMissing(folded: string): boolean {
  return MISSING.has(folded);
}

function numbered(
  name: string,
  meaning: Readonly<Record<string, number | string>>,
  classes: readonly string[] = SENTIMENT,
): LabelScheme {
  return { name, classes, classOf: label => meaning[label] ?? 'not known' };
}

function isRating(columnName: string): boolean {
  return RATING_COLUMNS.test(columnName.trim().toLowerCase().replaceAll(/[\s-]/g, '_'));
}

/**
 * One to five stars, with halves in a column of ratings; elsewhere only where all five occur. Ten points are read as in
 * the IMDB data set (Maas et al., 2011): up to 4 is negative, from 7 on positive.
 */
function starsOf(labels: readonly string[], columnName: string): LabelScheme | undefined {
  const values = labels.map(Number);
  const isScale = (top: number) => values.every(value => value >= 1 && value <= top);
  const isFull = labels.length === 5 && values.every(Number.isInteger);
  if (isScale(5) && (isRating(columnName) || isFull)) return graded('stars 1-5', 2, 4, 'three stars are neither');
  if (isScale(10) && isRating(columnName)) return graded('ratings 1-10', 4, 7, 'in the middle of the scale');
  return undefined;
}

function graded(name: string, highestNegative: number, lowestPositive: number, middle: string): LabelScheme {
  return {
    name,
    classes: SENTIMENT,
    classOf: label => {
      if (Number(label) >= lowestPositive) return 1;
      return Number(label) <= highestNegative ? 0 : middle;
    },
  };
}

/** Words for the two classes, mixed as one likes. With a neutral class in between they are three classes as written. */
function wordsOf(labels: readonly string[]): LabelScheme | undefined {
  if (labels.every(label => WORDS.has(label))) {
    const name = labels.some(label => label === 'true' || label === 'false') ? 'true/false' : 'negative/positive';
    return { name, classes: SENTIMENT, classOf: label => WORDS.get(label) ?? 'not known' };
  }
  const isKnown = labels.every(label => WORDS.has(label) || NEUTRAL_WORDS.has(label));
  const isThree = isKnown && new Set(labels.map(label => WORDS.get(label))).size === 3;
  if (!isThree) return undefined;
  const classes = ['negative', 'neutral', 'positive'];
  return {
    name: classes.join('/'),
    classes,
    classOf: label => (NEUTRAL_WORDS.has(label) ? 1 : 2 * (WORDS.get(label) ?? 0)),
  };
}

/** Columns of texts, the likeliest first; the first seven as the Spark job knows them. */
const TEXT_COLUMNS = [
  ...['text', 'reviewtext', 'review', 'review_text', 'content', 'sentence', 'tweet'],
  ...['tweet_text', 'full_text', 'review_body', 'review_content', 'comment', 'comments', 'comment_text'],
  ...['body', 'message', 'phrase', 'document', 'headline'],
];

/** Columns of labels; the first seven as the Spark job knows them. */
const LABEL_COLUMNS = [
  ...['label', 'sentiment', 'target', 'rating', 'overall', 'stars', 'score'],
  ...['polarity', 'labels', 'class', 'category', 'star_rating', 'review_rating', 'review_score', 'airline_sentiment'],
];

/** Values that say by themselves that they are labels. */
const LABEL_VALUE = /^([+-]?\d{1,2}(\.\d)?|positive|negative|neutral|pos|neg|neu|true|false)$/i;

export function findTextColumn(names: readonly string[]): string | undefined {
  return pick(names, TEXT_COLUMNS);
}

export function findLabelColumn(names: readonly string[], textColumn: string | null): string | undefined {
  return pick(
    names.filter(name => name !== textColumn),
    LABEL_COLUMNS,
  );
}

/** The column that is called so; case and white space around do not count where no other is called exactly so. */
export function findNamed(names: readonly string[], wanted: string): string | undefined {
  return names.find(name => name === wanted) ?? names.find(name => fold(name) === fold(wanted));
}

export function isLabelValue(value: string): boolean {
  return LABEL_VALUE.test(value.trim());
}

function pick(names: readonly string[], known: readonly string[]): string | undefined {
  for (const candidate of known) {
    const found = names.find(name => fold(name) === candidate);
    if (found !== undefined) return found;
  }
  return undefined;
}

function fold(name: string): string {
  return name.trim().toLowerCase();
}

/** Names for columns: what is empty or there already gets its place, as Spark numbers columns. */
export function completeNames(fields: readonly (string | null)[]): string[] {
  const taken = new Set<string>();
  return fields.map((field, index) => {
    const name = field?.trim() ?? '';
    let unique = name === '' ? `_c${index}` : name;
    while (taken.has(unique)) unique = `${unique}_c${index}`;
    taken.add(unique);
    return unique;
  });
}

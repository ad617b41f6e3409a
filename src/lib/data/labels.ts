import { SentopsError } from '../core/errors.ts';
import { groupDigits } from '../core/group-digits.ts';
import type { LabelCount } from './label-ids.ts';
import { findScheme, foldLabel, isMissing, type LabelScheme } from './label-schemes.ts';

/** How labels as written become classes. */
export interface LabelMapping {
  /** `0/4`, `stars 1-5`, `as written`, `project file` … */
  readonly scheme: string;
  /** Names in the order of the class numbers: negative before positive. */
  readonly classes: readonly string[];
  /** Class of each label id; −1 is dropped. */
  readonly classOf: Int32Array;
  /** Rows of each class. */
  readonly rows: readonly number[];
  /** Labels as written that belong to each class. */
  readonly labels: readonly (readonly string[])[];
  /** An empty value stands for the rows without a label. */
  readonly dropped: readonly DroppedLabel[];
  /** One line for people. */
  describe(): string;
}

interface DroppedLabel {
  readonly value: string;
  readonly rows: number;
  readonly why: string;
}

export interface LabelRequest {
  readonly columnName: string;
  /** Class number for each label as written, from the project file. */
  readonly explicit?: Readonly<Record<string, number>>;
  /** Rows without a label. */
  readonly blank?: number;
  /** The file that a model is tried on, as messages call it: one class is enough there. */
  readonly testFile?: string;
}

export const NO_LABEL = 'no label';

/** Finds out what the labels of a column mean, from all of them. */
export function resolveLabels(counts: readonly LabelCount[], request: LabelRequest): LabelMapping {
  const folded = counts.map(({ value }) => foldLabel(value));
  const heading = foldLabel(request.columnName);
  const isName = (label: string) => label !== heading && !isMissing(label);
  const scheme = request.explicit
    ? explicitScheme(request.explicit)
    : findScheme([...new Set(folded.filter(isName))], request.columnName);
  const classes = scheme.classes ?? sortNames(counts, folded).filter(name => isName(foldLabel(name)));
  const place = scheme.classes ? null : new Map(classes.map((name, index) => [foldLabel(name), index]));
  const meanings = folded.map(label => {
    // Files that were joined have the header once more in each.
    if (label === heading) return 'the header again';
    const meaning = place ? place.get(label) : scheme.classOf(label);
    // The project file may well have a class of that name.
    if (isMissing(label) && typeof meaning !== 'number') return NO_LABEL;
    return meaning ?? -1;
  });
  const mapping = collect(counts, meanings, { scheme: scheme.name, classes, blank: request.blank ?? 0 });
  refuseUseless(mapping, counts, request);
  return mapping;
}

/** Names as written most often, in the order of their folded forms (numbers by value). */
function sortNames(counts: readonly LabelCount[], folded: readonly string[]): string[] {
  const names = new Map<string, LabelCount>();
  for (const [index, label] of folded.entries()) {
    const count = counts[index] as LabelCount;
    if ((names.get(label)?.rows ?? -1) < count.rows) names.set(label, count);
  }
  return [...names].sort(([a], [b]) => compareLabels(a, b)).map(([, { value }]) => value.trim());
}

function compareLabels(a: string, b: string): number {
  const difference = Number(a) - Number(b);
  if (!Number.isNaN(difference) && difference !== 0) return difference;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function explicitScheme(explicit: Readonly<Record<string, number>>): LabelScheme {
  const meaning = new Map<string, number>();
  const names: string[] = [];
  for (const [label, number] of Object.entries(explicit)) {
    meaning.set(foldLabel(label), number);
    names[number] ??= label;
  }
  const count = names.length;
  const missing = Array.from({ length: count }, (_, index) => index).filter(index => names[index] === undefined);
  if (count < 2 || missing.length > 0 || count > 1000) {
    const gap = missing.length > 0 ? `no label has class ${missing[0]}` : 'they name one class only';
    throw new SentopsError('CONFIG_INVALID', `the labels of the project file do not fit: ${gap}`, {
      hint: 'number the classes of dataset.format.labels 0, 1, 2 … without a gap',
    });
  }
  return {
    name: 'project file',
    classes: count === 2 ? ['negative', 'positive'] : names,
    classOf: label => meaning.get(label) ?? 'not in the labels of the project file',
  };
}

function collect(
  counts: readonly LabelCount[],
  meanings: readonly (number | string)[],
  facts: { readonly scheme: string; readonly classes: readonly string[]; readonly blank: number },
): LabelMapping {
  const { scheme, classes, blank } = facts;
  const classOf = new Int32Array(counts.length).fill(-1);
  const rows = classes.map(() => 0);
  const labels = classes.map((): string[] => []);
  const dropped: DroppedLabel[] = blank > 0 ? [{ value: '', rows: blank, why: NO_LABEL }] : [];
  for (const [id, count] of counts.entries()) {
    const meaning = meanings[id] ?? -1;
    if (typeof meaning === 'string') {
      dropped.push({ ...count, why: meaning });
      continue;
    }
    classOf[id] = meaning;
    rows[meaning] = (rows[meaning] ?? 0) + count.rows;
    labels[meaning]?.push(count.value);
  }
  const mapping = { scheme, classes, classOf, rows, labels, dropped };
  return { ...mapping, describe: () => describeMapping(mapping) };
}

type MappingFacts = Omit<LabelMapping, 'describe'>;

function describeMapping({ scheme, classes, rows, labels, dropped }: MappingFacts): string {
  const kept = classes.map((name, index) => {
    const written = (labels[index] ?? []).filter(label => label !== name);
    return `${name}${written.length > 0 ? ` (${written.map(clip).join(', ')})` : ''} ${amount(rows[index] ?? 0)}`;
  });
  const gone = dropped.map(
    ({ value, rows: count, why }) => `${value === '' ? why : `${clip(value)} (${why})`} ${amount(count)}`,
  );
  return `labels ${scheme}: ${kept.join(', ')}${gone.length > 0 ? `; dropped: ${gone.join(', ')}` : ''}`;
}

function amount(count: number): string {
  return groupDigits(count);
}

function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

function refuseUseless(mapping: MappingFacts, counts: readonly LabelCount[], request: LabelRequest): void {
  const total = mapping.rows.reduce((sum, count) => sum + count, 0);
  const present = mapping.rows.filter(count => count > 0).length;
  const details = { column: request.columnName, labels: Object.fromEntries(counts.map(c => [c.value, c.rows])) };
  const column = `${request.testFile === undefined ? '' : `${request.testFile}: `}column ${request.columnName}`;
  if (present > 10 && present * 2 > total) {
    throw new SentopsError(
      'DATA_INVALID',
      `${column} has ${amount(present)} different values in ${amount(total)} rows: it looks like no label column`,
      { hint: 'name the column of the labels with --label-column', details: { column: request.columnName } },
    );
  }
  if (present > (request.testFile === undefined ? 1 : 0)) return;
  const found = counts.map(({ value, rows }) => `${clip(value)} (${amount(rows)} rows)`);
  if (request.blank) found.push(`${NO_LABEL} (${amount(request.blank)} rows)`);
  const read = present === 1 && mapping.scheme !== 'as written' ? `, read as ${mapping.scheme}` : '';
  throw new SentopsError(
    'DATA_INVALID',
    `${column} has ${present === 0 ? 'no class' : 'one class only'}: found ${found.join(', ') || 'no rows'}${read}`,
    {
      hint:
        request.testFile === undefined
          ? 'training needs rows of two classes at least; name another column with --label-column, or give the labels in dataset.format.labels of the project file'
          : 'name the column of the labels with --label-column',
      details,
    },
  );
}

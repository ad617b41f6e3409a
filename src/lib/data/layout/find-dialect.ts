import { SentopsError } from '../../core/errors.ts';
import { groupDigits } from '../../core/group-digits.ts';
import type { CsvDialect } from '../csv/scanner.ts';
import type { TableRequest } from '../rows.ts';
import { findNamed, findTextColumn } from './column-names.ts';
import type { Head } from './head.ts';
import { MOST_COLUMNS, type SampleRows, sampleRows } from './sample-rows.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const QUOTE = 0x22;
export const NONE = -1;
const DELIMITERS = [',', '\t', ';', '|'];
/** That share of the rows must have the same number of fields. */
const LEAST_EVEN = 0.9;

/** Line feeds end lines; carriage returns alone only in a file without any line feed. */
export function findLineEnd({ bytes }: Head): number {
  return !bytes.includes(LINE_FEED) && bytes.includes(CARRIAGE_RETURN) ? CARRIAGE_RETURN : LINE_FEED;
}

/** The way of reading that fits the head best; undefined where its rows have one field each. */
export function findDialect(head: Head, request: TableRequest): SampleRows | undefined {
  const end = findLineEnd(head);
  if (request.delimiter !== undefined) {
    const told = readWith(head, request.delimiter, end);
    refuseWide(head, told);
    return told;
  }
  const samples = DELIMITERS.map(delimiter => readWith(head, delimiter, end));
  const named = samples.find(({ rows: [first = []] }) => first.length > 1 && namesText(first, request));
  if (named) return named;
  for (const sample of samples) refuseWide(head, sample);
  const even = samples.map(sample => ({ sample, ...evenness(sample) }));
  return even
    .filter(({ width, share }) => width > 1 && share >= LEAST_EVEN)
    .sort((a, b) => b.share - a.share || b.width - a.width)[0]?.sample;
}

/** Else its lines would be taken for texts. */
function refuseWide({ name }: Head, { rows, bad, tooWide }: SampleRows): void {
  if (tooWide < 2 || tooWide < (rows.length + bad) * LEAST_EVEN) return;
  throw new SentopsError('DATA_INVALID', `${name} has more than ${groupDigits(MOST_COLUMNS)} columns`, {
    hint: 'keep the columns of the texts and the labels, and those that are to be passed on',
  });
}

/** Backslashes escape quotes only where the head cannot be read otherwise: in other files they are part of the text. */
export function readWith(head: Head, delimiter: string, end: number): SampleRows {
  const dialect: CsvDialect = {
    delimiter: delimiter === '' ? NONE : delimiter.charCodeAt(0),
    quote: QUOTE,
    escaping: 'double',
    end,
  };
  const plain = sampleRows(head, dialect);
  if (plain.bad === 0) return plain;
  const escaped = sampleRows(head, { ...dialect, escaping: 'backslash' });
  return escaped.bad < plain.bad ? escaped : plain;
}

function namesText(first: readonly (string | null)[], { textColumn }: TableRequest): boolean {
  const names = first.map(field => field ?? '');
  return textColumn === undefined ? findTextColumn(names) !== undefined : findNamed(names, textColumn) !== undefined;
}

/** The most frequent number of fields and its share of the rows; bad rows are against it. */
export function evenness({ rows, bad }: Pick<SampleRows, 'rows' | 'bad'>): { width: number; share: number } {
  const counts = new Map<number, number>();
  for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1);
  const [width, count] = [...counts].sort(([a, x], [b, y]) => y - x || b - a)[0] ?? [0, 0];
  return { width, share: count / Math.max(1, rows.length + bad) };
}

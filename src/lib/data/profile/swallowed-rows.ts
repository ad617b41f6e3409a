/** What the rows of a CSV look like, line by line. */
export interface RowShape {
  readonly delimiter: string;
  readonly columns: number;
  /** Which of them has the label; −1 without one. */
  readonly labelAt: number;
}

/** Shorter texts hold no rows worth a look. */
export const SHORTEST_SWALLOWED = 160;
/** Between the first line of a text and its last. */
const FEWEST_LINES = 3;
const SHARE = 0.8;
/** Enough to tell. */
const MOST_BYTES = 16 * 1024;
const NEWLINE = 0x0a;

/**
 * Where the first of several lines begins that look like rows of the file itself, −1 where none do: a quote that nobody
 * closed makes one field of all rows up to the next quote, and no reader complains.
 */
export function findSwallowedRows(
  bytes: Uint8Array,
  start: number,
  end: number,
  shape: RowShape,
  labels: readonly string[],
): number {
  const text = bytes.subarray(start, Math.min(end, start + MOST_BYTES));
  if (shape.columns < 2 || !hasLines(text)) return -1;
  const lines = Buffer.from(text).toString('latin1').split('\n').slice(1, -1);
  const known = new Set(labels.map(label => Buffer.from(label).toString('latin1')));
  const alike = lines.filter(line => isRow(line, shape, known)).length;
  return alike >= FEWEST_LINES && alike >= SHARE * lines.length ? start + text.indexOf(NEWLINE) + 1 : -1;
}

function hasLines(text: Uint8Array): boolean {
  let at = -1;
  for (let lines = 0; lines <= FEWEST_LINES; lines++) {
    at = text.indexOf(NEWLINE, at + 1);
    if (at < 0) return false;
  }
  return true;
}

/** Delimiters inside of texts blur how many fields there are, but not what stands at either end. */
function isRow(line: string, { delimiter, columns, labelAt }: RowShape, labels: ReadonlySet<string>): boolean {
  const fields = line.split(delimiter);
  if (labelAt < 0 || labels.size === 0) return fields.length === columns;
  if (fields.length < columns) return false;
  if (labelAt === 0) return labels.has(bare(fields[0]));
  if (labelAt === columns - 1) return labels.has(bare(fields.at(-1)));
  return fields.length === columns && labels.has(bare(fields[labelAt]));
}

function bare(field = ''): string {
  return field
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .trim();
}

import { type CsvDialect, CsvScanner, unescapeField } from '../csv/scanner.ts';
import { guessEncoding, repairUtf8, wholeCharacters } from '../read/utf8.ts';
import type { Head } from './head.ts';

/** Rows of a head as one way of reading them gives. */
export interface SampleRows {
  readonly dialect: CsvDialect;
  readonly rows: readonly (readonly (string | null)[])[];
  /** Records that break the rules of quoting, or are too wide. */
  readonly bad: number;
  /** Records of more columns than a table may have. */
  readonly tooWide: number;
}

export const MOST_COLUMNS = 4096;
const MOST_ROWS = 1000;
const LONGEST_HEAD = 256 * 1024;

/** Reads the rows of a head with a dialect. Only a row that is cut off by the end of a head is left out. */
export function sampleRows(head: Head, dialect: CsvDialect): SampleRows {
  const size = Math.min(head.bytes.length, LONGEST_HEAD);
  const isWhole = head.isWhole && size === head.bytes.length;
  // A copy: escapes are taken out where they stand.
  const bytes = Buffer.from(head.bytes.subarray(0, size));
  const columns = Math.min(MOST_COLUMNS, countByte(bytes, dialect.delimiter) + 1);
  const maxRows = Math.max(
    1,
    Math.min(MOST_ROWS, countByte(bytes, dialect.end) + 1, Math.floor((1024 * 1024) / columns)),
  );
  const scanner = new CsvScanner(dialect, { columns, leastFields: 1, maxRows });
  scanner.scan(bytes, 0, size, isWhole);
  const isNothing = scanner.rows === 0 && scanner.bad.length === 0;
  // A first row longer than the head is better than none.
  if (isNothing && !isWhole) scanner.scan(bytes, 0, size, true);
  const isOpen = scanner.unclosed >= 0 && (isWhole || isNothing);
  const tooWide = scanner.bad.filter(({ fields }) => fields > MOST_COLUMNS).length;
  return { dialect, rows: readFields(bytes, scanner), bad: scanner.bad.length + (isOpen ? 1 : 0), tooWide };
}

function countByte(bytes: Buffer, wanted: number): number {
  let count = 0;
  // By index: an iterator makes an object for each byte until the loop is compiled.
  for (let at = 0; at < bytes.length; at++) if (bytes[at] === wanted) count++;
  return count;
}

function readFields(bytes: Buffer, scanner: CsvScanner): (string | null)[][] {
  const isLatin = guessEncoding(wholeCharacters(bytes)) === 'latin1';
  return Array.from({ length: scanner.rows }, (_, row) =>
    Array.from({ length: Math.min(scanner.widths[row] ?? 0, scanner.shape.columns) }, (_field, column) => {
      const place = column * scanner.shape.maxRows + row;
      const start = scanner.starts[place] as number;
      const stored = scanner.ends[place] as number;
      if (start < 0) return null;
      const end = stored < 0 ? unescapeField(bytes, start, ~stored, scanner.dialect) : stored;
      return isLatin ? bytes.toString('latin1', start, end) : repairUtf8(bytes.subarray(start, end)).toString();
    }),
  );
}

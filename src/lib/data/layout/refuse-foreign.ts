import { SentopsError } from '../../core/errors.ts';
import type { Head } from './head.ts';

interface Foreign {
  readonly begins: RegExp;
  readonly is: string;
  readonly hint: string;
}

/** Files that are often taken for data, by their first bytes read as Latin-1. Letters alone may also begin a text. */
const FOREIGN: readonly Foreign[] = [
  { begins: /^PK\x03\x04/, is: 'a zip archive (or a spreadsheet)', hint: 'unpack it, or save the sheet as CSV' },
  { begins: /^BZh[1-9](1AY&SY|\x17rE8P\x90)/, is: 'compressed with bzip2', hint: 'unpack it with: bunzip2' },
  { begins: /^\xfd7zXZ/, is: 'compressed with xz', hint: 'unpack it with: unxz' },
  { begins: /^7z\xbc\xaf/, is: 'a 7z archive', hint: 'unpack it' },
  { begins: /^ORC.*?[\x00-\x08]/s, is: 'an ORC file', hint: 'save the table as Parquet, CSV or JSON lines' },
  { begins: /^Obj\x01/, is: 'an Avro file', hint: 'save the table as Parquet, CSV or JSON lines' },
  { begins: /^PARE.*?[\x00-\x08]/s, is: 'an encrypted Parquet file', hint: 'save the table without encryption' },
  { begins: /^SQLite format 3/, is: 'a SQLite database', hint: 'export the table as CSV' },
  { begins: /^%PDF-/, is: 'a PDF document', hint: 'give a file of rows: CSV, JSON lines or Parquet' },
  {
    begins: /^\s*<(!doctype\s+html|html|head|body)\b/i,
    is: 'a web page',
    hint: 'the download gave a page instead of the file; it may need a login',
  },
  { begins: /^\s*<\?xml/i, is: 'an XML file', hint: 'convert it to CSV or JSON lines' },
  {
    begins: /^version https:\/\/git-lfs/,
    is: 'a pointer of Git LFS, not the file itself',
    hint: 'fetch the file with: git lfs pull',
  },
  {
    begins: /^\xff\xfe\x00\x00|^\x00\x00\xfe\xff/,
    is: 'in UTF-32',
    hint: 'convert it to UTF-8 with: iconv -f UTF-32 -t UTF-8',
  },
  {
    begins: /^\xfe\xff/,
    is: 'in UTF-16 with the high byte first',
    hint: 'convert it to UTF-8 with: iconv -f UTF-16BE -t UTF-8',
  },
];

/** Bytes that no text has. */
const MOST_CONTROLS = 0.02;

/** Throws for what is no table, saying what it is. */
export function refuseForeign({ name, bytes }: Head): void {
  const begin = bytes.toString('latin1', 0, 512);
  const found = FOREIGN.find(({ begins }) => begins.test(begin));
  if (found) throw new SentopsError('DATA_INVALID', `${name} is ${found.is}`, { hint: found.hint });
}

/** For what is to be read as text: a share of control characters means that it is none. */
export function refuseBinary({ name, bytes }: Head): void {
  let controls = 0;
  // By index: an iterator makes an object for each byte until the loop is compiled.
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte < 0x09 || (byte > 0x0d && byte < 0x1b)) controls++;
  }
  if (controls <= bytes.length * MOST_CONTROLS || controls < 8) return;
  throw new SentopsError('DATA_INVALID', `${name} is no text file: many of its bytes are control characters`, {
    hint: 'give CSV, JSON lines or Parquet, plain or compressed with gzip or zstd',
  });
}

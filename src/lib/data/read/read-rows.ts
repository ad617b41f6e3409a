import { SentopsError } from '../../core/errors.ts';
import type { RowBatch } from '../rows.ts';
import type { BadRows } from './bad-rows.ts';
import { BlockReader, LONGEST_RECORD } from './block-reader.ts';
import type { RowFormat } from './row-format.ts';

export interface RowReading {
  /** As messages call it. */
  readonly name: string;
  readonly format: RowFormat;
  readonly bad: BadRows;
  /** What to do about bad rows. */
  readonly hint: string;
  /** The byte that ends a line. */
  readonly lineEnd: number;
  /** Told where rows begin, behind a header; asked again with more bytes while it says null. */
  skipHeader(bytes: Buffer, from: number, to: number, isLast: boolean): number | null;
}

/** The rows of one file, in batches. */
export async function* readRows(
  chunks: AsyncIterable<Uint8Array>,
  reading: RowReading,
  signal: AbortSignal,
): AsyncGenerator<RowBatch> {
  const reader = new BlockReader(chunks);
  const place = { line: 1 };
  let isBegun = false;
  try {
    while (!reader.isLast) {
      if (!(await reader.fill(signal))) throw tooLong(reading, place.line, reader);
      if (!isBegun) isBegun = begin(reader, reading, place);
      if (isBegun) yield* readBlock(reader, reading, place, signal);
    }
    if (reader.start < reader.end) throw neverCloses(reading, lineAt(reader, reading, place));
  } finally {
    await reader.close();
  }
}

interface Place {
  /** Of the byte at which the reader stands. */
  line: number;
}

function* readBlock(reader: BlockReader, reading: RowReading, place: Place, signal: AbortSignal): Generator<RowBatch> {
  const { format, bad } = reading;
  for (;;) {
    signal.throwIfAborted();
    const { bytes, start, end } = reader;
    const next = format.scan(bytes, start, end, reader.isLast);
    if (next === start) return;
    const { line } = place;
    for (const record of format.bad) {
      bad.add(record.reason, () => line + countLines(bytes, start, record.start, reading.lineEnd));
    }
    place.line += format.lines;
    reader.start = next;
    if (format.rows > 0) {
      const firstRow = bad.rows;
      bad.rows += format.rows;
      yield format.batch(bytes, start, next, firstRow);
    }
    bad.judge(false, reading.hint);
  }
}

/** Past the byte order mark and the header. */
function begin(reader: BlockReader, reading: RowReading, place: Place): boolean {
  const { bytes } = reader;
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf && reader.end >= 3;
  const from = reader.start + (hasMark ? 3 : 0);
  const rows = reading.skipHeader(bytes, from, reader.end, reader.isLast);
  if (rows === null) return false;
  place.line += countLines(bytes, reader.start, rows, reading.lineEnd);
  reader.start = rows;
  return true;
}

function countLines(bytes: Uint8Array, from: number, to: number, lineEnd: number): number {
  let lines = 0;
  for (let at = from; at < to; at++) if (bytes[at] === lineEnd) lines++;
  return lines;
}

/** The line where the open quote stands, or where the record begins. */
function lineAt(reader: BlockReader, { format, lineEnd }: RowReading, place: Place): number {
  const to = format.unclosed < 0 ? reader.start : format.unclosed;
  return place.line + countLines(reader.bytes, reader.start, to, lineEnd);
}

function neverCloses({ name }: RowReading, line: number): SentopsError {
  return new SentopsError('DATA_INVALID', `${name}: the quote that opens in line ${line} never closes`, {
    hint: 'write a quote inside a quoted field twice, and close the field before the line ends',
    details: { line },
  });
}

function tooLong(reading: RowReading, line: number, reader: BlockReader): SentopsError {
  const { name, format } = reading;
  const isQuote = format.unclosed >= 0;
  const at = isQuote ? lineAt(reader, reading, { line }) : line;
  const what = isQuote ? `the quote that opens in line ${at} does not close` : `the row in line ${at} does not end`;
  return new SentopsError('DATA_INVALID', `${name}: ${what} within ${LONGEST_RECORD / 1024 / 1024} MiB`, {
    hint: isQuote
      ? 'a quote is missing there, or is not meant as one'
      : 'the file has no line ends, or is no text file',
    details: { line: at },
  });
}

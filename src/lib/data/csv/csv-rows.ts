import { isUtf8 } from 'node:buffer';
import type { Encoding } from '../read/encoding.ts';
import type { FieldCount, RowFormat, Unreadable } from '../read/row-format.ts';
import { repairUtf8 } from '../read/utf8.ts';
import type { FieldColumn, RowBatch, Value } from '../rows.ts';
import { type BadRecord, type CsvDialect, CsvScanner, unescapeField } from './scanner.ts';

export interface CsvRowsRequest {
  readonly dialect: CsvDialect;
  /** Names of all columns of the file. */
  readonly names: readonly string[];
  /** Indexes of the columns that batches are to hold. */
  readonly wanted: readonly number[];
  readonly leastFields: number;
  readonly encoding: Encoding;
  readonly count: FieldCount;
}

const MOST_ROWS = 8192;
/** Of a wide table fewer rows go into a batch. */
const MOST_FIELDS = 512 * 1024;

export function createCsvRows(request: CsvRowsRequest): RowFormat {
  const columns = request.names.length;
  const maxRows = Math.min(MOST_ROWS, Math.max(16, Math.floor(MOST_FIELDS / columns)));
  return new CsvRows(request, new CsvScanner(request.dialect, { columns, leastFields: request.leastFields, maxRows }));
}

class CsvRows implements RowFormat {
  private readonly request: CsvRowsRequest;
  private readonly scanner: CsvScanner;

  constructor(request: CsvRowsRequest, scanner: CsvScanner) {
    this.request = request;
    this.scanner = scanner;
  }

  get rows(): number {
    return this.scanner.rows;
  }

  get lines(): number {
    return this.scanner.lines;
  }

  get unclosed(): number {
    return this.scanner.unclosed;
  }

  get bad(): readonly Unreadable[] {
    return this.scanner.bad.map(record => ({ start: record.start, reason: this.explain(record) }));
  }

  scan(bytes: Buffer, from: number, to: number, isLast: boolean): number {
    return this.scanner.scan(bytes, from, to, isLast);
  }

  batch(bytes: Buffer, from: number, to: number, firstRow: number): RowBatch {
    const { wanted, encoding } = this.request;
    const { rows } = this.scanner;
    // Before escapes are taken out: what they leave behind a field may end in half a character.
    const seen = encoding.look(bytes.subarray(from, to));
    const isReady = seen === 'ascii' || (seen === 'utf8' && isUtf8(bytes.subarray(from, to)));
    for (const column of wanted) this.unescape(bytes, column);
    const ready = isReady ? bytes : this.rewrite(bytes, to, seen === 'latin1');
    const columns = wanted.map(column => this.column(ready, column));
    return { rows, firstRow, columns, record: row => this.record(ready, row, isReady, seen === 'latin1') };
  }

  private explain({ fields }: BadRecord): string {
    if (fields < 0) return 'text behind a closing quote';
    const expected = this.request.names.length;
    return `${fields} ${fields === 1 ? 'field' : 'fields'} instead of ${expected}`;
  }

  private column(bytes: Buffer, column: number): FieldColumn {
    const { shape, starts, ends, rows } = this.scanner;
    const first = column * shape.maxRows;
    return { bytes, starts: starts.subarray(first, first + rows), ends: ends.subarray(first, first + rows) };
  }

  /** Only fields with escapes are touched; once done, their end is plain. */
  private unescape(bytes: Buffer, column: number): void {
    const { rows, shape } = this.scanner;
    const first = column * shape.maxRows;
    for (let place = first; place < first + rows; place++) this.unescapeAt(bytes, place);
  }

  private unescapeAt(bytes: Buffer, place: number): void {
    const { starts, ends, dialect } = this.scanner;
    const end = ends[place] as number;
    const start = starts[place] as number;
    if (end < 0 && start >= 0) ends[place] = unescapeField(bytes, start, ~end, dialect);
  }

  /** A copy of the block with the fields behind it that are not UTF-8 as they stand. */
  private rewrite(bytes: Buffer, to: number, isLatin: boolean): Buffer {
    const { starts, ends, rows, shape } = this.scanner;
    const pieces = [bytes.subarray(0, to)];
    let size = to;
    for (const column of new Set(this.request.wanted)) {
      for (let place = column * shape.maxRows; place < column * shape.maxRows + rows; place++) {
        const start = starts[place] as number;
        const end = ends[place] as number;
        if (start < 0 || !isForeign(bytes, start, end, isLatin)) continue;
        const piece = isLatin
          ? Buffer.from(bytes.toString('latin1', start, end))
          : repairUtf8(bytes.subarray(start, end));
        if (!isLatin) this.request.count.replaced++;
        pieces.push(piece);
        starts[place] = size;
        size += piece.length;
        ends[place] = size;
      }
    }
    return Buffer.concat(pieces, size);
  }

  private record(bytes: Buffer, row: number, isReady: boolean, isLatin: boolean): Record<string, Value> {
    const { starts, ends, shape } = this.scanner;
    const { names, wanted } = this.request;
    const values: [string, Value][] = names.map((name, column) => {
      const place = column * shape.maxRows + row;
      const start = starts[place] as number;
      if (start < 0) return [name, null];
      this.unescapeAt(bytes, place);
      const isDone = isReady || wanted.includes(column);
      return [name, decode(bytes, start, ends[place] as number, !isDone && isLatin)];
    });
    return Object.fromEntries(values);
  }
}

function isForeign(bytes: Buffer, start: number, end: number, isLatin: boolean): boolean {
  for (let at = start; at < end; at++) {
    if ((bytes[at] as number) >= 0x80) return isLatin || !isUtf8(bytes.subarray(start, end));
  }
  return false;
}

function decode(bytes: Buffer, start: number, end: number, isLatin: boolean): string {
  if (isLatin) return bytes.toString('latin1', start, end);
  const field = bytes.subarray(start, end);
  return isUtf8(field) ? field.toString() : repairUtf8(field).toString();
}

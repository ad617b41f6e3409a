import { SentopsError } from '../core/errors.ts';
import { createCsvRows } from './csv/csv-rows.ts';
import { CsvScanner } from './csv/scanner.ts';
import { createJsonRows } from './jsonl/json-rows.ts';
import { chooseColumns } from './layout/choose-columns.ts';
import { completeNames } from './layout/column-names.ts';
import { type CsvLayout, findCsvLayout } from './layout/find-csv-layout.ts';
import { findJsonColumns, isJsonLines } from './layout/find-json-columns.ts';
import type { Head } from './layout/head.ts';
import { sampleRows } from './layout/sample-rows.ts';
import { BadRows } from './read/bad-rows.ts';
import { Encoding } from './read/encoding.ts';
import { type RowReading, readRows } from './read/read-rows.ts';
import type { FieldCount } from './read/row-format.ts';
import { type Compression, type Tally, unpack } from './read/stored-bytes.ts';
import { decodeUtf16 } from './read/utf16.ts';
import type { ByteSource, Layout, RowBatch, Table, TableRequest } from './rows.ts';

export interface TextTableRequest {
  readonly source: ByteSource;
  readonly request: TableRequest;
  readonly tally: Tally;
  readonly head: Head;
  readonly encoding: Encoding;
  readonly compression: Compression;
  /** Of a source that can be read once: its bytes from the start on. */
  readonly rest: AsyncGenerator<Uint8Array> | null;
}

export function createTextTable(facts: TextTableRequest): Table {
  const { head, request } = facts;
  const isTold = request.type === 'jsonl';
  if (request.type !== 'csv' && isJsonLines(head, isTold)) return new TextTable(facts, null);
  return new TextTable(facts, findCsvLayout(head, request));
}

/** Without any column there is more to say than which one is missing. */
function jsonColumns(head: Head): string[] {
  const columns = findJsonColumns(head);
  if (columns.length > 0) return columns;
  throw new SentopsError('DATA_INVALID', `${head.name}: ${whyNoColumns(head)}`, {
    hint: 'each line must be one JSON object, with the text under a key of it',
  });
}

function whyNoColumns({ bytes, isWhole }: Head): string {
  const format = createJsonRows({ wanted: [], textColumn: '', encoding: new Encoding('utf8'), count: { replaced: 0 } });
  format.scan(bytes, 0, bytes.length, true);
  const [first] = format.bad;
  if (first === undefined) return 'its objects have no keys';
  const before = bytes.subarray(0, first.start);
  const line = before.reduce((sum, byte) => sum + (byte === 0x0a ? 1 : 0), 1);
  const isCut = !isWhole && bytes.indexOf(0x0a, first.start) < 0 && first.reason.startsWith('not JSON');
  const reason = isCut ? `it is longer than ${Math.floor(bytes.length / 1024)} KiB` : first.reason;
  return `line ${line} cannot be read: ${reason}`;
}

/** CSV or JSON lines. */
class TextTable implements Table {
  readonly layout: Layout;
  private readonly facts: TextTableRequest;
  private readonly csv: CsvLayout | null;
  private bad: BadRows;
  private count: FieldCount = { replaced: 0 };
  private isStarted = false;

  constructor(facts: TextTableRequest, csv: CsvLayout | null) {
    this.facts = facts;
    this.csv = csv;
    this.bad = new BadRows(facts.source.name);
    const { encoding, compression } = facts;
    const columns = csv?.columns ?? jsonColumns(facts.head);
    this.layout = {
      type: csv ? 'csv' : 'jsonl',
      compression,
      get encoding() {
        return encoding.name;
      },
      header: csv?.header ?? false,
      delimiter: csv && csv.dialect.delimiter >= 0 ? String.fromCharCode(csv.dialect.delimiter) : '',
      quoteEscape: csv?.dialect.escaping ?? 'double',
      known: csv?.known ?? null,
      columns,
      ...(csv
        ? { textColumn: csv.textColumn, labelColumn: csv.labelColumn }
        : chooseColumns(facts.source.name, columns, facts.request)),
    };
  }

  async *batches(columns: readonly string[], signal: AbortSignal): AsyncGenerator<RowBatch> {
    const { source, tally } = this.facts;
    const wanted = columns.map(name => this.indexOf(name));
    this.restart();
    for (const [index, part] of (source.parts ?? [source]).entries()) {
      const bytes = await this.open(part);
      yield* readRows(bytes, this.reading(part, columns, wanted, index), signal);
    }
    tally.finish();
    this.bad.judge(true, this.hint());
    if (this.bad.rows === 0) throw noRows(source.name, this.layout.header);
  }

  progress(): { readonly done: number; readonly total: number | null } {
    return { done: this.facts.tally.bytes, total: this.facts.source.bytes };
  }

  statistics() {
    const { bytes, sha256 } = this.facts.tally;
    const { rows, count: badRows, examples: badExamples } = this.bad;
    return { bytes, sha256, rows, badRows, badExamples, replacedFields: this.count.replaced };
  }

  private indexOf(name: string): number {
    const index = this.layout.columns.indexOf(name);
    if (index >= 0) return index;
    throw new SentopsError('DATA_INVALID', `${this.facts.source.name}: there is no column ${name}`, {
      hint: `its columns are ${this.layout.columns.join(', ')}`,
    });
  }

  private restart(): void {
    const { source, tally, rest } = this.facts;
    if (this.isStarted && rest) {
      throw new SentopsError('CONFLICT', `${source.name} can be read only once`, { hint: 'save it to a file first' });
    }
    this.isStarted = true;
    if (!rest) tally.restart();
    this.bad = new BadRows(source.name);
    this.count = { replaced: 0 };
  }

  private async open(part: ByteSource): Promise<AsyncIterable<Uint8Array>> {
    const { tally, rest, encoding } = this.facts;
    const bytes = rest ?? (await unpack(tally.count(part.open()), part.name)).bytes;
    return encoding.name === 'utf16le' ? decodeUtf16(bytes) : bytes;
  }

  private reading(part: ByteSource, names: readonly string[], wanted: readonly number[], index: number): RowReading {
    const { csv, layout, count } = this;
    const { encoding } = this.facts;
    const common = { name: part.name, bad: this.bad, hint: this.hint() };
    if (!csv) {
      const format = createJsonRows({ wanted: names, textColumn: layout.textColumn, encoding, count });
      return { ...common, format, lineEnd: 0x0a, skipHeader: (_bytes, from) => from };
    }
    const { dialect } = csv;
    const format = createCsvRows({
      dialect,
      names: csv.columns,
      wanted,
      leastFields: this.leastFields(),
      encoding,
      count,
    });
    return { ...common, format, lineEnd: dialect.end, skipHeader: createHeaderSkip(csv, index === 0) };
  }

  /** Where no label is needed a row may end behind its text. */
  private leastFields(): number {
    const { columns, textColumn } = this.layout;
    return this.facts.request.needsLabel ? columns.length : columns.indexOf(textColumn) + 1;
  }

  private hint(): string {
    if (!this.csv) return 'each line must be one JSON object';
    const { delimiter, columns } = this.layout;
    const shown = delimiter === '\t' ? 'a tab' : delimiter;
    return delimiter === ''
      ? 'each line is read as one text; name the columns in a header, or give the delimiter'
      : `read with ${shown} between ${columns.length} columns; fields with ${shown}, quotes or line ends must be quoted`;
  }
}

/** Each file of a folder may begin with the header again. */
function createHeaderSkip({ header, dialect, columns }: CsvLayout, isFirst: boolean): RowReading['skipHeader'] {
  if (!header) return (_bytes, from) => from;
  const scanner = new CsvScanner(dialect, { columns: columns.length, leastFields: 0, maxRows: 1 });
  return (bytes, from, to, isLast) => {
    const next = scanner.scan(bytes, from, to, isLast);
    if (scanner.rows === 0 && scanner.bad.length === 0 && from < to) return null;
    if (isFirst) return next;
    const { rows } = sampleRows({ name: '', bytes: bytes.subarray(from, next), isWhole: true }, dialect);
    const names = completeNames(rows[0] ?? []);
    return columns.every((name, column) => name === names[column]) ? next : from;
  };
}

function noRows(name: string, header: boolean): SentopsError {
  return new SentopsError('DATA_INVALID', header ? `${name} has a header and no rows` : `${name} has no rows`, {
    hint: 'give a file with rows',
  });
}

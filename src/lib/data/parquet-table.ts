import { SentopsError } from '../core/errors.ts';
import { readParquetTable } from '../parquet/read-table.ts';
import type { ParquetSource, ParquetTable, TableColumn } from '../parquet/types.ts';
import { chooseColumns } from './layout/choose-columns.ts';
import { type Compression, type Tally, unpack } from './read/stored-bytes.ts';
import type { ByteSource, FieldColumn, Layout, RowBatch, Table, TableRequest, Value } from './rows.ts';

export interface ParquetTableRequest extends TableRequest {
  readonly compression: Compression;
  readonly tally: Tally;
  /** Of a source that can be read once: its bytes from the start on. */
  readonly rest: AsyncGenerator<Uint8Array> | null;
}

/** A file that cannot be read from its end is held in memory, up to this size. */
const LARGEST_HELD = 2 ** 31;
const BATCH_ROWS = 8192;

export async function createParquetTable(source: ByteSource, request: ParquetTableRequest): Promise<Table> {
  const files: ParquetTable[] = [];
  for (const part of source.parts ?? [source]) {
    if (part.bytes !== 0) files.push(await openFile(part, request));
  }
  const columns = (files[0] as ParquetTable).columns.map(({ name }) => name);
  const layout: Layout = {
    type: 'parquet',
    compression: request.compression,
    encoding: 'utf8',
    header: true,
    delimiter: '',
    quoteEscape: 'double',
    known: null,
    columns,
    ...chooseColumns(source.name, columns, request),
  };
  return new ParquetRows(source, files, layout, request);
}

async function openFile(part: ByteSource, { compression, rest, tally }: ParquetTableRequest): Promise<ParquetTable> {
  const { read, bytes, name } = part;
  if (read && bytes !== null && compression === 'none') {
    return readNamed(name, { bytes, read: (start, end) => read.call(part, start, end) });
  }
  const held = await holdAll(rest ?? (await unpack(part.open(), name)).bytes, name);
  if (rest) tally.finish();
  return readNamed(name, { bytes: held.length, read: async (start, end) => held.subarray(start, end) });
}

/** Its errors begin with the name of the file; those of reading its bytes are left as they are. */
async function readNamed(name: string, source: ParquetSource): Promise<ParquetTable> {
  const failures = new Set<unknown>();
  const read: ParquetSource['read'] = (start, end) =>
    source.read(start, end).catch(error => {
      failures.add(error);
      throw error;
    });
  const explain = (error: unknown) => Promise.reject(failures.has(error) ? error : putName(name, error));
  const table = await readParquetTable({ bytes: source.bytes, read }).catch(explain);
  return { ...table, readGroup: (group, columns) => table.readGroup(group, columns).catch(explain) };
}

/** A column that only some files of a folder have is a fault of the data too. */
function putName(name: string, error: unknown): unknown {
  if (!(error instanceof SentopsError)) return error;
  const { hint, details, message } = error;
  return new SentopsError('DATA_INVALID', `${name}: ${message}`, { hint, details, cause: error });
}

async function holdAll(chunks: AsyncIterable<Uint8Array>, name: string): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of chunks) {
    length += piece.length;
    if (length > LARGEST_HELD) {
      throw new SentopsError('DATA_INVALID', `${name} is too large to be read this way: Parquet is read from its end`, {
        hint: 'save it to a file, unpacked, and give its path',
      });
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

class ParquetRows implements Table {
  readonly layout: Layout;
  readonly columnTypes: ParquetTable['columns'];
  private readonly source: ByteSource;
  private readonly files: readonly ParquetTable[];
  private readonly request: ParquetTableRequest;
  private rows = 0;
  private done = 0;

  constructor(source: ByteSource, files: readonly ParquetTable[], layout: Layout, request: ParquetTableRequest) {
    this.source = source;
    this.files = files;
    this.layout = layout;
    this.columnTypes = files[0]?.columns ?? [];
    this.request = request;
  }

  async *batches(columns: readonly string[], signal: AbortSignal): AsyncGenerator<RowBatch> {
    this.rows = 0;
    this.done = 0;
    const others = this.request.needsRecords ? this.layout.columns.filter(name => !columns.includes(name)) : [];
    for (const file of this.files) {
      for (const [number, group] of file.groups.entries()) {
        signal.throwIfAborted();
        const read = await file.readGroup(number, [...columns, ...others]);
        yield* this.cut(read, columns.length, group);
      }
    }
    await this.sumUp(signal);
    if (this.rows === 0) {
      throw new SentopsError('DATA_INVALID', `${this.source.name} has no rows`, { hint: 'give a file with rows' });
    }
  }

  progress(): { readonly done: number; readonly total: number | null } {
    const total = this.files.flatMap(({ groups }) => groups).reduce((sum, { bytes }) => sum + bytes, 0);
    return { done: this.done, total };
  }

  statistics() {
    const { bytes, sha256 } = this.request.tally;
    return { bytes, sha256, rows: this.rows, badRows: 0, badExamples: [], replacedFields: 0 };
  }

  private *cut(
    read: readonly TableColumn[],
    wanted: number,
    { rows, bytes }: ParquetTable['groups'][number],
  ): Generator<RowBatch> {
    const before = this.done;
    const texts = read.slice(0, wanted).map(column => column.text());
    for (let from = 0; from < rows; from += BATCH_ROWS) {
      const to = Math.min(rows, from + BATCH_ROWS);
      const columns = texts.map(column => slice(column, from, to));
      const firstRow = this.rows;
      this.rows += to - from;
      this.done = before + Math.round((bytes * to) / rows);
      const record = (row: number) =>
        Object.fromEntries(read.map(each => [each.info.name, each.at(from + row)] as [string, Value]));
      yield { rows: to - from, firstRow, columns, record };
    }
  }

  /** Only the columns asked for were read, so the sum over the file takes a reading of its own. */
  private async sumUp(signal: AbortSignal): Promise<void> {
    const { tally } = this.request;
    if (tally.sha256 !== '') return;
    tally.restart();
    for await (const _ of tally.count(this.source.open())) signal.throwIfAborted();
    tally.finish();
  }
}

function slice({ bytes, starts, ends }: FieldColumn, from: number, to: number): FieldColumn {
  return { bytes, starts: starts.subarray(from, to), ends: ends.subarray(from, to) };
}

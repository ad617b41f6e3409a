import { SentopsError } from '../core/errors.ts';
import { unpack } from '../data/read/stored-bytes.ts';
import type { Value } from '../data/rows.ts';
import type { ParquetTable, TableColumn } from '../parquet/types.ts';
import type { Storage } from '../storage/types.ts';
import type { PredictionFile } from './types.ts';

/** What is asked of a prediction, and under which names it may stand in a file; Spark writes vectors as structures. */
const FIELDS = {
  text: ['text'],
  label: ['label'],
  prediction: ['prediction'],
  sentiment: ['sentiment'],
  probability: ['probability', 'probability.values'],
  confidence: ['confidence'],
  modelVersion: ['model_version'],
  timestamp: ['prediction_timestamp', 'timestamp'],
} as const;

export type Field = keyof typeof FIELDS;

/** Some rows of a file. */
export interface PredictionBlock {
  readonly rows: number;
  /** Null where the row, or the whole file, does not have it. */
  at(field: Field, row: number): Value;
}

/** Lines that are parsed together. */
const BLOCK_LINES = 4096;

/** The rows of a file, with the fields asked for. DATA_INVALID where it is damaged or holds no predictions. */
export async function* readPredictions(
  file: PredictionFile,
  storage: Storage,
  fields: readonly Field[],
  signal: AbortSignal,
): AsyncGenerator<PredictionBlock> {
  if (file.format === 'parquet') yield* readParquet(file, storage, fields, signal);
  else yield* readLines(file, storage, signal);
}

/** How many rows a file has: Parquet says so in its footer, lines have to be counted. */
export async function countRows(file: PredictionFile, storage: Storage, signal: AbortSignal): Promise<number> {
  if (file.format === 'parquet') return (await openParquet(file, storage, signal)).rows;
  let rows = 0;
  for await (const lines of linesOf(file, storage, signal)) rows += lines.length;
  return rows;
}

async function* readParquet(
  file: PredictionFile,
  storage: Storage,
  fields: readonly Field[],
  signal: AbortSignal,
): AsyncGenerator<PredictionBlock> {
  const table = await openParquet(file, storage, signal);
  const present = new Set(table.columns.map(({ name }) => name));
  const chosen = fields.flatMap(field => {
    const name = FIELDS[field].find(candidate => present.has(candidate));
    return name === undefined ? [] : [{ field, name }];
  });
  if (!present.has('prediction') && !present.has('sentiment')) throw noPredictions(file, [...present]);
  const names = chosen.map(({ name }) => name);
  for (const [number, { rows }] of table.groups.entries()) {
    signal.throwIfAborted();
    const columns = await named(file, table.readGroup(number, names));
    const byField = new Map<Field, TableColumn>();
    for (const [index, { field }] of chosen.entries()) {
      const column = columns[index];
      if (column !== undefined) byField.set(field, column);
    }
    yield { rows, at: (field, row) => byField.get(field)?.at(row) ?? null };
  }
}

async function openParquet(file: PredictionFile, storage: Storage, signal: AbortSignal): Promise<ParquetTable> {
  const { readParquetTable } = await import('../parquet/read-table.ts');
  const { uri, bytes, generation } = file;
  const read = async (start: number, end: number) => {
    const pieces: Uint8Array[] = [];
    for await (const piece of storage.read(uri, { signal, start, end, generation })) pieces.push(piece);
    return Buffer.concat(pieces);
  };
  return await named(file, readParquetTable({ bytes, read }));
}

/** The file is told in what is wrong with it. */
async function named<T>({ uri }: PredictionFile, work: Promise<T>): Promise<T> {
  return await work.catch(error => {
    if (!(error instanceof SentopsError) || error.code !== 'DATA_INVALID' || error.message.includes(uri)) throw error;
    const { hint, details } = error;
    throw new SentopsError('DATA_INVALID', `${uri}: ${error.message}`, { hint, details, cause: error });
  });
}

async function* readLines(
  file: PredictionFile,
  storage: Storage,
  signal: AbortSignal,
): AsyncGenerator<PredictionBlock> {
  let line = 0;
  for await (const lines of linesOf(file, storage, signal)) {
    const records = lines.map(text => parseLine(text, file, ++line));
    yield {
      rows: records.length,
      at: (field, row) => {
        const record = records[row];
        return FIELDS[field].map(name => record?.[name]).find(value => value !== undefined) ?? null;
      },
    };
  }
}

/** Lines with something on them, many at a time. */
async function* linesOf(file: PredictionFile, storage: Storage, signal: AbortSignal): AsyncGenerator<string[]> {
  const { uri, generation } = file;
  const { bytes } = await unpack(storage.read(uri, { signal, generation }), uri);
  const decoder = new TextDecoder();
  let lines: string[] = [];
  let rest = '';
  for await (const chunk of bytes) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) if (part.trim() !== '') lines.push(part);
    if (lines.length < BLOCK_LINES) continue;
    yield lines;
    lines = [];
  }
  rest += decoder.decode();
  if (rest.trim() !== '') lines.push(rest);
  if (lines.length > 0) yield lines;
}

type Line = Readonly<Record<string, Value>>;

function parseLine(text: string, file: PredictionFile, line: number): Line {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (error) {
    throw new SentopsError('DATA_INVALID', `${file.uri}: line ${line} is not JSON`, {
      hint: 'each line has to be one prediction',
      details: { uri: file.uri, line },
      cause: error,
    });
  }
  if (typeof record !== 'object' || record === null || Array.isArray(record)) throw noPredictions(file, []);
  if ('prediction' in record || 'sentiment' in record) return record as Line;
  throw noPredictions(file, Object.keys(record));
}

function noPredictions({ uri }: PredictionFile, columns: readonly string[]): SentopsError {
  const found = columns.length === 0 ? 'it has no columns' : `its columns are ${columns.join(', ')}`;
  return new SentopsError('DATA_INVALID', `${uri} has no predictions: there is no column prediction or sentiment`, {
    hint: found,
    details: { uri, columns },
  });
}

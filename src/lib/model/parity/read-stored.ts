import fs from 'node:fs';
import path from 'node:path';
import { SentopsError } from '../../core/errors.ts';
import type { Table, Value } from '../../data/rows.ts';
import { readStoredScore, type StoredScore } from './stored-score.ts';

/** Rows of a table with the scores that somebody stored beside them. */
export async function* readStoredTable(table: Table, signal: AbortSignal): AsyncGenerator<StoredScore> {
  const { textColumn } = table.layout;
  for await (const batch of table.batches([textColumn], signal)) {
    for (let row = 0; row < batch.rows; row += 1)
      yield readStoredScore(batch.record(row), textColumn, `row ${batch.firstRow + row + 1}`);
  }
}

type Columns = Readonly<Record<string, Value>>;

/**
 * Whole columns as JSON: {"text": […], "prediction": […], "rawPrediction": […], "probability": […]}, or several of
 * these by name, whose texts stand in ../rows/<name>.json.
 */
export function readStoredColumns(file: string): StoredScore[] {
  const whole = readJson(file) as Columns;
  if (Array.isArray(whole)) throw notColumns(file);
  if (Array.isArray(whole['prediction'])) return readColumns(whole, file);
  return Object.entries(whole).flatMap(([name, part]) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) throw notColumns(file);
    const texts = readJson(path.join(path.dirname(file), '..', 'rows', `${name}.json`));
    return readColumns({ text: texts, ...(part as Columns) }, `${file}, ${name}`);
  });
}

export function isColumnFile(file: string): boolean {
  return file.toLowerCase().endsWith('.json');
}

function readColumns(columns: Columns, where: string): StoredScore[] {
  const texts = columns['text'];
  if (!Array.isArray(texts)) throw notColumns(where);
  const lists = Object.entries(columns).map(([name, values]) => {
    if (Array.isArray(values) && values.length === texts.length) return [name, values as readonly Value[]] as const;
    throw new SentopsError('DATA_INVALID', `${where}: ${name} has not one value for each of ${texts.length} texts`, {
      hint: 'give columns of equal length',
    });
  });
  return texts.map((_, row) =>
    readStoredScore(
      Object.fromEntries(lists.map(([name, values]) => [name, values[row] as Value])),
      'text',
      `${where}, row ${row + 1}`,
    ),
  );
}

function readJson(file: string): Value {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new SentopsError('NOT_FOUND', `cannot read ${file}`, {
      hint: 'name a file of scored rows: .jsonl, .csv, .parquet or columns as .json',
      place: { file },
      cause: error,
    });
  }
  try {
    const parsed = JSON.parse(text) as Value;
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    // Told below.
  }
  throw notColumns(file);
}

function notColumns(where: string): SentopsError {
  return new SentopsError('DATA_INVALID', `${where} holds no columns of scores`, {
    hint: 'write {"text": […], "prediction": […], "rawPrediction": […], "probability": […]}, or JSON lines into a .jsonl file',
  });
}

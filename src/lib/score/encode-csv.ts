import type { FieldColumn, RowBatch, Value } from '../data/rows.ts';
import type { ByteWriter } from '../data/write/byte-writer.ts';
import type { BatchScores } from '../model/compile/types.ts';
import { exactNumber } from './encode-jsonl.ts';
import { confidenceOf, explainRow, fieldText, NO_TEXT, passedValues, probabilityOf } from './row-shape.ts';
import type { RowEncoder, RowShape } from './types.ts';

const COMMA = 0x2c;
const encoder = new TextEncoder();
/** Each row may have names of its own: more of them than this are not remembered. */
export const MOST_LEFT_OUT = 1000;

/**
 * CSV as RFC 4180 has it: one head, lines that end in CR LF, lists as JSON in quotes, nothing where a value is null.
 * Its columns are fixed by the head: what only some rows of a JSONL file hold has no place here, and its names are
 * added to `leftOut`.
 */
export function createCsvEncoder(shape: RowShape, leftOut: Set<string> = new Set()): RowEncoder {
  const head = [
    'text',
    'prediction',
    'sentiment',
    'probability',
    'confidence',
    'model_version',
    'error',
    ...(shape.vectors ? ['rawPrediction', 'probabilities'] : []),
    ...(shape.explain ? ['tokens'] : []),
    ...shape.passed.map(({ to }) => to),
  ];
  const names = new Set(shape.passed.map(({ to }) => to));
  const passRecord = (out: ByteWriter, batch: RowBatch, row: number) => {
    const values = new Map<string, Value>(passedValues(batch.record(row), shape.textColumn));
    for (const [name, value] of values) {
      if (value !== null && !names.has(name) && leftOut.size < MOST_LEFT_OUT) leftOut.add(name);
    }
    for (const name of names) {
      out.byte(COMMA);
      writeText(out, cellText(values.get(name)));
    }
  };
  const pass = shape.passing === 'bytes' ? passBytes : passRecord;
  return {
    head(out) {
      for (const [index, name] of head.entries()) {
        if (index > 0) out.byte(COMMA);
        writeText(out, name);
      }
      out.ascii('\r\n');
    },
    row(out, batch, scores, row) {
      const column = batch.columns[0];
      const hasText = column !== undefined && (column.starts[row] as number) >= 0;
      if (hasText) writeField(out, column, row);
      if (hasText) writeVerdict(out, shape, scores, row);
      else out.ascii(',,,,');
      out.byte(COMMA);
      writeText(out, shape.modelVersion);
      out.byte(COMMA);
      if (!hasText) writeText(out, NO_TEXT);
      if (shape.vectors) writeVectors(out, scores, hasText ? row : -1);
      if (shape.explain !== null) {
        out.byte(COMMA);
        if (hasText) writeText(out, JSON.stringify(explainRow(shape, fieldText(column, row))));
      }
      pass(out, batch, row, shape);
      out.ascii('\r\n');
    },
  };
}

function writeVerdict(out: ByteWriter, shape: RowShape, scores: BatchScores, row: number): void {
  const prediction = scores.predictions[row] as number;
  out.byte(COMMA);
  out.ascii(csvNumber(prediction));
  out.byte(COMMA);
  writeText(out, shape.labels[prediction] ?? String(prediction));
  out.byte(COMMA);
  out.ascii(csvNumber(probabilityOf(scores, row, prediction)));
  out.byte(COMMA);
  out.ascii(csvNumber(confidenceOf(scores, row)));
}

function writeVectors(out: ByteWriter, scores: BatchScores, row: number): void {
  for (const values of [scores.raw, scores.probabilities]) {
    out.byte(COMMA);
    if (values === null || row < 0) continue;
    const numbers = Array.from(values.subarray(row * scores.classes, (row + 1) * scores.classes), exactNumber);
    writeText(out, `[${numbers.join(',')}]`);
  }
}

function passBytes(out: ByteWriter, batch: RowBatch, row: number, shape: RowShape): void {
  for (let index = 1; index <= shape.passed.length; index += 1) {
    out.byte(COMMA);
    const column = batch.columns[index];
    if (column !== undefined) writeField(out, column, row);
  }
}

function cellText(value: Value | undefined): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function writeField(out: ByteWriter, column: FieldColumn, row: number): void {
  const start = column.starts[row] as number;
  if (start >= 0) out.csvField(column.bytes, start, column.ends[row] as number);
}

function writeText(out: ByteWriter, text: string | null): void {
  if (text === null) return;
  const bytes = encoder.encode(text);
  out.csvField(bytes, 0, bytes.length);
}

function csvNumber(value: number | null): string {
  return value === null || !Number.isFinite(value) ? '' : String(value);
}

import type { RowBatch } from '../data/rows.ts';
import type { ByteWriter } from '../data/write/byte-writer.ts';
import type { BatchScores } from '../model/compile/types.ts';
import { confidenceOf, explainRow, fieldText, NO_TEXT, passedValues, probabilityOf } from './row-shape.ts';
import type { RowEncoder, RowShape } from './types.ts';

const NEWLINE = 0x0a;
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** One JSON object a line. What is the same in every row is encoded once. */
export function createJsonlEncoder(shape: RowShape): RowEncoder {
  const version = bytesOf(`,"model_version":${JSON.stringify(shape.modelVersion)}`);
  const noText = bytesOf(
    `null,"prediction":null,"sentiment":null,"probability":null,"confidence":null,"model_version":${JSON.stringify(shape.modelVersion)},"error":"${NO_TEXT}"`,
  );
  const verdicts = shape.labels.map((label, index) =>
    bytesOf(`,"prediction":${index},"sentiment":${JSON.stringify(label)},"probability":`),
  );
  const passedKeys = shape.passed.map(({ to }) => bytesOf(`,${JSON.stringify(to)}:`));
  const opening = bytesOf('{"text":');

  const passBytes = (out: ByteWriter, batch: RowBatch, row: number) => {
    for (let index = 0; index < passedKeys.length; index += 1) {
      const column = batch.columns[index + 1];
      out.raw(passedKeys[index] as Uint8Array);
      const start = column?.starts[row] ?? -1;
      if (column === undefined || start < 0) out.ascii('null');
      else out.jsonString(column.bytes, start, column.ends[row] as number);
    }
  };
  const passRecord = (out: ByteWriter, batch: RowBatch, row: number) => {
    for (const [name, value] of passedValues(batch.record(row), shape.textColumn))
      out.text(`,${JSON.stringify(name)}:${JSON.stringify(value)}`);
  };
  const pass = shape.passing === 'bytes' ? passBytes : passRecord;

  return {
    head() {},
    row(out, batch, scores, row) {
      const column = batch.columns[0];
      const prediction = scores.predictions[row] as number;
      out.raw(opening);
      const start = column?.starts[row] ?? -1;
      if (column === undefined || start < 0) out.raw(noText);
      else {
        out.jsonString(column.bytes, start, column.ends[row] as number);
        const verdict = verdicts[prediction];
        if (verdict === undefined) out.text(unnamed(prediction));
        else out.raw(verdict);
        writeProbabilities(out, scores, row, prediction);
        out.raw(version);
      }
      if (shape.vectors) writeVectors(out, scores, start < 0 ? -1 : row);
      if (shape.explain !== null)
        out.text(`,"tokens":${JSON.stringify(explainRow(shape, column ? fieldText(column, row) : null))}`);
      pass(out, batch, row);
      out.ascii('}');
      out.byte(NEWLINE);
    },
  };
}

/** A class that the model has no name for. */
function unnamed(prediction: number): string {
  return `,"prediction":${jsonNumber(prediction)},"sentiment":"${prediction}","probability":`;
}

function writeProbabilities(out: ByteWriter, scores: BatchScores, row: number, prediction: number): void {
  const probability = probabilityOf(scores, row, prediction);
  const confidence = confidenceOf(scores, row);
  const first = jsonNumber(probability);
  out.ascii(first);
  out.ascii(',"confidence":');
  // The shortest decimal form of a double is the dearest part of a row.
  out.ascii(confidence === probability ? first : jsonNumber(confidence));
}

/** Row −1: there was nothing to score. */
function writeVectors(out: ByteWriter, scores: BatchScores, row: number): void {
  out.ascii(',"rawPrediction":');
  writeVector(out, row < 0 ? null : scores.raw, scores.classes, row);
  out.ascii(',"probabilities":');
  writeVector(out, row < 0 ? null : scores.probabilities, scores.classes, row);
}

function writeVector(out: ByteWriter, values: Float64Array | null, classes: number, row: number): void {
  if (values === null) {
    out.ascii('null');
    return;
  }
  out.ascii('[');
  for (let index = 0; index < classes; index += 1) {
    if (index > 0) out.ascii(',');
    out.ascii(exactNumber(values[row * classes + index] as number));
  }
  out.ascii(']');
}

/** As JSON.stringify writes it: what is no number is null. */
function jsonNumber(value: number | null): string {
  return value === null || !Number.isFinite(value) ? 'null' : String(value);
}

/** Reads back to the same bits; a negative zero keeps its sign. */
export function exactNumber(value: number): string {
  return Object.is(value, -0) ? '-0.0' : jsonNumber(value);
}

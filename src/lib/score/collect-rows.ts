import { spellNumbers } from '../data/jsonl/kept-number.ts';
import type { RowBatch, Value } from '../data/rows.ts';
import type { BatchScores } from '../model/compile/types.ts';
import { confidenceOf, explainRow, fieldText, NO_TEXT, passedValues, probabilityOf } from './row-shape.ts';
import type { RowEncoder, RowShape, ScoredRow } from './types.ts';

/** Keeps the rows as objects, for what is printed as a whole. */
export function createCollector(shape: RowShape, add: (row: ScoredRow) => void): RowEncoder {
  return {
    head() {},
    row(_out, batch, scores, row) {
      add({ ...describeRow(shape, batch, scores, row), ...Object.fromEntries(passedOf(shape, batch, row)) });
    },
  };
}

/** The name of the class predicted and nothing else, one a line. */
export function createLabelEncoder(shape: RowShape): RowEncoder {
  return {
    head() {},
    row(out, batch, scores, row) {
      if ((batch.columns[0]?.starts[row] ?? -1) >= 0) out.text(nameOf(shape, scores.predictions[row] as number));
      out.ascii('\n');
    },
  };
}

function describeRow(shape: RowShape, batch: RowBatch, scores: BatchScores, row: number): ScoredRow {
  const column = batch.columns[0];
  const text = column ? fieldText(column, row) : null;
  const prediction = scores.predictions[row] as number;
  const { classes } = scores;
  const vector = (values: Float64Array | null) =>
    text === null || values === null ? null : Array.from(values.subarray(row * classes, (row + 1) * classes));
  return {
    text,
    prediction: text === null ? null : prediction,
    sentiment: text === null ? null : nameOf(shape, prediction),
    probability: text === null ? null : probabilityOf(scores, row, prediction),
    confidence: text === null ? null : confidenceOf(scores, row),
    model_version: shape.modelVersion,
    ...(text === null ? { error: NO_TEXT } : {}),
    ...(shape.vectors ? { rawPrediction: vector(scores.raw), probabilities: vector(scores.probabilities) } : {}),
    ...(shape.explain ? { tokens: [...explainRow(shape, text)] } : {}),
  };
}

function passedOf(shape: RowShape, batch: RowBatch, row: number): readonly (readonly [string, Value])[] {
  if (shape.passing === 'record')
    return passedValues(batch.record(row), shape.textColumn).map(([name, value]) => [name, spellNumbers(value)]);
  return shape.passed.map(({ to }, index) => {
    const column = batch.columns[index + 1];
    return [to, column ? fieldText(column, row) : null] as const;
  });
}

function nameOf({ labels }: RowShape, prediction: number): string {
  return labels[prediction] ?? String(prediction);
}

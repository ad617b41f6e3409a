import type { FieldColumn, Layout, Value } from '../data/rows.ts';
import type { BatchScores, TokenWeight } from '../model/compile/types.ts';
import type { PassedColumn, RowShape } from './types.ts';

/** Names that the output gives a meaning to. */
const OWN = new Set([
  'text',
  'prediction',
  'sentiment',
  'probability',
  'confidence',
  'model_version',
  'rawPrediction',
  'probabilities',
  'tokens',
  'error',
]);

export const NO_TEXT = 'no text';

/**
 * The name that a column of the input has in the output: its own, or `input_<name>` where that is one of ours; again
 * with `input_` before it while the input has a column of that name too.
 */
export function outputName(column: string, columns: Iterable<string>): string {
  if (!OWN.has(column)) return column;
  const taken = new Set(columns);
  let name = `input_${column}`;
  while (taken.has(name)) name = `input_${name}`;
  return name;
}

/** Every column but that of the text, which becomes `text`. */
export function passedColumns({ columns, textColumn }: Pick<Layout, 'columns' | 'textColumn'>): PassedColumn[] {
  return columns
    .filter(column => column !== textColumn)
    .map(column => ({ from: column, to: outputName(column, columns) }));
}

/** Columns of the table that are asked for: the text first. */
export function wantedColumns(shape: RowShape): string[] {
  return shape.passing === 'bytes' ? [shape.textColumn, ...shape.passed.map(({ from }) => from)] : [shape.textColumn];
}

/** What a whole row holds besides its text, under the names of the output. */
export function passedValues(
  record: Readonly<Record<string, Value>>,
  textColumn: string,
): readonly (readonly [string, Value])[] {
  const names = Object.keys(record);
  return names
    .filter(name => name !== textColumn)
    .map(name => [outputName(name, names), record[name] as Value] as const);
}

/** Of positive for two classes, of the class predicted for more. */
export function probabilityOf(scores: BatchScores, row: number, prediction: number): number | null {
  if (scores.probabilities === null) return null;
  const chosen = scores.classes === 2 ? 1 : prediction;
  return scores.probabilities[row * scores.classes + chosen] ?? null;
}

export function confidenceOf({ probabilities, classes }: BatchScores, row: number): number | null {
  if (probabilities === null) return null;
  let largest = Number.NEGATIVE_INFINITY;
  for (let index = row * classes; index < (row + 1) * classes; index += 1) {
    const value = probabilities[index] as number;
    if (value > largest) largest = value;
  }
  return largest;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Null where the field has no value. */
export function fieldText(column: FieldColumn, row: number): string | null {
  const start = column.starts[row] as number;
  return start < 0 ? null : decoder.decode(column.bytes.subarray(start, column.ends[row]));
}

export function explainRow(shape: RowShape, text: string | null): readonly TokenWeight[] {
  return shape.explain === null || text === null ? [] : shape.explain(text);
}

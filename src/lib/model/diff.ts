import type { Table } from '../data/rows.ts';
import { compareStages, type StageChange } from './compare-stages.ts';
import { compileModel } from './compile/compile.ts';
import type { MathFlavor, Scorer } from './compile/types.ts';
import type { FittedModel } from './types.ts';

export interface PredictionChanges {
  rows: number;
  /** Rows for which the two predict different classes. */
  changed: number;
  /** Largest difference of the probability of a class; null where one of them gives none. */
  maxProbabilityChange: number | null;
  /** Rows by what they were and what they became: `negative → positive`. */
  moves: { from: string; to: string; rows: number }[];
  examples: { row: number; text: string; from: string; to: string }[];
}

export interface ModelDifference {
  from: string;
  to: string;
  /** Stages, labels and calibration are the same to the bit. */
  same: boolean;
  labels: { from: string[]; to: string[] } | null;
  calibrationChanged: boolean;
  stages: StageChange[];
  /** Null where no texts were given. */
  predictions: PredictionChanges | null;
}

const MOST_EXAMPLES = 10;

/** What tells two models apart. */
export function diffModels(
  before: { readonly folder: string; readonly model: FittedModel },
  after: { readonly folder: string; readonly model: FittedModel },
): ModelDifference {
  const stages = compareStages(before.model.stages, after.model.stages);
  const [from, to] = [before.model.labels, after.model.labels];
  const isLabelled = from.length === to.length && from.every((name, index) => name === to[index]);
  const [one, other] = [before.model.calibration, after.model.calibration];
  const calibrationChanged = one?.slope !== other?.slope || one?.offset !== other?.offset;
  return {
    from: before.folder,
    to: after.folder,
    same: stages.length === 0 && isLabelled && !calibrationChanged,
    labels: isLabelled ? null : { from: [...from], to: [...to] },
    calibrationChanged,
    stages,
    predictions: null,
  };
}

/** How many rows of a table the two judge differently; classes are compared by their names. */
export async function diffPredictions(
  before: FittedModel,
  after: FittedModel,
  table: Table,
  options: { readonly math: MathFlavor; readonly signal: AbortSignal },
): Promise<PredictionChanges> {
  const scorers = [before, after].map(model => compileModel(model, { math: options.math })) as [Scorer, Scorer];
  const tally = createTally(scorers);
  const { textColumn } = table.layout;
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for await (const { rows, firstRow, columns } of table.batches([textColumn], options.signal)) {
    const [column] = columns;
    if (column === undefined) break;
    const [first, second] = scorers.map(scorer => scorer.scoreColumn(column, rows));
    if (first === undefined || second === undefined) break;
    for (let row = 0; row < rows; row += 1) {
      const start = column.starts[row] as number;
      if (start < 0) continue;
      const text = () => decoder.decode(column.bytes.subarray(start, column.ends[row]));
      const vectors = [first, second].map(
        scores => scores.probabilities?.subarray(row * scores.classes, (row + 1) * scores.classes) ?? null,
      );
      tally.add(firstRow + row, first.predictions[row] as number, second.predictions[row] as number, vectors, text);
    }
  }
  return tally.result();
}

type Probabilities = Float64Array | null | undefined;

function createTally([before, after]: readonly [Scorer, Scorer]) {
  const moves = new Map<string, { from: string; to: string; rows: number }>();
  const examples: PredictionChanges['examples'] = [];
  const totals = { rows: 0, changed: 0 };
  const place = before.labels.map(name => after.labels.indexOf(name));
  let largest: number | null = before.hasProbabilities && after.hasProbabilities ? 0 : null;
  const measure = (first: Probabilities, second: Probabilities) => {
    if (largest === null || !first || !second) return;
    for (let klass = 0; klass < first.length; klass += 1) {
      const other = second[place[klass] ?? -1];
      if (other !== undefined) largest = Math.max(largest, Math.abs((first[klass] as number) - other));
    }
  };
  return {
    add(row: number, first: number, second: number, vectors: readonly Probabilities[], text: () => string): void {
      totals.rows += 1;
      measure(vectors[0], vectors[1]);
      const [from, to] = [before.labels[first] ?? String(first), after.labels[second] ?? String(second)];
      if (from === to) return;
      totals.changed += 1;
      const move = moves.get(`${first} ${second}`) ?? { from, to, rows: 0 };
      moves.set(`${first} ${second}`, { ...move, rows: move.rows + 1 });
      if (examples.length < MOST_EXAMPLES) examples.push({ row, text: text(), from, to });
    },
    result: (): PredictionChanges => ({
      ...totals,
      maxProbabilityChange: largest,
      moves: [...moves.values()].sort((a, b) => b.rows - a.rows),
      examples,
    }),
  };
}

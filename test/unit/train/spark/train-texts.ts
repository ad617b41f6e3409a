import type { Parameters, Trainer } from '../../../../src/lib/learn/types.ts';
import type { FitRequest, FittedText } from '../../../../src/lib/train/learner.ts';
import {
  createSparkLearner,
  type SparkLearnerOptions,
  type SparkTask,
} from '../../../../src/lib/train/spark/learner.ts';
import { batchOf, type MadeRow, madeRows } from '../made-batch.ts';

export const COLUMNS = 256;
export const ROWS = madeRows(400);

export function task(name: string, params: Parameters = {}, grid: SparkTask['grid'] = null): SparkTask {
  return { name, trainer: name, params, grid };
}

export interface Setting extends Partial<SparkLearnerOptions> {
  readonly classes?: number;
  readonly classOf?: Int32Array;
  readonly batch?: number;
  readonly request?: Partial<FitRequest>;
}

export async function train(
  rows: readonly MadeRow[],
  tasks: readonly SparkTask[],
  setting: Setting = {},
): Promise<FittedText[]> {
  const { classes = 2, classOf = Int32Array.from({ length: classes }, (_, label) => label), batch = 64 } = setting;
  const learner = createSparkLearner({
    tasks,
    numFeatures: setting.numFeatures ?? COLUMNS,
    seed: setting.seed ?? 1,
    cvFolds: setting.cvFolds ?? null,
    calibrate: setting.calibrate ?? false,
  });
  try {
    for (let from = 0; from < rows.length; from += batch) await learner.add(batchOf(rows.slice(from, from + batch)));
    const signal = new AbortController().signal;
    return [...(await learner.fit({ classOf, classes, signal, progress() {}, ...setting.request }))];
  } finally {
    await learner.close();
  }
}

export const textsOf = (rows: readonly MadeRow[], part: number) =>
  rows.filter(row => row.part === part).map(({ text }) => text ?? '');

/** What a sparse view holds at a moment, before the next row overwrites it. */
export function entriesOf(view: { count: number; indices: Int32Array; values: Float64Array }): [number, number][] {
  return Array.from({ length: view.count }, (_, at) => [view.indices[at] as number, view.values[at] as number]);
}

/** Keeps the rows that it is shown, and prefers the second class for long ones. */
export function spy(seen: [number, number][][], scoresPerRow = 2): Trainer {
  const keep = (features: { starts: Int32Array; indices: Int32Array; values: Float64Array }) => {
    for (let row = 0; row + 1 < features.starts.length; row++) {
      const [from, to] = [features.starts[row] as number, features.starts[row + 1] as number];
      seen.push(
        entriesOf({
          count: to - from,
          indices: features.indices.subarray(from, to),
          values: features.values.subarray(from, to),
        }),
      );
    }
  };
  return {
    params: { bias: 0 },
    async fit(rows, { params }) {
      keep(rows.features);
      return {
        stage: { type: 'spy', params, arrays: { weights: Float64Array.of(1, 2) } },
        probabilistic: true,
        predict(features) {
          keep(features);
          const count = (features.starts.length - 1) * scoresPerRow;
          return Float64Array.from({ length: count }, (_, at) => (at % 2 === 1 ? 0.75 : 0.25));
        },
      };
    },
  };
}

import path from 'node:path';
import { loadProject } from '../../src/lib/config/load.ts';
import { loadModel } from '../../src/lib/model/load.ts';
import type { FittedModel } from '../../src/lib/model/types.ts';
import { runTraining } from '../../src/lib/train/run-training.ts';
import { createTestContext } from './extension-context.ts';
import { writeReviews } from './reviews.ts';

const BINARY = ['logisticregression', 'linearsvc', 'randomforest', 'naivebayes', 'ngram'];
const MANY = ['logisticregression', 'randomforest', 'naivebayes', 'ngram'];

/** Names of what `trainSamples` gives: every model that training makes, of two and of three classes. */
export const TRAINED: readonly string[] = [
  ...BINARY.map(name => `trained-${name}`),
  ...MANY.map(name => `trained-${name}-three`),
];

/** Trains every model on generated reviews, as `sentops train` does, and reads what it wrote. */
export async function trainSamples(dir: string): Promise<Map<string, FittedModel>> {
  const found = new Map<string, FittedModel>();
  for (const [classes, names, suffix] of [
    [2, BINARY, ''],
    [3, MANY, '-three'],
  ] as const) {
    const output = await train(dir, classes, names);
    for (const name of names) found.set(`trained-${name}${suffix}`, await loadModel(path.join(output, name)));
  }
  return found;
}

async function train(dir: string, classes: number, models: readonly string[]): Promise<string> {
  const context = createTestContext({ cwd: dir, env: { HOME: dir }, input: '' });
  const output = path.join(dir, `models-${classes}`);
  const input = writeReviews(path.join(dir, `reviews-${classes}.csv`), { rows: 1500, classes });
  const flag = (name: string, value: string | string[] | number) => ({ flag: name, value });
  const project = await loadProject({
    cwd: dir,
    env: {},
    home: dir,
    sections: ['backend', 'dataset', 'train', 'mlflow'],
    flags: {
      'train.input': flag('--input', input),
      'train.output': flag('--output', output),
      'train.models': flag('--models', [...models]),
      'train.numFeatures': flag('--num-features', 4096),
    },
  });
  await runTraining(project, {
    ...context,
    platform: process.platform,
    textColumn: undefined,
    labelColumn: undefined,
    variant: undefined,
    calibrate: true,
    dryRun: false,
  });
  return output;
}

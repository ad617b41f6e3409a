import { SentopsError } from '../core/errors.ts';
import { PART } from './batch.ts';
import { countByClass, countKept, type ReadInput } from './describe.ts';
import { takesClasses } from './models.ts';
import type { TrainSpec } from './spec.ts';

/** Rows without which nothing can be learnt or judged. */
export function checkParts(read: ReadInput, spec: TrainSpec): void {
  const { classes } = read.mapping;
  const train = countByClass(read, PART.train);
  const missing = classes.filter((_, index) => train[index] === 0);
  if (missing.length > 0)
    throw new SentopsError(
      'DATA_INVALID',
      `the ${countKept(read, PART.train)} rows to train on have no row of class ${missing.slice(0, 5).join(', ')}`,
      {
        hint: hintFor(spec),
        details: { rows: Object.fromEntries(classes.map((name, index) => [name, train[index]])) },
      },
    );
  if (spec.testInput === null && countKept(read, PART.test) === 0)
    throw new SentopsError(
      'DATA_INVALID',
      `no row is left to test on: ${countKept(read, PART.train)} are to train on`,
      {
        hint: `${hintFor(spec)}, lower --train-ratio, or give --test-input FILE`,
      },
    );
  if (spec.cvFolds !== null && spec.cvFolds > countKept(read, PART.train))
    throw new SentopsError(
      'DATA_INVALID',
      `${spec.cvFolds} folds need as many rows; there are ${countKept(read, PART.train)} to train on`,
      { hint: 'lower --cv-folds or give more rows' },
    );
}

/** The models that cannot be trained on these classes; an error where none is left. */
export function checkModels(models: readonly string[], classes: readonly string[]): string[] {
  const unfit = models.filter(name => !takesClasses(name, classes.length));
  if (unfit.length < models.length) return unfit;
  throw new SentopsError(
    'CONFIG_INVALID',
    `${unfit.join(', ')} tells two classes apart, and the labels are of ${classes.length}: ${classes.slice(0, 8).join(', ')}`,
    { hint: 'train another model: --models logisticregression,ngram' },
  );
}

function hintFor({ maxRows, sampleFraction }: TrainSpec): string {
  return maxRows > 0 || sampleFraction < 1
    ? 'take a larger sample: raise --max-rows or --sample-fraction'
    : 'give more rows of every class';
}

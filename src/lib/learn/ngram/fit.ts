import { Folder } from './fold.ts';
import { freeMemory } from './free-memory.ts';
import { createState, learnBinary, learnMultinomial, type OnlineState } from './online.ts';
import { mix, shuffle } from './random.ts';
import { modelsOf, ratioRates, startIntercepts } from './rates.ts';
import { findRecords, type OpenBuckets, RECORD_HEAD, type RecordBuckets, type RowSource } from './records.ts';
import { scatterRows } from './scatter.ts';
import { type Counts, countFeatures, numberFeatures, type Pause } from './vocabulary.ts';

export interface NgramFitOptions {
  readonly classes: number;
  /** Class of each label, −1 for rows to drop. */
  readonly classOf: Int32Array;
  /** Of the rows, and of the table that is made: at most as large, both powers of two. */
  readonly hashedFeatures: number;
  readonly numFeatures: number;
  readonly passes: number;
  /** Of rows with one feature. Rows of n on average are learned n^⅓ times slower, as n weights move at once. */
  readonly learningRate: number;
  readonly alpha: number;
  /** Features of fewer training rows get no weight. */
  readonly minRows: number;
  readonly seed: number;
  /** Integers that the rows in one bucket should take together. */
  readonly bucketSize: number;
}

export interface NgramFit {
  /** Of each model (one for two classes, else one for each class), one after the other. */
  readonly coefficients: Float32Array;
  readonly intercepts: Float64Array;
  readonly rows: number;
  /** Features with a weight. */
  readonly features: number;
  /** What the learning rate came to for rows of this length. */
  readonly rate: number;
  /** Mean loss of each pass, every row judged before it was learned. */
  readonly losses: readonly number[];
}

export interface NgramFitHooks {
  readonly pause: Pause;
  /** `loss` is the mean over the rows of the pass that ended. */
  progress?(done: number, total: number, loss: number): void;
  /** Memory for the coefficients. */
  allocate(length: number): Float32Array;
}

const ROWS_AT_ONCE = 256;

/** The same rows in the same order, options and seed give the same bits. Throws RangeError where there is nothing to learn. */
export async function fitNgram(
  source: RowSource,
  options: NgramFitOptions,
  open: OpenBuckets,
  hooks: NgramFitHooks,
): Promise<NgramFit> {
  const { state, dealt, buckets, features, rows, rate } = await prepare(source, options, open, hooks.pause);
  const losses: number[] = [];
  for (let pass = 0; pass < options.passes; pass++) {
    const loss = await learnPass(state, dealt, buckets, mix(options.seed, pass), hooks.pause);
    losses.push(loss / rows);
    hooks.progress?.(pass + 1, options.passes, loss / rows);
  }
  const models = modelsOf(options.classes);
  const coefficients = hooks.allocate(models * options.numFeatures);
  for (let number = 0; number < features.length; number++)
    for (let model = 0; model < models; model++)
      coefficients[model * options.numFeatures + (features[number] as number)] = state.cells[
        3 * (number * models + model)
      ] as number;
  return { coefficients, intercepts: state.intercepts, rows, features: features.length, rate, losses };
}

interface Prepared {
  readonly state: OnlineState;
  readonly dealt: RecordBuckets;
  readonly buckets: number;
  /** The hashed feature of each number. */
  readonly features: Int32Array;
  readonly rows: number;
  readonly rate: number;
}

async function prepare(
  source: RowSource,
  options: NgramFitOptions,
  open: OpenBuckets,
  pause: Pause,
): Promise<Prepared> {
  const { classOf, classes, numFeatures, seed } = options;
  const folder = new Folder(options.hashedFeatures, numFeatures);
  const buckets = Math.max(1, Math.ceil((source.features + RECORD_HEAD * source.rows) / options.bucketSize));
  const counts = await countFeatures({ source, classOf, classes, numFeatures, folder, buckets, seed }, pause);
  checkClasses(counts);
  const vocabulary = numberFeatures(counts, numFeatures, options.minRows);
  const rate = options.learningRate / Math.cbrt(meanLength(counts));
  const state = createState(ratioRates(counts, vocabulary, options.alpha), startIntercepts(counts.rows), rate);
  const rows = counts.rows.reduce((sum, many) => sum + many, 0);
  const { bucketSizes } = counts;
  const dealt = await scatterRows({ source, classOf, vocabulary, folder, bucketSizes, seed }, open, pause);
  freeMemory(vocabulary.numberOf.buffer);
  return { state, dealt, buckets, features: vocabulary.features, rows, rate };
}

/** Buckets in random order, the rows of each in random order. */
async function learnPass(
  state: OnlineState,
  dealt: RecordBuckets,
  buckets: number,
  seed: number,
  pause: Pause,
): Promise<number> {
  const learn = state.intercepts.length === 1 ? learnBinary : learnMultinomial;
  const order = Int32Array.from({ length: buckets }, (_, bucket) => bucket);
  shuffle(order, seed);
  let loss = 0;
  for (const bucket of order) {
    const records = dealt.read(bucket);
    const places = findRecords(records);
    shuffle(places, mix(seed, bucket + 1));
    for (let row = 0; row < places.length; row += ROWS_AT_ONCE) {
      await pause();
      loss += learn(state, records, places, row, Math.min(row + ROWS_AT_ONCE, places.length));
    }
  }
  return loss;
}

function meanLength(counts: Counts): number {
  const features = counts.features.reduce((sum, many) => sum + many, 0);
  const rows = counts.rows.reduce((sum, many) => sum + many, 0);
  return Math.max(1, features / rows);
}

function checkClasses(counts: Counts): void {
  if (counts.rows.length < 2) throw new RangeError('there is one class only: nothing to tell apart');
  const empty = counts.rows.indexOf(0);
  if (empty >= 0) throw new RangeError(`class ${empty} has no rows`);
}

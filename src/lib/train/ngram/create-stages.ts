import { mix } from '../../learn/ngram/random.ts';
import { CHARACTER_PATTERN, WORD_PATTERN } from '../../learn/ngram/tokens.ts';
import type { LogisticRegressionStage, Matrix, Stage } from '../../model/stages.ts';
import { ordersUpTo } from './options.ts';

export interface StagesRequest {
  readonly ngrams: number;
  readonly characters: number;
  readonly numFeatures: number;
  readonly classes: number;
  readonly seed: number;
  /** Of each model, one after the other. */
  readonly coefficients: Float32Array;
  readonly intercepts: Float64Array;
  readonly extras: Readonly<Record<string, number>>;
}

/** The trained model as stages of Spark ML that compute the same. */
export function createStages(request: StagesRequest): Stage[] {
  const name = createNames(request.seed);
  const words = tokenStages('words', WORD_PATTERN, request.ngrams, name);
  const characters = tokenStages('characters', CHARACTER_PATTERN, request.characters, name);
  const stages = [...words.stages, ...characters.stages];
  const columns = [...words.columns, ...characters.columns];
  if (columns.length > 1)
    stages.push({ kind: 'ConcatTokens', uid: name('SQLTransformer'), inputCols: columns, outputCol: 'grams' });
  stages.push({
    kind: 'HashingTF',
    uid: name('HashingTF'),
    inputCol: columns.length > 1 ? 'grams' : (columns[0] as string),
    outputCol: 'features',
    numFeatures: request.numFeatures,
    binary: true,
    hash: 'spark3',
  });
  stages.push(createClassifier(request, name('LogisticRegression')));
  return stages;
}

function createClassifier(request: StagesRequest, uid: string): LogisticRegressionStage {
  const { numFeatures, classes, coefficients, intercepts, extras } = request;
  return {
    kind: 'LogisticRegression',
    uid,
    extras,
    featuresCol: 'features',
    labelCol: 'label',
    predictionCol: 'prediction',
    rawPredictionCol: 'rawPrediction',
    probabilityCol: 'probability',
    numClasses: classes,
    numFeatures,
    thresholds: null,
    threshold: 0.5,
    multinomial: classes > 2,
    coefficients: compress(coefficients, intercepts.length, numFeatures),
    intercepts: { type: 'dense', values: intercepts },
  };
}

/** Most features have no weight. Spark multiplies by sparse rows in the same order as by dense ones. */
function compress(coefficients: Float32Array, rows: number, columns: number): Matrix {
  let kept = 0;
  for (let at = 0; at < coefficients.length; at++) if (coefficients[at] !== 0) kept++;
  const starts = new Int32Array(rows + 1);
  const indices = new Int32Array(kept);
  const values = new Float64Array(kept);
  let next = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = coefficients[row * columns + column] as number;
      if (value === 0) continue;
      indices[next] = column;
      values[next++] = value;
    }
    starts[row + 1] = next;
  }
  return { type: 'sparse', rows, columns, transposed: true, starts, indices, values };
}

/** Tokens and their n-grams up to a length, and the columns that hold them. */
function tokenStages(
  column: string,
  pattern: string,
  longest: number,
  name: (kind: string) => string,
): { stages: Stage[]; columns: string[] } {
  if (longest === 0) return { stages: [], columns: [] };
  const stages: Stage[] = [
    {
      kind: 'RegexTokenizer',
      uid: name('RegexTokenizer'),
      inputCol: 'text',
      outputCol: column,
      pattern,
      gaps: false,
      minTokenLength: 1,
      toLowercase: true,
    },
  ];
  const columns = [column];
  for (const n of ordersUpTo(longest).slice(1)) {
    const outputCol = `${column}_${n}`;
    stages.push({ kind: 'NGram', uid: name('NGram'), inputCol: column, outputCol, n });
    columns.push(outputCol);
  }
  return { stages, columns };
}

/** Unique ids as Spark makes them, the same for the same seed. */
function createNames(seed: number): (kind: string) => string {
  let next = 0;
  const hex = () => mix(seed, next++).toString(16).padStart(8, '0');
  return kind => `${kind}_${`${hex()}${hex()}`.slice(0, 12)}`;
}

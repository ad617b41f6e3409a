import { SentopsError } from '../../../core/errors.ts';
import { denseRows, denseVector } from '../../dense-numbers.ts';
import type { NaiveBayesStage } from '../../stages.ts';
import type { ModelMath } from '../hotspot-math.ts';
import type { SparseView } from '../types.ts';
import { argmax, decideByThresholds, softmax } from './decide.ts';
import { rowForm } from './logistic-regression.ts';
import { dot } from './numbers.ts';
import type { CompiledClassifier } from './types.ts';

type RawScores = (features: SparseView, raw: Float64Array, at: number) => void;
interface Scores {
  readonly raw: RawScores;
  /** Weights and start values, where the scores are weighted sums. */
  readonly linear: { readonly rows: readonly Float64Array[]; readonly intercepts: Float64Array } | null;
}

/** Spark's NaiveBayesModel: raw scores by type of model, probabilities by softmax. */
export function compileNaiveBayes(stage: NaiveBayesStage, math: ModelMath): CompiledClassifier {
  const classes = stage.theta.rows;
  const scores = compileScores(stage, math);
  return {
    classes,
    columns: stage.theta.columns,
    hasProbabilities: true,
    classify: (features, raw, probabilities, at) => {
      scores.raw(features, raw, at);
      softmax(raw, probabilities, at, classes, math.exp);
      return stage.thresholds ? decideByThresholds(probabilities, at, stage.thresholds) : argmax(raw, at, classes);
    },
    linearForm: cls => (scores.linear ? rowForm(scores.linear.rows, scores.linear.intercepts, cls) : null),
  };
}

function compileScores(stage: NaiveBayesStage, math: ModelMath): Scores {
  const theta = denseRows(stage.theta);
  const pi = denseVector(stage.pi);
  switch (stage.modelType) {
    case 'multinomial':
      return weightedSums(theta, pi);
    case 'complement':
      return complement(theta, math);
    case 'bernoulli':
      return bernoulli(theta, pi, math);
    case 'gaussian':
      return gaussian(stage, theta, pi, math);
  }
}

/** raw = θ·x + π. */
function weightedSums(rows: readonly Float64Array[], intercepts: Float64Array): Scores {
  return {
    raw: (features, raw, at) => {
      for (let cls = 0; cls < rows.length; cls++) {
        raw[at + cls] = dot(features, rows[cls] as Float64Array) + (intercepts[cls] as number);
      }
    },
    linear: { rows, intercepts },
  };
}

/** raw = θ·x − log Σ exp(θ·x), without π; the largest is taken out of the sum. */
function complement(rows: readonly Float64Array[], { exp, log }: ModelMath): Scores {
  return {
    raw: (features, raw, at) => {
      let most = Number.NEGATIVE_INFINITY;
      for (let cls = 0; cls < rows.length; cls++) {
        // gemv adds the product to a zero, which turns −0 into 0.
        const score = dot(features, rows[cls] as Float64Array) + 0;
        raw[at + cls] = score;
        if (score > most) most = score;
      }
      let sum = 0;
      for (let cls = 0; cls < rows.length; cls++) sum += exp((raw[at + cls] as number) - most);
      const shift = log(sum) + most;
      for (let cls = 0; cls < rows.length; cls++) raw[at + cls] = (raw[at + cls] as number) - shift;
    },
    linear: { rows, intercepts: new Float64Array(rows.length) },
  };
}

/** raw = (θ − log(1 − exp θ))·x + π + Σ log(1 − exp θ), for features that are 0 or 1. */
function bernoulli(theta: readonly Float64Array[], pi: Float64Array, { exp, log1p }: ModelMath): Scores {
  const absent = theta.map(row => row.map(value => log1p(-exp(value))));
  const rows = theta.map((row, cls) =>
    row.map((value, index) => value - ((absent[cls] as Float64Array)[index] as number)),
  );
  const intercepts = pi.map(
    (start, cls) => (absent[cls] as Float64Array).reduce((sum, value) => sum + value, 0) + start,
  );
  const sums = weightedSums(rows, intercepts);
  return {
    ...sums,
    raw: (features, raw, at) => {
      for (let entry = 0; entry < features.count; entry++) {
        const value = features.values[entry] as number;
        if (value !== 1 && value !== 0) {
          throw new SentopsError(
            'DATA_INVALID',
            `a Bernoulli naive Bayes model takes features of 0 or 1, not ${value}`,
            {
              hint: 'its HashingTF or CountVectorizer must be binary, without IDF',
            },
          );
        }
      }
      sums.raw(features, raw, at);
    },
  };
}

/** raw = π − (Σ (x − θ)² / σ + Σ log σ) / 2 over all features, those that are 0 included, in their order. */
function gaussian(
  stage: NaiveBayesStage,
  theta: readonly Float64Array[],
  pi: Float64Array,
  { log }: ModelMath,
): Scores {
  if (!stage.sigma)
    throw new SentopsError('DATA_INVALID', `stage ${stage.uid} (NaiveBayes) lacks the variances of its Gaussian model`);
  const sigma = denseRows(stage.sigma);
  const logVariances = sigma.map(row => row.reduce((sum, value) => sum + log(value), 0));
  const ofZero = theta.map((row, cls) =>
    row.map((mean, index) => ((0 - mean) * (0 - mean)) / ((sigma[cls] as Float64Array)[index] as number)),
  );
  const sumOf = (features: SparseView, cls: number): number => {
    const zero = ofZero[cls] as Float64Array;
    let sum = 0;
    let entry = 0;
    for (let index = 0; index < zero.length; index++) {
      if (entry < features.count && features.indices[entry] === index) {
        const distance = (features.values[entry++] as number) - ((theta[cls] as Float64Array)[index] as number);
        sum += (distance * distance) / ((sigma[cls] as Float64Array)[index] as number);
      } else sum += zero[index] as number;
    }
    return sum;
  };
  return {
    raw: (features, raw, at) => {
      for (let cls = 0; cls < theta.length; cls++) {
        raw[at + cls] = (pi[cls] as number) - (sumOf(features, cls) + (logVariances[cls] as number)) / 2;
      }
    },
    linear: null,
  };
}

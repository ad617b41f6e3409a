import type { BatchScores, Scorer } from '../../src/lib/model/compile/types.ts';

/** Scores of rows as text: prediction as a number, vectors as the 16 hex digits of each double, one after the other. */
export interface ScoreBits {
  readonly prediction: readonly number[];
  readonly rawPrediction?: readonly string[];
  readonly probability?: readonly string[];
}

const word = new DataView(new ArrayBuffer(8));

export function bitsOf(values: ArrayLike<number>): string {
  let text = '';
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    word.setFloat64(0, value);
    // There is one NaN for Spark and many for a processor.
    text += Number.isNaN(value) ? '7ff8000000000000' : word.getBigUint64(0).toString(16).padStart(16, '0');
  }
  return text;
}

/** Row by row. */
export function scoreTexts(scorer: Scorer, texts: readonly string[]): ScoreBits {
  const prediction: number[] = [];
  const rawPrediction: string[] = [];
  const probability: string[] = [];
  for (const text of texts) {
    const scored = scorer.score(text);
    prediction.push(scored.prediction);
    rawPrediction.push(bitsOf(scored.raw));
    if (scored.probabilities) probability.push(bitsOf(scored.probabilities));
  }
  return scorer.hasProbabilities ? { prediction, rawPrediction, probability } : { prediction, rawPrediction };
}

/** The same through the way that reads UTF-8 bytes. */
export function scoreAsColumn(scorer: Scorer, texts: readonly string[]): ScoreBits {
  const encoded = texts.map(text => Buffer.from(text, 'utf8'));
  const ends = new Int32Array(texts.length);
  const starts = new Int32Array(texts.length);
  let at = 0;
  encoded.forEach((part, row) => {
    starts[row] = at;
    at += part.length;
    ends[row] = at;
  });
  const scores = scorer.scoreColumn({ bytes: Buffer.concat(encoded), starts, ends }, texts.length);
  return batchBits(scores);
}

function batchBits({ rows, classes, predictions, raw, probabilities }: BatchScores): ScoreBits {
  const cut = (values: Float64Array) =>
    Array.from({ length: rows }, (_, row) => bitsOf(values.subarray(row * classes, (row + 1) * classes)));
  const prediction = [...predictions.subarray(0, rows)];
  const rawPrediction = cut(raw);
  return probabilities ? { prediction, rawPrediction, probability: cut(probabilities) } : { prediction, rawPrediction };
}

/** Rows in which any bit of any column is not the expected one. A column that Spark has and we lack differs in each. */
export function differingRows(actual: ScoreBits, expected: ScoreBits): number[] {
  const rows: number[] = [];
  for (let row = 0; row < expected.prediction.length; row++) {
    const same =
      actual.prediction[row] === expected.prediction[row] &&
      (!expected.rawPrediction || actual.rawPrediction?.[row] === expected.rawPrediction[row]) &&
      (!expected.probability || actual.probability?.[row] === expected.probability[row]);
    if (!same) rows.push(row);
  }
  return rows;
}

export interface LargestErrors {
  /** Relative to the expected number. */
  readonly rawPrediction: number;
  /** As it is: probabilities are parts of one whole. */
  readonly probability: number;
}

/** The largest distance of two numbers in the same place; infinite where one is missing. */
export function largestErrors(actual: ScoreBits, expected: ScoreBits): LargestErrors {
  return {
    rawPrediction: largestError(actual.rawPrediction, expected.rawPrediction, Math.abs),
    probability: largestError(actual.probability, expected.probability, () => 1),
  };
}

type Column = readonly string[] | undefined;

function largestError(actual: Column, expected: Column, scaleOf: (value: number) => number): number {
  let largest = 0;
  expected?.forEach((bits, row) => {
    const found = doublesOf(actual?.[row] ?? '');
    doublesOf(bits).forEach((value, at) => {
      const distance = Math.abs((found[at] ?? Number.NaN) - value);
      const error = distance === 0 ? 0 : distance / scaleOf(value);
      largest = Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(largest, error);
    });
  });
  return largest;
}

function doublesOf(bits: string): number[] {
  return Array.from({ length: bits.length / 16 }, (_, at) => {
    word.setBigUint64(0, BigInt(`0x${bits.slice(at * 16, at * 16 + 16)}`));
    return word.getFloat64(0);
  });
}

import { SentopsError } from '../../core/errors.ts';
import type { Parameters } from '../../learn/types.ts';

/** What the trainer can be told in `train.params.ngram`. */
export interface NgramParameters {
  /** Size of the hash table, a power of two; null: as large as pays for the number of classes. */
  readonly numFeatures: number | null;
  /** Longest run of words that is a feature; null: by the length of the texts. */
  readonly ngrams: number | null;
  /** Longest run of characters that is a feature; 0: none. */
  readonly characters: number;
  readonly passes: number;
  readonly learningRate: number;
  readonly alpha: number;
  /** An n-gram of fewer training rows gets no weight; null: by the length of the texts. */
  readonly minRows: number | null;
}

export interface NgramOptions extends NgramParameters {
  readonly seed: number;
  /** Where rows go that do not fit into the memory budget. */
  readonly temporaryDir: string;
  /** Bytes that hashed rows may take in memory. */
  readonly memoryBudget?: number;
  /** Use a second thread; by default where there is a second processor. */
  readonly parallel?: boolean;
}

export const NGRAM_DEFAULTS: NgramParameters = {
  numFeatures: null,
  ngrams: null,
  characters: 0,
  passes: 3,
  learningRate: 0.26,
  alpha: 3,
  minRows: null,
};
export const MEMORY_BUDGET = 192 * 2 ** 20;
export const HASHED_FEATURES = 2 ** 22;
/** Coefficients are stored densely, eight bytes each: more classes get smaller tables. */
const COEFFICIENTS = 2 ** 24;

/** Bytes of a text from which it counts as long. */
const LONG_TEXT = 400;

export type SettledParameters = NgramParameters & { readonly ngrams: number; readonly minRows: number };

/**
 * What is left to us depends on how long the texts are. Reviews repeat runs of three words often enough to learn from
 * and are full of names, which a higher bar keeps out; short texts have too few words for either (docs/ngram.md).
 */
export function settleParameters(parameters: NgramParameters, meanBytes: number): SettledParameters {
  const isLong = meanBytes >= LONG_TEXT;
  const { ngrams, minRows } = parameters;
  return { ...parameters, ngrams: ngrams ?? (isLong ? 3 : 2), minRows: minRows ?? (isLong ? 4 : 2) };
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly whole: boolean;
}
const RANGES: Readonly<Record<keyof NgramParameters, Range>> = {
  numFeatures: { from: 1024, to: 2 ** 26, whole: true },
  ngrams: { from: 1, to: 4, whole: true },
  characters: { from: 0, to: 6, whole: true },
  passes: { from: 1, to: 100, whole: true },
  learningRate: { from: Number.MIN_VALUE, to: 1000, whole: false },
  alpha: { from: Number.MIN_VALUE, to: 1e6, whole: false },
  minRows: { from: 1, to: 1e6, whole: true },
};

/** Fills in the defaults; throws CONFIG_INVALID for a name or value that the trainer does not take. */
export function checkNgramOptions(params: Parameters): NgramParameters {
  const checked: Record<string, number | null> = { ...NGRAM_DEFAULTS };
  for (const [name, value] of Object.entries(params)) {
    if (!Object.hasOwn(RANGES, name))
      throw new SentopsError('CONFIG_INVALID', `train.params.ngram has no parameter ${JSON.stringify(name)}`, {
        hint: `known are ${Object.keys(RANGES).join(', ')}`,
      });
    checked[name] = checkNumber(name as keyof NgramParameters, value);
  }
  return checked as unknown as NgramParameters;
}

function checkNumber(name: keyof NgramParameters, value: unknown): number {
  const { from, to, whole } = RANGES[name];
  const fits = typeof value === 'number' && value >= from && value <= to && (!whole || Number.isInteger(value));
  if (!fits)
    throw new SentopsError('CONFIG_INVALID', `train.params.ngram.${name} is ${JSON.stringify(value)}`, {
      hint: whole ? `give a whole number from ${from} to ${to}` : `give a number above 0, at most ${to}`,
    });
  if (name === 'numFeatures' && !Number.isInteger(Math.log2(value)))
    throw new SentopsError('CONFIG_INVALID', `train.params.ngram.numFeatures is ${value}, not a power of two`, {
      hint: `the nearest one is ${2 ** Math.round(Math.log2(value))}`,
    });
  return value;
}

/** Size of the table for so many weight vectors. */
export function tableSize(numFeatures: number | null, models: number): number {
  if (numFeatures !== null) return numFeatures;
  let size = HASHED_FEATURES;
  while (size * models > COEFFICIENTS && size > 1024) size /= 2;
  return size;
}

/** Lengths from one to the longest. */
export function ordersUpTo(longest: number): number[] {
  return Array.from({ length: longest }, (_, index) => index + 1);
}

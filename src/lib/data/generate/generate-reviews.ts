import { createRandom, mix32, STREAM, streamKey } from '../random.ts';
import { type Mood, writeReview } from './write-review.ts';

export interface ReviewsRequest {
  readonly rows: number;
  readonly seed: number;
  /** From two to five. */
  readonly classes: number;
  /** Share of rows with a wrong label. */
  readonly labelNoise?: number;
  /** Share of the last class, the positive one; the others share the rest. All are equal where absent. */
  readonly positiveShare?: number;
}

export interface Review {
  readonly text: string;
  readonly label: string;
}

const NAMES: Readonly<Record<number, readonly string[]>> = {
  2: ['negative', 'positive'],
  3: ['negative', 'neutral', 'positive'],
  4: ['very negative', 'negative', 'positive', 'very positive'],
  5: ['very negative', 'negative', 'neutral', 'positive', 'very positive'],
};

export function reviewLabels(classes: number): readonly string[] {
  const names = NAMES[classes];
  if (!names) throw new RangeError(`reviews come in 2 to 5 classes, not ${classes}`);
  return names;
}

/**
 * Synthetic labelled reviews, one after the other. Each row depends on seed and row number only, so the beginning of a
 * longer set is the shorter one.
 */
export function* generateReviews(request: ReviewsRequest): Generator<Review> {
  const names = reviewLabels(request.classes);
  const texts = streamKey(request.seed, STREAM.text);
  const labels = streamKey(request.seed, STREAM.labels);
  for (let row = 0; row < request.rows; row++) {
    const draw = createRandom(mix32(labels ^ mix32(row)), STREAM.labels);
    const truth = drawClass(names.length, request.positiveShare, draw());
    const text = writeReview(moodOf(truth, names.length), createRandom(mix32(texts ^ mix32(row)), STREAM.text));
    const isWrong = draw() < (request.labelNoise ?? 0);
    const other = (truth + 1 + Math.floor(draw() * (names.length - 1))) % names.length;
    yield { text, label: names[isWrong ? other : truth] ?? '' };
  }
}

/** The more classes there are, the less a sentence may stray: else nobody could tell them apart. */
function moodOf(truth: number, classes: number): Mood {
  const [reach, spread, leastSentences] =
    classes === 2 ? [1.35, 1.25, 1] : classes === 3 ? [1.7, 0.65, 2] : [2, 0.45, 2];
  return { tone: 2 + reach * ((2 * truth) / (classes - 1) - 1), spread, leastSentences };
}

function drawClass(classes: number, positiveShare = 1 / classes, chance: number): number {
  if (chance >= 1 - positiveShare) return classes - 1;
  return Math.min(classes - 2, Math.floor((chance / (1 - positiveShare)) * (classes - 1)));
}

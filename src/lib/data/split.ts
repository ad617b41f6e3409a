import { rowNumber, STREAM, streamKey } from './random.ts';

/** As PART of the training batches: train 0, validation 1, test 2. */
type SplitPart = 0 | 1 | 2;

export interface SplitRequest {
  readonly seed: number;
  readonly trainRatio: number;
  /** What is left of 1 is the test part. */
  readonly validationRatio: number;
}

export interface Splitter {
  /** Depends on seed and row number only: the same row is always in the same part. */
  partOf(row: number): SplitPart;
}

export function createSplitter({ seed, trainRatio, validationRatio }: SplitRequest): Splitter {
  const key = streamKey(seed, STREAM.split);
  const trainEnd = trainRatio * 0x1_0000_0000;
  const validationEnd = (trainRatio + validationRatio) * 0x1_0000_0000;
  return {
    partOf: row => {
      const number = rowNumber(key, row);
      if (number < trainEnd) return 0;
      return number < validationEnd ? 1 : 2;
    },
  };
}

export interface StratifiedSplitter {
  /** Rows must come in their order; `labelId` is the number of the label as written. */
  partOf(row: number, labelId: number): SplitPart;
}

/** Rows of one label that are dealt out together. */
const DEAL = 20;

/**
 * The same shares within every label, also of a rare one: of each 20 rows of a label as many go to each part as the
 * ratios say, and chance decides which.
 */
export function createStratifiedSplitter(request: SplitRequest): StratifiedSplitter {
  const key = streamKey(request.seed, STREAM.split);
  const decks = new Map<number, Deck>();
  return {
    partOf: (row, labelId) => {
      const deck = decks.get(labelId) ?? { left: [0, 0, 0], dealt: [0, 0, 0], rows: 0 };
      decks.set(labelId, deck);
      if (deck.left[0] + deck.left[1] + deck.left[2] === 0) shuffleIn(deck, request);
      return draw(deck, rowNumber(key, row) / 0x1_0000_0000);
    },
  };
}

interface Deck {
  /** Cards of each part that are still in the deck. */
  readonly left: [number, number, number];
  readonly dealt: [number, number, number];
  rows: number;
}

/** What rounding takes from a part in one deal it gets back in a later one; a part may be ahead, but gives nothing back. */
function shuffleIn(deck: Deck, { trainRatio, validationRatio }: SplitRequest): void {
  deck.rows += DEAL;
  const { left, dealt } = deck;
  left[0] = within(Math.round(deck.rows * trainRatio) - dealt[0], DEAL);
  const known = Math.round(deck.rows * (trainRatio + validationRatio)) - dealt[0] - dealt[1];
  left[1] = within(known - left[0], DEAL - left[0]);
  left[2] = DEAL - left[0] - left[1];
  for (const part of [0, 1, 2] as const) dealt[part] += left[part];
}

function within(cards: number, most: number): number {
  return Math.max(0, Math.min(most, cards));
}

function draw(deck: Deck, chance: number): SplitPart {
  let card = Math.floor(chance * (deck.left[0] + deck.left[1] + deck.left[2]));
  for (const part of [0, 1] as const) {
    if (card < deck.left[part]) {
      deck.left[part]--;
      return part;
    }
    card -= deck.left[part];
  }
  deck.left[2]--;
  return 2;
}

import type { FieldColumn } from '../data/rows.ts';
import type { BatchScores } from '../model/compile/types.ts';
import { fieldText } from './row-shape.ts';

/** A text with what was predicted for it; whether that is wrong is known once the labels have a meaning. */
interface Doubtful {
  readonly id: number;
  readonly text: string;
  readonly prediction: number;
  /** Of the class predicted; null without probabilities. */
  readonly probability: number | null;
}

/** Keeps, for each pair of label and class predicted, the texts of which the model was most sure. */
export interface MistakeKeeper {
  offer(texts: FieldColumn, row: number, id: number, scores: BatchScores): void;
  /** The surest first, of the pairs that are mistakes. */
  pick(classOf: Int32Array, count: number): Doubtful[];
}

const EACH = 5;
/** Of pairs that may be mistakes; beyond it the least sure one gives way. */
const MOST_PAIRS = 400;

interface Kept extends Doubtful {
  readonly sureness: number;
}

interface Weakest {
  readonly key: number;
  readonly sureness: number;
}

export function collectMistakes(): MistakeKeeper {
  const pairs = new Map<number, Kept[]>();
  const ids = new Set<number>();
  let weakest: Weakest | null = null;
  /** Whether there is room for a pair of that sureness; one less sure is given up for it. */
  const makeRoom = (sureness: number) => {
    // Each label has a pair in which it is right, whichever that turns out to be.
    if (pairs.size < MOST_PAIRS + ids.size) return true;
    weakest ??= findWeakest(pairs);
    if (!(sureness > weakest.sureness)) return false;
    pairs.delete(weakest.key);
    return true;
  };
  return {
    offer(texts, row, id, scores) {
      const prediction = scores.predictions[row] as number;
      const key = id * scores.classes + prediction;
      const at = row * scores.classes + prediction;
      const sureness = (scores.probabilities ?? scores.raw)[at] as number;
      ids.add(id);
      let kept = pairs.get(key);
      if (kept === undefined) {
        if (!makeRoom(sureness)) return;
        kept = [];
        pairs.set(key, kept);
      }
      const least = kept.at(-1);
      if (kept.length >= EACH && least !== undefined && !(sureness > least.sureness)) return;
      const probability = scores.probabilities === null ? null : sureness;
      kept.push({ id, text: fieldText(texts, row) ?? '', prediction, probability, sureness });
      kept.sort((a, b) => b.sureness - a.sureness);
      if (kept.length > EACH) kept.pop();
      weakest = null;
    },
    pick(classOf, count) {
      const wrong = [...pairs.values()].flat().filter(({ id, prediction }) => {
        const actual = classOf[id] as number;
        return actual >= 0 && actual !== prediction;
      });
      return wrong.sort((a, b) => b.sureness - a.sureness).slice(0, count);
    },
  };
}

/** A pair is as sure as the surest of its texts. */
function findWeakest(pairs: ReadonlyMap<number, readonly Kept[]>): Weakest {
  let weakest: Weakest = { key: -1, sureness: Number.POSITIVE_INFINITY };
  for (const [key, [surest]] of pairs)
    if (surest !== undefined && surest.sureness < weakest.sureness) weakest = { key, sureness: surest.sureness };
  return weakest;
}

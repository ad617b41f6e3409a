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
/** Labels and classes are few; a column of thousands of labels is refused later. */
const MOST_PAIRS = 400;

interface Kept extends Doubtful {
  readonly sureness: number;
}

export function collectMistakes(): MistakeKeeper {
  const pairs = new Map<number, Kept[]>();
  return {
    offer(texts, row, id, scores) {
      const prediction = scores.predictions[row] as number;
      const key = id * scores.classes + prediction;
      let kept = pairs.get(key);
      if (kept === undefined) {
        if (pairs.size >= MOST_PAIRS) return;
        kept = [];
        pairs.set(key, kept);
      }
      const at = row * scores.classes + prediction;
      const sureness = (scores.probabilities ?? scores.raw)[at] as number;
      const least = kept.at(-1);
      if (kept.length >= EACH && least !== undefined && !(sureness > least.sureness)) return;
      const probability = scores.probabilities === null ? null : sureness;
      kept.push({ id, text: fieldText(texts, row) ?? '', prediction, probability, sureness });
      kept.sort((a, b) => b.sureness - a.sureness);
      if (kept.length > EACH) kept.pop();
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

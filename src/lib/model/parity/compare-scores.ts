import type { Prediction } from '../compile/types.ts';
import type { StoredScore } from './stored-score.ts';
import { ulpDistance } from './ulp-distance.ts';

interface ColumnParity {
  name: string;
  /** Rows that were compared in this column. */
  rows: number;
  mismatches: number;
  /** Largest distance of two doubles, in units in the last place; null where one of them was no number. */
  maxUlp: number | null;
}

interface ParityExample {
  row: number;
  text: string | null;
  column: string;
  ours: number[] | number | null;
  theirs: number[] | number | null;
}

export interface Parity {
  rows: number;
  /** Rows in which any column differs in any bit. */
  mismatches: number;
  maxUlp: number | null;
  columns: ColumnParity[];
  /** The first few of them. */
  examples: ParityExample[];
}

export interface ParityTally {
  /** `ours` is null where the text is missing. */
  add(row: number, stored: StoredScore, ours: Prediction | null): void;
  result(): Parity;
}

type Numbers = readonly number[] | Float64Array | number | null;

const MOST_EXAMPLES = 10;
const COLUMNS = ['prediction', 'rawPrediction', 'probabilities', 'probability'] as const;

/** Holds our scores against somebody else's, bit by bit. */
export function createParityTally(): ParityTally {
  const columns = new Map(COLUMNS.map(name => [name, { name, rows: 0, mismatches: 0, maxUlp: 0 }]));
  const examples: ParityExample[] = [];
  const totals = { rows: 0, mismatches: 0 };
  return {
    add(row, stored, ours) {
      totals.rows += 1;
      let isEqual = true;
      for (const name of COLUMNS) {
        const theirs = partOf(stored, name);
        const column = columns.get(name);
        if (theirs === undefined || column === undefined) continue;
        const mine = ours === null ? null : scoreOf(ours, name);
        const distance = distanceOf(mine, theirs);
        column.rows += 1;
        if (distance === 0) continue;
        isEqual = false;
        column.mismatches += 1;
        column.maxUlp = Math.max(column.maxUlp, distance);
        if (examples.length < MOST_EXAMPLES)
          examples.push({ row, text: stored.text, column: name, ours: plain(mine), theirs: plain(theirs) });
      }
      if (!isEqual) totals.mismatches += 1;
    },
    result() {
      const compared = [...columns.values()].filter(column => column.rows > 0);
      const largest = Math.max(0, ...compared.map(column => column.maxUlp));
      const listed = compared.map(column => ({ ...column, maxUlp: finite(column.maxUlp) }));
      return { ...totals, maxUlp: finite(largest), columns: listed, examples };
    },
  };
}

function partOf(stored: StoredScore, name: (typeof COLUMNS)[number]): Numbers | undefined {
  switch (name) {
    case 'prediction':
      return stored.prediction;
    case 'rawPrediction':
      return stored.raw;
    case 'probabilities':
      return stored.probabilities;
    case 'probability':
      return stored.probability;
  }
}

function scoreOf({ prediction, raw, probabilities }: Prediction, name: (typeof COLUMNS)[number]): Numbers {
  switch (name) {
    case 'prediction':
      return prediction;
    case 'rawPrediction':
      return raw;
    case 'probabilities':
      return probabilities;
    case 'probability':
      return probabilities?.[probabilities.length === 2 ? 1 : prediction] ?? null;
  }
}

function distanceOf(ours: Numbers, theirs: Numbers): number {
  if (ours === null || theirs === null) return ours === theirs ? 0 : Number.POSITIVE_INFINITY;
  const [mine, other] = [toList(ours), toList(theirs)];
  if (mine.length !== other.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let index = 0; index < mine.length; index += 1)
    largest = Math.max(largest, ulpDistance(mine[index] as number, other[index] as number));
  return largest;
}

function toList(numbers: Exclude<Numbers, null>): readonly number[] | Float64Array {
  return typeof numbers === 'number' ? [numbers] : numbers;
}

function plain(numbers: Numbers): number[] | number | null {
  return numbers === null || typeof numbers === 'number' ? numbers : Array.from(numbers);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

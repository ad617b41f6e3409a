import type { LabelledRows } from '../../../src/lib/learn/types.ts';

export interface RowRecipe {
  readonly seed: number;
  readonly rows: number;
  readonly columns: number;
  readonly classes: number;
  /** All values are one. */
  readonly binary?: boolean;
  readonly weighted?: boolean;
}

/** Tommy Ettinger's mulberry32 (public domain): whole numbers below 2^32. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** The rows that scripts/golden/make_learn_fixtures.py gave to Spark, to the last bit. */
export function makeRows(recipe: RowRecipe): LabelledRows {
  const draw = mulberry32(recipe.seed);
  const starts = [0];
  const indices: number[] = [];
  const values: number[] = [];
  const labels: number[] = [];
  const weights: number[] = [];
  for (let row = 0; row < recipe.rows; row++) {
    const counts = drawCounts(draw, recipe.columns);
    labels.push(drawLabel(draw, recipe.classes, counts));
    if (recipe.weighted) weights.push((1 + (draw() % 4)) / 2);
    for (const [column, count] of [...counts].sort(([a], [b]) => a - b)) {
      indices.push(column);
      values.push(recipe.binary ? 1 : count * (1 + (column % 7) / 8));
    }
    starts.push(indices.length);
  }
  return {
    features: {
      columns: recipe.columns,
      starts: Int32Array.from(starts),
      indices: Int32Array.from(indices),
      values: Float64Array.from(values),
    },
    labels: Int32Array.from(labels),
    classes: recipe.classes,
    ...(recipe.weighted && { weights: Float64Array.from(weights) }),
  };
}

function drawCounts(draw: () => number, columns: number): Map<number, number> {
  const counts = new Map<number, number>();
  const tokens = 1 + (draw() % 8);
  for (let token = 0; token < tokens; token++) {
    const column = Math.floor(((draw() % columns) * (draw() % columns)) / columns);
    counts.set(column, (counts.get(column) ?? 0) + 1);
  }
  return counts;
}

function drawLabel(draw: () => number, classes: number, counts: ReadonlyMap<number, number>): number {
  let best = 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (let klass = 0; klass < classes; klass++) {
    let score = (draw() % 4001) - 2000;
    for (const [column, count] of counts) {
      score +=
        count * ((((column + 1) * 40503 + (klass + 1) * 7919) * (column + 13 * klass + 17)) % 2001) - count * 1000;
    }
    if (score > highest) [best, highest] = [klass, score];
  }
  return best;
}

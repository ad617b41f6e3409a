import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binColumns } from '../../../../src/lib/learn/forest/binned-columns.ts';
import { findSplits, type Wishes } from '../../../../src/lib/learn/forest/find-splits.ts';
import { growTree } from '../../../../src/lib/learn/forest/grow-tree.ts';
import { IMPURITIES, type Impurity } from '../../../../src/lib/learn/forest/impurity.ts';
import type { Bag, GrowRules, TreeNode } from '../../../../src/lib/learn/forest/types.ts';
import { toSparse } from '../sparse.ts';

const RULES: GrowRules = {
  maxDepth: 5,
  minInstancesPerNode: 1,
  minInfoGain: 0,
  minWeightPerNode: 0,
  impurity: IMPURITIES['gini'] as Impurity,
};

interface Made {
  readonly table: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly draws: readonly number[];
  readonly weights: readonly number[] | null;
}

const made = fc
  .record({ rows: fc.integer({ min: 2, max: 12 }), columns: fc.integer({ min: 1, max: 4 }), weighted: fc.boolean() })
  .chain(({ rows, columns, weighted }) =>
    fc.record({
      // Few values, zeros and numbers below zero among them: ties and empty sides happen all the time.
      table: fc.array(fc.array(fc.integer({ min: -2, max: 3 }), { minLength: columns, maxLength: columns }), {
        minLength: rows,
        maxLength: rows,
      }),
      labels: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: rows, maxLength: rows }),
      draws: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: rows, maxLength: rows }),
      weights: weighted
        ? fc.array(fc.constantFrom(0.5, 1, 2), { minLength: rows, maxLength: rows })
        : fc.constant(null),
    }),
  )
  .filter(({ draws }) => draws.some(draw => draw > 0));

function bagOf({ table, labels, draws, weights }: Made): Bag {
  const rows = { features: toSparse(table), labels: Int32Array.from(labels), classes: 3 };
  const weighted = weights ? Float64Array.from(weights) : null;
  return {
    columns: binColumns(weighted ? { ...rows, weights: weighted } : rows, 100),
    labels: rows.labels,
    classes: 3,
    draws: Int32Array.from(draws),
    weights: weighted,
  };
}

/** Weight of each class, and number of draws, of the rows that pass. */
function sumUp({ labels, draws, weights }: Made, passes: (row: number) => boolean) {
  const stats = [0, 0, 0];
  let count = 0;
  for (const [row, drawn] of draws.entries()) {
    if (!passes(row)) continue;
    count += drawn;
    const label = labels[row] as number;
    stats[label] = (stats[label] as number) + drawn * (weights?.[row] ?? 1);
  }
  return { stats, count, weight: stats.reduce((sum, value) => sum + value, 0) };
}

const gini = (stats: readonly number[]) => {
  const total = stats.reduce((sum, value) => sum + value, 0);
  return total === 0 ? 0 : 1 - stats.reduce((sum, value) => sum + (value / total) ** 2, 0);
};
const entropy = (stats: readonly number[]) => {
  const total = stats.reduce((sum, value) => sum + value, 0);
  return stats.reduce((sum, value) => (value === 0 ? sum : sum - (value / total) * Math.log2(value / total)), 0);
};

/** The largest gain of all columns and all thresholds, each tried on every row. */
function bestGain(
  given: Made,
  rows: readonly number[],
  rules: GrowRules,
  impurity: (stats: readonly number[]) => number,
): number {
  const inside = (row: number) => rows.includes(row);
  const all = sumUp(given, inside);
  let best = 0;
  for (let column = 0; column < (given.table[0]?.length ?? 0); column++) {
    for (const threshold of [-1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5]) {
      const left = sumUp(given, row => inside(row) && (given.table[row]?.[column] as number) <= threshold);
      const right = sumUp(given, row => inside(row) && (given.table[row]?.[column] as number) > threshold);
      if (Math.min(left.count, right.count) < rules.minInstancesPerNode) continue;
      if (Math.min(left.weight, right.weight) < rules.minWeightPerNode) continue;
      const gain =
        impurity(all.stats) -
        (left.weight / all.weight) * impurity(left.stats) -
        (right.weight / all.weight) * impurity(right.stats);
      if (gain >= rules.minInfoGain) best = Math.max(best, gain);
    }
  }
  return best;
}

function nodeOf(given: Made, rows: readonly number[], impurity: (stats: readonly number[]) => number): TreeNode {
  const { stats, count } = sumUp(given, row => rows.includes(row));
  return { depth: 0, stats: Float64Array.from(stats), count, impurity: impurity(stats) };
}

function wishAll(nodes: number, columns: number): Wishes {
  const pairs = Array.from({ length: columns * nodes }, (_, at) => [Math.floor(at / nodes), at % nodes] as const);
  return { columns: Int32Array.from(pairs, ([column]) => column), nodes: Int32Array.from(pairs, ([, node]) => node) };
}

describe('the best split of a node', () => {
  test.each([
    ['gini', gini, {}],
    ['entropy', entropy, {}],
    ['gini', gini, { minInstancesPerNode: 3 }],
    ['gini', gini, { minWeightPerNode: 2.5 }],
    ['entropy', entropy, { minInfoGain: 0.3 }],
  ] as const)('is that of trying everything: %s %j', (name, impurity, more) => {
    const rules: GrowRules = { ...RULES, ...more, impurity: IMPURITIES[name] as Impurity };
    fc.assert(
      fc.property(made, given => {
        const drawn = [...given.draws.keys()].filter(row => (given.draws[row] as number) > 0);
        const bag = bagOf(given);
        const [found] = findSplits(
          bag,
          [nodeOf(given, drawn, impurity)],
          bag.draws.map(draw => (draw > 0 ? 0 : -1)),
          wishAll(1, bag.columns.count),
          rules,
        );
        expect(found?.gain ?? 0).toBeCloseTo(bestGain(given, drawn, rules, impurity), 12);
        if (!found) return;
        // What it says of its left side is what the rows say.
        const left = sumUp(
          given,
          row => drawn.includes(row) && (given.table[row]?.[found.column] as number) <= found.threshold,
        );
        expect([...found.leftStats]).toEqual(left.stats);
        expect(found.leftCount).toBe(left.count);
      }),
      { numRuns: 150 },
    );
  });

  test('is found for many nodes at once as for each by itself', () => {
    fc.assert(
      fc.property(made, given => {
        const bag = bagOf(given);
        const sides = [0, 1, 2].map(part =>
          [...given.draws.keys()].filter(row => row % 3 === part && (given.draws[row] as number) > 0),
        );
        const open = sides.map(rows => nodeOf(given, rows, gini));
        const nodeOfRow = bag.draws.map((draw, row) => (draw > 0 ? row % 3 : -1));
        const found = findSplits(bag, open, nodeOfRow, wishAll(3, bag.columns.count), RULES);
        for (const [node, rows] of sides.entries())
          expect(found[node]?.gain ?? 0).toBeCloseTo(rows.length === 0 ? 0 : bestGain(given, rows, RULES, gini), 12);
      }),
      { numRuns: 150 },
    );
  });

  test('looks at nothing but the columns that were wished for', () => {
    const given: Made = {
      table: [
        [0, 5],
        [0, 6],
        [1, 0],
        [1, 0],
      ],
      labels: [0, 1, 0, 1],
      draws: [1, 1, 1, 1],
      weights: null,
    };
    const bag = bagOf({
      ...given,
      table: [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ],
    });
    const root = nodeOf(given, [0, 1, 2, 3], gini);
    const only = { columns: Int32Array.of(0), nodes: Int32Array.of(0) };
    expect(findSplits(bag, [root], Int32Array.of(0, 0, 0, 0), only, RULES)).toEqual([undefined]);
    expect(findSplits(bag, [root], Int32Array.of(0, 0, 0, 0), wishAll(1, 2), RULES)[0]).toMatchObject({
      column: 1,
      gain: 0.5,
    });
  });

  test('of equal ones is the first', () => {
    const given: Made = {
      table: [
        [0, 0],
        [1, 1],
      ],
      labels: [0, 1],
      draws: [1, 1],
      weights: null,
    };
    const [found] = findSplits(bagOf(given), [nodeOf(given, [0, 1], gini)], Int32Array.of(0, 0), wishAll(1, 2), RULES);
    expect(found).toMatchObject({ column: 0, index: 0, threshold: 0.5 });
  });
});

describe('a grown tree', () => {
  /** The leaf that a row ends in, and how deep that is. */
  function leafOf(root: TreeNode, row: readonly number[]): TreeNode {
    let node = root;
    while (node.split && node.left && node.right)
      node = (row[node.split.column] as number) <= node.split.threshold ? node.left : node.right;
    return node;
  }

  test('every leaf holds exactly the rows that the thresholds lead to it', async () => {
    await fc.assert(
      fc.asyncProperty(made, async given => {
        const bag = bagOf(given);
        const all = Int32Array.from({ length: bag.columns.count }, (_, column) => column);
        const root = await growTree(
          bag,
          RULES,
          () => all,
          async () => {},
        );
        const leaves = new Map<TreeNode, number[]>();
        for (const [row, values] of given.table.entries()) {
          if (given.draws[row] === 0) continue;
          const leaf = leafOf(root, values);
          leaves.set(leaf, [...(leaves.get(leaf) ?? []), row]);
        }
        for (const [leaf, rows] of leaves) {
          const { stats, count } = sumUp(given, row => rows.includes(row));
          expect(leaf.count).toBe(count);
          for (const [klass, weight] of stats.entries()) expect(leaf.stats[klass]).toBeCloseTo(weight, 12);
          // It stayed a leaf because nothing would have helped, or because it is as deep as it may be.
          if (leaf.depth < RULES.maxDepth) expect(bestGain(given, rows, RULES, gini)).toBeCloseTo(0, 12);
        }
      }),
      { numRuns: 100 },
    );
  });
});

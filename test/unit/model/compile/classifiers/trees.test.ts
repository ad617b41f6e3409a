import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileTrees } from '../../../../../src/lib/model/compile/classifiers/trees.ts';
import type { Trees } from '../../../../../src/lib/model/stages.ts';
import { viewOf } from './run.ts';

/** A tree as nested objects: easy to write, easy to walk. */
type Node =
  | { readonly leaf: number }
  | { readonly feature: number; readonly threshold: number; readonly left: Node; readonly right: Node }
  | {
      readonly feature: number;
      readonly categories: readonly number[];
      readonly of: number;
      readonly left: Node;
      readonly right: Node;
    };

/** Lays nested trees out in pre-order, as Spark stores them; the prediction of a leaf names it. */
function layOut(roots: readonly Node[]): Trees {
  const starts = [0];
  const nodes: { node: Node; left: number; right: number }[] = [];
  for (const root of roots) {
    const first = nodes.length;
    const add = (node: Node): number => {
      const place = { node, left: -1, right: -1 };
      const number = nodes.push(place) - 1 - first;
      if (!('leaf' in node)) {
        place.left = add(node.left);
        place.right = add(node.right);
      }
      return number;
    };
    add(root);
    starts.push(nodes.length);
  }
  const numbers = (pick: (node: Node) => number) => Float64Array.from(nodes, ({ node }) => pick(node));
  const categories = nodes.map(({ node }) => ('categories' in node ? node.categories : []));
  const zeros = new Float64Array(nodes.length);
  return {
    starts: Int32Array.from(starts),
    feature: Int32Array.from(nodes, ({ node }) => ('leaf' in node ? -1 : node.feature)),
    threshold: numbers(node => ('threshold' in node ? node.threshold : 0)),
    left: Int32Array.from(nodes, ({ left }) => left),
    right: Int32Array.from(nodes, ({ right }) => right),
    prediction: numbers(node => ('leaf' in node ? node.leaf : -1)),
    impurity: zeros,
    gain: zeros,
    rawCount: zeros,
    stats: new Float64Array(nodes.length * 2),
    statsPerNode: 2,
    categories: Float64Array.from(categories.flat()),
    categoryStarts: Int32Array.from([0, ...categories.map((_, at) => categories.slice(0, at + 1).flat().length)]),
    numCategories: Int32Array.from(nodes, ({ node }) => ('categories' in node ? node.of : -1)),
    weights: new Float64Array(roots.length).fill(1),
  };
}

function walkSlowly(node: Node, row: ReadonlyMap<number, number>): number {
  if ('leaf' in node) return node.leaf;
  const value = row.get(node.feature) ?? 0;
  if ('threshold' in node) return walkSlowly(value <= node.threshold ? node.left : node.right, row);
  return walkSlowly(node.categories.includes(value) ? node.left : node.right, row);
}

const COLUMNS = 12;
let leaves = 0;
const leaf = fc.constant(null).map((): Node => ({ leaf: leaves++ }));
const feature = fc.nat({ max: COLUMNS - 1 });
const threshold = fc.constantFrom(-1, 0, 0.5, 1, 2, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
const { tree: continuous } = fc.letrec<{ tree: Node }>(tie => ({
  tree: fc.oneof({ maxDepth: 4 }, leaf, fc.record({ feature, threshold, left: tie('tree'), right: tie('tree') })),
}));
const { tree: mixed } = fc.letrec<{ tree: Node }>(tie => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.record({ feature, threshold, left: tie('tree'), right: tie('tree') }),
    // Two of four categories: what is unknown goes right.
    fc.record({
      feature,
      categories: fc.constantFrom([0, 1], [1, 3], [2]),
      of: fc.constant(4),
      left: tie('tree'),
      right: tie('tree'),
    }),
  ),
}));
const value = fc.constantFrom(0, 0.5, 1, 2, 3, -1, Number.NaN, Number.POSITIVE_INFINITY, -0);
const row = fc.uniqueArray(fc.tuple(feature, value), { selector: ([index]) => index, maxLength: COLUMNS });

describe.each([
  ['continuous splits', continuous],
  ['categories among them', mixed],
])('%s', (_name, tree) => {
  test('each tree leads each row to the leaf where a walk over nested nodes ends', () => {
    fc.assert(
      fc.property(
        fc.array(tree, { minLength: 1, maxLength: 5 }),
        fc.array(row, { minLength: 1, maxLength: 6 }),
        (roots, rows) => {
          const trees = layOut(roots);
          const walker = compileTrees(trees, COLUMNS, 'rf');
          const found = new Int32Array(walker.trees);
          for (const entries of rows) {
            const sorted = entries.toSorted(([a], [b]) => a - b);
            walker.walk(viewOf(sorted), found);
            expect([...found].map(node => trees.prediction[node])).toEqual(
              roots.map(root => walkSlowly(root, new Map(sorted))),
            );
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

test('more trees than an integer has bits', () => {
  const roots = Array.from(
    { length: 70 },
    (_, at): Node => ({
      feature: at % COLUMNS,
      threshold: at % 3,
      left: { leaf: 2 * at },
      right: { leaf: 2 * at + 1 },
    }),
  );
  const trees = layOut(roots);
  const walker = compileTrees(trees, COLUMNS, 'rf');
  const found = new Int32Array(70);
  for (let index = 0; index < COLUMNS; index++) {
    for (const entries of [[[index, 5]], [], [[index, 1]]] as [number, number][][]) {
      walker.walk(viewOf(entries), found);
      expect([...found].map(node => trees.prediction[node])).toEqual(
        roots.map(root => walkSlowly(root, new Map(entries))),
      );
    }
  }
});

test('a row of zeros need not lead to the left everywhere', () => {
  const root: Node = {
    feature: 3,
    threshold: -0.5,
    left: { leaf: 1 },
    right: { feature: 4, threshold: 0, left: { leaf: 2 }, right: { leaf: 3 } },
  };
  const trees = layOut([root]);
  const walker = compileTrees(trees, 5, 'rf');
  const found = new Int32Array(1);
  for (const [entries, expected] of [
    [[], 2],
    [[[3, -1]], 1],
    [[[4, 1]], 3],
    [[[0, 9]], 2],
  ] as [[number, number][], number][]) {
    walker.walk(viewOf(entries), found);
    expect(trees.prediction[found[0] as number]).toBe(expected);
  }
});

test('features that no tree asks for change nothing, however many', () => {
  const root: Node = { feature: 7, threshold: 0.5, left: { leaf: 1 }, right: { leaf: 2 } };
  const trees = layOut([root, { leaf: 5 }]);
  const walker = compileTrees(trees, 1000, 'rf');
  const found = new Int32Array(2);
  const many = Array.from({ length: 1000 }, (_, index) => [index, 9] as const);
  walker.walk(viewOf(many.filter(([index]) => index !== 7)), found);
  expect([...found].map(node => trees.prediction[node])).toEqual([1, 5]);
  walker.walk(viewOf(many), found);
  expect([...found].map(node => trees.prediction[node])).toEqual([2, 5]);
});

describe('trees that cannot be walked are refused', () => {
  const good = () => layOut([{ leaf: 1 }, { feature: 1, threshold: 0, left: { leaf: 2 }, right: { leaf: 3 } }]);

  test.each<[string, (trees: Trees) => Trees, RegExp]>([
    [
      'a child that is its own parent',
      trees => ({ ...trees, left: trees.left.with(1, 0) }),
      /node 0 of tree 1 is damaged/,
    ],
    ['a child of minus one', trees => ({ ...trees, right: trees.right.with(1, -1) }), /node 0 of tree 1 is damaged/],
    [
      'a child behind the last node',
      trees => ({ ...trees, right: trees.right.with(1, 3) }),
      /node 0 of tree 1 is damaged/,
    ],
    [
      'a feature beyond the vector',
      trees => ({ ...trees, feature: trees.feature.with(1, 2) }),
      /node 0 of tree 1 is damaged/,
    ],
    ['a tree without nodes', trees => ({ ...trees, starts: trees.starts.with(1, 0) }), /tree 0 has no nodes/],
  ])('%s', (_name, damage, reason) => {
    expect(() => compileTrees(good(), 2, 'rf_9')).not.toThrow();
    const trees = damage(good());
    expect(() => compileTrees(trees, 2, 'rf_9')).toThrow(reason);
    expect(() => compileTrees(trees, 2, 'rf_9')).toThrow(expect.objectContaining({ code: 'DATA_INVALID' }));
  });
});

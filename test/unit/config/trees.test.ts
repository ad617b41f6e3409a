import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultValues, withDefaults } from '../../../src/lib/config/defaults.ts';
import { dropNulls, mergeLayers, mergeValues } from '../../../src/lib/config/merge.ts';
import { formatPath, parsePath } from '../../../src/lib/config/path.ts';
import { getAt, leavesOf, withoutValueAt, withValueAt } from '../../../src/lib/config/tree.ts';
import type { Json } from '../../../src/lib/config/types.ts';
import { satisfiesRange } from '../../../src/lib/config/version-range.ts';

describe('merging', () => {
  test.each<[string, Json, Json, Json]>([
    ['maps merge deeply', { a: { x: 1, y: 2 } }, { a: { y: 3, z: 4 } }, { a: { x: 1, y: 3, z: 4 } }],
    ['lists replace', { a: [1, 2, 3] }, { a: [4] }, { a: [4] }],
    ['a scalar replaces a map', { a: { x: 1 } }, { a: 1 }, { a: 1 }],
    ['a map replaces a scalar', { a: 1 }, { a: { x: 1 } }, { a: { x: 1 } }],
    ['null deletes', { a: { x: 1, y: 2 }, b: 1 }, { a: { x: null }, b: null }, { a: { y: 2 } }],
    ['null deletes what is not there', {}, { a: { b: null } }, { a: {} }],
    ['an empty map changes nothing', { a: { x: 1 } }, { a: {} }, { a: { x: 1 } }],
    ['a null in a list is a value', {}, { a: [null, 1] }, { a: [null, 1] }],
    ['keys of objects are keys like others', { constructor: 1 }, { toString: 2 }, { constructor: 1, toString: 2 }],
  ])('%s', (_what, weak, strong, expected) => {
    expect(dropNulls(mergeValues(weak, strong) ?? null)).toEqual(expected);
  });

  test('what a layer deleted a weaker one does not bring back, a stronger one does', () => {
    expect(dropNulls(mergeLayers([{ a: null }, { a: 1 }]))).toEqual({});
    expect(dropNulls(mergeLayers([{ a: 2 }, { a: null }, { a: 1 }]))).toEqual({ a: 2 });
  });

  const json = fc.letrec<{ json: Json }>(tie => ({
    json: fc.oneof(
      { maxDepth: 3 },
      fc.integer(),
      fc.boolean(),
      fc.string(),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('json')),
    ),
  })).json;
  const maps = fc.dictionary(fc.constantFrom('a', 'b', 'c'), json);

  test('changes no layer, says all that the strongest says, and is the same when done twice', () => {
    fc.assert(
      fc.property(maps, maps, maps, (a, b, c) => {
        const before = JSON.stringify([a, b, c]);
        const merged = mergeLayers([c, b, a]);
        expect(merged).toEqual(mergeValues(mergeValues(a, b), c));
        expect(mergeValues(merged, c)).toEqual(merged);
        expect(mergeValues(a, a)).toEqual(a);
        expect(JSON.stringify([a, b, c])).toBe(before);
      }),
    );
  });
});

describe('defaults', () => {
  test('stand in the order of the table and are the same each time', () => {
    expect(defaultValues()).toEqual(withDefaults({}));
    expect(Object.keys(withDefaults({ serve: {}, project: {} })).indexOf('project')).toBeLessThan(
      2 + Object.keys(withDefaults({})).indexOf('project'),
    );
  });

  test('the entry of a map of sections gets the defaults of a section, an overlay none', () => {
    const tree = withDefaults({
      profiles: { mine: { gcp: { keyfile: 'k' } } },
      targets: { t: { train: { seed: 1 } } },
    });
    expect(getAt(tree, ['profiles', 'mine', 'gcp', 'auth'])).toBe('adc');
    expect(getAt(tree, ['targets', 't'])).toEqual({ train: { seed: 1 } });
  });

  test('a value of the wrong kind is left for the check to find', () => {
    expect(getAt(withDefaults({ train: 'x' }), ['train'])).toBe('x');
  });
});

describe('paths', () => {
  test.each([
    ['train.seed', ['train', 'seed']],
    ['notify[0].type', ['notify', '0', 'type']],
    ['notify.0.type', ['notify', '0', 'type']],
    ['cluster.properties."spark:spark.executor.memory"', ['cluster', 'properties', 'spark:spark.executor.memory']],
    ["cluster.properties['a.b'].c", ['cluster', 'properties', 'a.b', 'c']],
    ['buckets.streaming-input', ['buckets', 'streaming-input']],
  ])('%s', (text, expected) => {
    expect(parsePath(text)).toEqual(expected);
  });

  test.each(['', '.', 'a..b', '.a', 'a.', 'a[', 'a[]', 'a."b', 'a b."'])('%j is none', text => {
    expect(() => parsePath(text)).toThrow('is not the path of a configuration value');
  });

  test('any keys are written so that they can be read back', () => {
    const key = fc.string({ minLength: 1 }).filter(text => text.trim() === text && text !== '');
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 4 }), keys => {
        expect(parsePath(formatPath(keys))).toEqual(keys);
      }),
    );
  });
});

describe('trees', () => {
  test('a value set is there, one taken away is not, and the tree given is untouched', () => {
    const tree: Json = { a: { b: [1, { c: 2 }] } };
    expect(withValueAt(tree, ['a', 'b', '1', 'c'], 3)).toEqual({ a: { b: [1, { c: 3 }] } });
    expect(withValueAt(tree, ['x', 'y'], 3)).toEqual({ a: { b: [1, { c: 2 }] }, x: { y: 3 } });
    expect(withoutValueAt(tree, ['a', 'b'])).toEqual({});
    expect(withoutValueAt(tree, ['a', 'b', '0'])).toEqual({ a: { b: [{ c: 2 }] } });
    expect(withoutValueAt(tree, ['no', 'such'])).toEqual(tree);
    expect(tree).toEqual({ a: { b: [1, { c: 2 }] } });
  });

  test('leaves are scalars and what is empty', () => {
    expect([...leavesOf({ a: { b: 1 }, c: [], d: [{ e: {} }] })].map(({ path }) => path.join('.'))).toEqual([
      'a.b',
      'c',
      'd.0.e',
    ]);
  });

  test('what an object has by itself is no value of the tree', () => {
    expect(getAt({}, ['constructor'])).toBeUndefined();
    expect(getAt([1], ['length'])).toBeUndefined();
  });
});

describe('version ranges', () => {
  test.each<[string, string[], string[]]>([
    ['>=1 <2', ['1.0.0', '1.9.9'], ['0.9.9', '2.0.0']],
    ['^1.2.3', ['1.2.3', '1.9.0'], ['1.2.2', '2.0.0']],
    ['^0.2.3', ['0.2.3', '0.2.9'], ['0.3.0', '1.0.0']],
    ['^0.0.3', ['0.0.3'], ['0.0.4']],
    ['^0', ['0.1.0', '0.9.0'], ['1.0.0']],
    ['~1.2', ['1.2.0', '1.2.9'], ['1.3.0']],
    ['~1', ['1.9.0'], ['2.0.0']],
    ['1.x', ['1.0.0', '1.5.0'], ['2.0.0', '0.9.0']],
    ['1', ['1.5.0'], ['2.0.0']],
    ['=1.2.3', ['1.2.3'], ['1.2.4']],
    ['v1.2.3', ['1.2.3'], ['1.2.4']],
    ['>1.2', ['1.3.0'], ['1.2.0', '1.2.9']],
    ['>1.2.3', ['1.2.4'], ['1.2.3']],
    ['<=1.2', ['1.2.9', '0.1.0'], ['1.3.0']],
    ['1.2 - 2', ['1.2.0', '2.9.9'], ['1.1.9', '3.0.0']],
    ['<1 || >=3', ['0.9.0', '3.0.0'], ['1.0.0', '2.9.9']],
    ['>= 1.0', ['1.0.0'], ['0.9.9']],
    ['*', ['0.0.1', '99.0.0'], []],
  ])('%s', (range, inside, outside) => {
    expect(inside.filter(version => !satisfiesRange(version, range))).toEqual([]);
    expect(outside.filter(version => satisfiesRange(version, range))).toEqual([]);
  });

  test('a pre-release counts as the version that it leads to', () => {
    expect(satisfiesRange('1.0.0-beta.1', '>=1 <2')).toBe(true);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultValues, withDefaults } from '../../../src/lib/config/defaults.ts';
import { formatDate } from '../../../src/lib/config/interpolate/date.ts';
import { loadProject } from '../../../src/lib/config/load.ts';
import { dropNulls, mergeLayers, mergeValues } from '../../../src/lib/config/merge.ts';
import { fieldAt, listFields, nodesAt, nodesBelow } from '../../../src/lib/config/names.ts';
import { formatPath } from '../../../src/lib/config/path.ts';
import { redactTree } from '../../../src/lib/config/redact-tree.ts';
import { parseSetting, setValues } from '../../../src/lib/config/set.ts';
import { getAt, isSame, leavesOf, withoutValueAt, withValueAt } from '../../../src/lib/config/tree.ts';
import type { Json } from '../../../src/lib/config/types.ts';
import { request, tempProject } from './temp-project.ts';

const RUNS = { numRuns: 500, seed: 41 };
const key = fc.constantFrom('a', 'b', 'c', '0', '__proto__', 'a.b');

const { tree } = fc.letrec<{ tree: { [key: string]: Json }; value: Json }>(tie => ({
  tree: fc
    .uniqueArray(fc.tuple(key, tie('value')), { selector: ([name]) => name, maxLength: 4 })
    .map(entries => Object.fromEntries(entries)),
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Json>(null, true, 0, 1, '', 'x', [], {}),
    fc.array(tie('value'), { maxLength: 2 }),
    tie('tree'),
  ),
}));

describe('merging', () => {
  test('goes from the weakest upward: the layers below may be merged before', () => {
    fc.assert(
      fc.property(tree, tree, tree, (a, b, c) => {
        expect(mergeLayers([a, mergeLayers([b, c])])).toEqual(mergeLayers([a, b, c]));
      }),
      RUNS,
    );
  });

  test('what is no map parts the maps above from those below', () => {
    for (const between of [null, 'text', 0, false, [], [1]]) {
      expect(mergeLayers([{ x: { a: 1 } }, { x: between }, { x: { b: 2 } }])).toEqual({ x: { a: 1 } });
    }
    expect(mergeLayers([{ x: { a: 1 } }, { x: {} }, { x: { b: 2 } }])).toEqual({ x: { a: 1, b: 2 } });
  });

  test('an empty layer changes nothing, and a layer over itself neither', () => {
    fc.assert(
      fc.property(tree, a => {
        expect(mergeLayers([{}, a])).toEqual(a);
        expect(mergeLayers([a, {}])).toEqual(a);
        expect(mergeLayers([a, a])).toEqual(a);
        expect(mergeValues(undefined, a)).toBe(a);
        expect(mergeValues(a, undefined)).toBe(a);
      }),
      RUNS,
    );
  });

  test('every leaf of the strongest layer is in the result, and every other leaf is of some layer', () => {
    fc.assert(
      fc.property(tree, tree, (strong, weak) => {
        const merged = mergeLayers([strong, weak]);
        for (const { path, value } of leavesOf(strong)) {
          const isEmptyMap = isSame(value, {});
          if (!isEmptyMap) expect(getAt(merged, path)).toEqual(value);
        }
        for (const { path, value } of leavesOf(merged)) {
          expect([getAt(strong, path), getAt(weak, path)]).toContainEqual(value);
        }
      }),
      RUNS,
    );
  });

  test('no null is left in a map, and one in a list stays', () => {
    fc.assert(
      fc.property(tree, a => {
        for (const { path, value } of leavesOf(dropNulls(a))) {
          const parent = getAt(a, path.slice(0, -1));
          if (value === null) expect(Array.isArray(parent)).toBe(true);
        }
        expect(dropNulls(dropNulls(a))).toEqual(dropNulls(a));
      }),
      RUNS,
    );
  });

  test('what a value replaces and what is taken away again leaves the tree as it was', () => {
    const maps = tree.map(a => dropNulls(a));
    fc.assert(
      fc.property(maps, fc.array(key, { minLength: 1, maxLength: 3 }), (a, path) => {
        fc.pre(!path.some((_key, depth) => Array.isArray(getAt(a, path.slice(0, depth)))));
        const before = JSON.stringify(a);
        const withIt = withValueAt(a, path, 'new');
        expect(getAt(withIt, path)).toBe('new');
        expect(getAt(withoutValueAt(withIt, path), path)).not.toBe('new');
        expect(JSON.stringify(a)).toBe(before);
      }),
      RUNS,
    );
  });
});

describe('the defaults', () => {
  test('lie below every layer: a value given for a field is its value', () => {
    for (const { path, field } of listFields()) {
      const at = path.split('.');
      const isScalar = !['map', 'list', 'any', 'union'].includes(field.type.kind);
      if (!isScalar) continue;
      expect(getAt(withDefaults(mergeLayers([withValueAt({}, at, 'given')])), at)).toBe('given');
      expect(getAt(withDefaults(mergeLayers([withValueAt({}, at, null)])), at)).toEqual(getAt(defaultValues(), at));
    }
  });

  test('of every field are what the table says', () => {
    const values = defaultValues();
    for (const { path, field } of listFields()) {
      const stated = field.meta.default;
      if (stated === undefined || typeof stated === 'object') continue;
      expect([path, getAt(values, path.split('.'))]).toEqual([path, stated]);
    }
  });

  test('are shown as they are: none of them looks like a secret', () => {
    const values = defaultValues();
    expect(redactTree(values, [], new Map())).toEqual(values);
  });

  test('walking step by step finds the same entries as looking up from the top', () => {
    for (const { path } of leavesOf(defaultValues())) {
      const stepwise = path.reduce(nodesBelow, nodesAt([]));
      expect([formatPath(path), stepwise[0]?.node]).toEqual([formatPath(path), fieldAt(path)?.node]);
    }
  });
});

/** Values of every kind, as somebody would type them, for fields that stand in different depths. */
// biome-ignore format: a table
const SETTINGS: readonly (readonly [path: string, texts: readonly string[]])[] = [
  ['train.seed', ['0', '7', '123456']],
  ['train.enableCv', ['true', 'false']],
  ['train.sampleFraction', ['0.5', '1']],
  ['train.models', ['linearsvc', '["randomforest", "linearsvc"]']],
  ['project.name', ['plain', 'two words', 'a: b', 'a # b', '- x', "it's", '"q"', 'é😀', 'null-ish', 'true', '0x10', '{a}', '*x', '&x', '!x', '@x', '%x', '`x']],
  ['project.labels.team', ['x', '1.10', 'yes', 'no: way']],
  ['cluster.maxIdle', ['90s', '1h30m']],
  ['cluster.properties."spark:spark.executor.memory"', ['8g']],
  ['kafka.auth.tls', ['true']],
  ['variables.region', ['eu', '${env.R:-x}']],
  ['train.output', ['${buckets.models}/x', '$${literal}']],
  ['rollout.canary.steps', ['5,50,100', '[1]']],
];

const TEXTS = [
  '',
  '# only a comment',
  'version: 1\n\n# the project\nproject:\n  name: old # its name\n  labels: { app: x }\n\ntrain:\n  seed: 1\n  models:\n  - linearsvc # first\n  # last words\n',
  'project: { name: old, labels: {} }\ntrain: { seed: 1, models: [linearsvc], }\n',
  'project:\r\n  name: >-\r\n    folded\r\n    text\r\ntrain:\r\n  seed: 1\r\nkafka:\r\n',
  'train:\n    seed: 1\nvariables:\n    region:\n        default: us\n        # where\n    other: 1',
  '---\n"train": {\n  "seed": 1, # one\n  "models": ["linearsvc"]\n}\nrollout:\n  canary:\n    steps:\n      - 1\n      - 2\n',
];

describe('what config set writes', () => {
  const setting = fc
    .constantFrom(...SETTINGS)
    .chain(([path, texts]) => fc.tuple(fc.constant(path), fc.constantFrom(...texts)));
  const settings = fc.uniqueArray(setting, { selector: ([path]) => path, minLength: 1, maxLength: 4 });

  test('is what is loaded, and nothing else of the file changes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...TEXTS), settings, async (text, chosen) => {
        const dir = tempProject({ 'sentops.yaml': text });
        const parsed = chosen.map(([path, value]) => parseSetting(path, value));
        const before = await loadProject(request(dir));
        const { text: written } = await setValues({ request: request(dir), settings: parsed });
        const after = await loadProject(request(dir));
        const layer = (project: typeof after) => project.layers.find(one => one.kind === 'file')?.values ?? {};
        const wanted = parsed.reduce<Json>(
          (values, { path, value }) => withValueAt(values, [...path], value),
          layer(before),
        );
        expect(layer(after)).toEqual(wanted);
        const comments = (given: string) => given.match(/#.*/g)?.map(comment => comment.trim()) ?? [];
        expect(comments(written)).toEqual(
          expect.arrayContaining(comments(text).filter(comment => comment !== '# first' && comment !== '# last words')),
        );
        expect(written.replaceAll('\r\n', '')).not.toContain('\r');
        if (text.includes('\r\n')) expect(written.replaceAll('\r\n', '')).not.toContain('\n');
        const again = await setValues({ request: request(dir), settings: parsed });
        expect(again.written).toBe(false);
      }),
      { numRuns: 150, seed: 43 },
    );
  });

  test('a comment that is indented deeper stays with the section above a new one', async () => {
    const dir = tempProject({
      'sentops.yaml': 'train:\n  seed: 1\n  # about train\n  # more about it\n# about nothing\n',
    });
    const { text } = await setValues({ request: request(dir), settings: [parseSetting('serve.name', 'x')] });
    expect(text).toBe('train:\n  seed: 1\n  # about train\n  # more about it\nserve:\n  name: x\n# about nothing\n');
  });

  test('a block that becomes a line keeps the line breaks of the file', async () => {
    const dir = tempProject({
      'sentops.yaml': 'train:\r\n  models:\r\n    - linearsvc\r\n    - randomforest\r\n  seed: 1\r\n',
    });
    const { text } = await setValues({ request: request(dir), settings: [parseSetting('train.models', 'linearsvc')] });
    expect(text).toBe('train:\r\n  models: [linearsvc]\r\n  seed: 1\r\n');
  });
});

describe('dates', () => {
  const now = new Date(Date.UTC(2024, 1, 9, 4, 5, 6, 7));
  test.each([
    ['yyyy-MM-dd', '2024-02-09'],
    ["yyyyMMdd'T'HHmmss.SSS", '20240209T040506.007'],
    ["yyyy-MM-dd'T'HH:mm:ssZ", '2024-02-09T04:05:06Z'],
    ["'week' dd", 'week 09'],
    ['', undefined],
    ['yy', undefined],
    ['YYYY', undefined],
    ['hh', undefined],
  ])('%s reads %s', (pattern, text) => {
    expect(formatDate(now, pattern)).toBe(text);
  });
});

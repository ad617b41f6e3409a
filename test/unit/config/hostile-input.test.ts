import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkValues } from '../../../src/lib/config/check.ts';
import { withDefaults } from '../../../src/lib/config/defaults.ts';
import { explainValue } from '../../../src/lib/config/explain.ts';
import { formatProblem } from '../../../src/lib/config/format-problem.ts';
import { findMatches } from '../../../src/lib/config/glob.ts';
import { loadProject } from '../../../src/lib/config/load.ts';
import { mergeLayers, mergeValues } from '../../../src/lib/config/merge.ts';
import { parseSetting, setValues } from '../../../src/lib/config/set.ts';
import { isSame } from '../../../src/lib/config/tree.ts';
import type { Json, ProjectRequest } from '../../../src/lib/config/types.ts';
import { validateProject } from '../../../src/lib/config/validate.ts';
import { failure, request, tempProject } from './temp-project.ts';

const evil = JSON.parse('{"__proto__": {"polluted": true}, "a": {"__proto__": {"polluted": true}}}') as Json;

describe('keys that mean something to JavaScript', () => {
  test('__proto__ stays a key in every merge, and exchanges no prototype', () => {
    for (const tree of [
      mergeValues({ a: { b: 1 } }, evil),
      mergeValues(evil, { a: { b: 1 } }),
      mergeLayers([{ a: { c: 1 } }, evil, { a: {} }]),
      withDefaults({ cluster: { api: evil } }).cluster,
      withDefaults(evil as { [key: string]: Json }),
    ]) {
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
      expect(Object.getPrototypeOf(tree)).toBe(Object.prototype);
      expect(JSON.stringify(tree)).toContain('"__proto__":{"polluted":true}');
    }
  });

  test.each<[string, Partial<ProjectRequest>]>([
    ['--set of a map', { set: ['cluster.api={"__proto__":{"a":1}}'] }],
    ['--set below', { set: ['cluster.api={"x":{"__proto__":1}}'] }],
    ['the environment', { env: { SENTOPS_PROJECT_LABELS: '{"__proto__":"x"}' } }],
    ['a label of --set', { set: ['project.labels={"__proto__":"x"}'] }],
  ])('__proto__ given by %s is refused, where it was dropped without a word', async (_how, more) => {
    const error = await failure(loadProject(request(tempProject(), more)));
    expect([error.code, error.message]).toEqual([
      'CONFIG_INVALID',
      expect.stringContaining('"__proto__" cannot be a key of'),
    ]);
  });

  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'the environment holds no %s, though every object does',
    async name => {
      const yaml = `project: { name: "\${env.${name}:-none}" }\nvariables: { x: { default: d, env: [${name}] } }\ntrain: { output: "\${var.x}" }\n`;
      const { config } = await loadProject(request(tempProject({ 'sentops.yaml': yaml }), { env: { ...process.env } }));
      expect([config.project.name, config.train.output]).toEqual(['none', 'd']);
    },
  );

  test.each(['constructor', 'toString', 'valueOf'])('a section called %s is unknown like any other', async name => {
    const { problems } = await validateProject(
      request(tempProject({ 'sentops.yaml': `${name}: { a: 1 }\ntrain: { ${name}: 1 }\n` })),
    );
    expect(problems.map(problem => problem.code)).toEqual(['KEY_UNKNOWN', 'KEY_UNKNOWN']);
  });
});

describe('numbers that no number can hold', () => {
  test.each([
    ['the environment', { env: { SENTOPS_TRAIN_SEED: '12345678901234567890' } }],
    ['--set', { set: ['train.seed=12345678901234567890'] }],
  ])('given by %s was rounded to another number in silence', async (_how, more) => {
    const error = await failure(loadProject(request(tempProject(), more)));
    expect(error.message).toContain('must be an integer, not the text "12345678901234567890"');
    expect(error.hint).not.toContain('quotes');
  });

  test('as a text it keeps its digits', async () => {
    const { config } = await loadProject(request(tempProject(), { set: ['project.labels.id=12345678901234567890'] }));
    expect(config.project.labels['id']).toBe('12345678901234567890');
  });
});

describe('--set', () => {
  test('an index with a leading zero added a property to the list that nobody ever saw', async () => {
    const error = await failure(loadProject(request(tempProject(), { set: ['train.models.01=randomforest'] })));
    expect([error.code, error.message]).toEqual(['USAGE', 'there is no configuration value train.models.01']);
  });

  test('a section as JSON may be spelt as in a file, where it was called "given twice"', async () => {
    const { config } = await loadProject(request(tempProject(), { set: ['train={"num-features": 64}'] }));
    expect(config.train.numFeatures).toBe(64);
    expect(config.train.seed).toBe(42);
  });

  test('variables as JSON have their short form, which left them without a value', async () => {
    const yaml = 'variables: { x: 1 }\nproject: { name: "n${var.x}" }\n';
    const { config } = await loadProject(
      request(tempProject({ 'sentops.yaml': yaml }), { set: ['variables={"x": 5}'] }),
    );
    expect(config.project.name).toBe('n5');
  });

  test('the long form of a variable was taken for a name with a dot in it', async () => {
    const dir = tempProject({ 'sentops.yaml': 'variables: { x: 1 }\nproject: { name: "n${var.x}" }\n' });
    const { config } = await loadProject(request(dir, { set: ['variables.x.default=5'] }));
    expect(config.project.name).toBe('n5');
    expect((await explainValue(request(dir), 'variables.x.default')).value).toBe(1);
    const { text } = await setValues({ request: request(dir), settings: [parseSetting('variables.x.default', '6')] });
    expect(text).toBe('variables: { x: 6 }\nproject: { name: "n${var.x}" }\n');
    const error = await failure(loadProject(request(dir, { set: ['variables.x.defalt=5'] })));
    expect(error.message).toBe('there is no configuration value variables.x.defalt');
  });

  test('a variable keeps its type: the version 2.10 became 2.1', async () => {
    const yaml =
      'variables: { v: "1.10", n: 1, l: [a] }\nproject: { name: "${var.v}" }\ntrain: { seed: "${var.n}", models: "${var.l}" }\n';
    const dir = tempProject({ 'sentops.yaml': yaml });
    const load = (...set: string[]) => loadProject(request(dir, { set }));
    const { config } = await load('variables.v=2.10', 'variables.n=7', 'variables.l=linearsvc,randomforest');
    expect([config.project.name, config.train.seed]).toEqual(['2.10', 7]);
    expect(config.train.models).toEqual(['linearsvc', 'randomforest']);
    const error = await failure(load('variables.n=seven'));
    expect(error.message).toBe('variables.n.default must be an integer, not the text "seven"');
  });

  test('maps of sections from the environment may be spelt as in a file', async () => {
    const env = { SENTOPS_TRAIN_VARIANTS: '{"cv": {"num-features": 64}}' };
    const { config } = await loadProject(request(tempProject(), { env }));
    expect(config.train.variants['cv']).toMatchObject({ numFeatures: 64 });
  });
});

describe('includes', () => {
  test('two links that lead back up kept the search busy for minutes', () => {
    const dir = tempProject({ 'conf/a.yaml': '', 'conf/deep/b.yaml': '' });
    fs.symlinkSync(dir, path.join(dir, 'one'));
    fs.symlinkSync(dir, path.join(dir, 'conf', 'two'));
    fs.symlinkSync('..', path.join(dir, 'conf', 'deep', 'three'));
    expect(findMatches(dir, '**/*.yaml')).toEqual([path.join(dir, 'conf/a.yaml'), path.join(dir, 'conf/deep/b.yaml')]);
    expect(findMatches(dir, 'one/conf/*.yaml')).toEqual([path.join(dir, 'one/conf/a.yaml')]);
  });

  test('any folders below any folders are walked once', () => {
    const dir = tempProject({ [`${'d/'.repeat(25)}a.yaml`]: '' });
    expect(findMatches(dir, `${'**/'.repeat(20)}*.yaml`)).toHaveLength(1);
  });

  test.each([
    ['sentops.local.yaml', 'sentops.local.yaml'],
    ['home/.config/sentops/config.yaml', 'home/.config/sentops/config.yaml'],
  ])('in %s did nothing, and nobody said so', async (name, shown) => {
    const dir = tempProject({ 'sentops.yaml': '', [name]: 'train: { seed: 1 }\ninclude: [x.yaml]\n' });
    const given = request(dir, { home: path.join(dir, 'home') });
    const { ok, problems } = await validateProject(given);
    expect([ok, problems.map(formatProblem)]).toEqual([
      true,
      [
        `${shown}:2:1: include in ${shown} has no effect: only the project file and what it includes include others (move it into the project file)`,
      ],
    ]);
    expect((await loadProject(given)).warnings).toHaveLength(1);
  });
});

test('a target without a value is a deleted one, and the error says how to write an empty one', async () => {
  const dir = tempProject({ 'sentops.yaml': 'targets:\n  local:\n  other: {}\n' });
  const { hint } = await failure(loadProject(request(dir, { target: 'local' })));
  expect(hint).toBe('a key without a value deletes: write local: {} for a target that changes nothing');
  expect((await failure(loadProject(request(dir, { target: 'othr' })))).hint).toBe(
    'did you mean other? the targets are other',
  );
});

test.skipIf(process.platform === 'win32')(
  'a file from a pipe was read again to locate what is wrong with it, found empty, and taken for a project of defaults',
  async () => {
    const source = path.resolve(import.meta.dirname, '../../../src/lib/config/load.ts');
    const script = `import { loadProject } from ${JSON.stringify(source)};
      const request = { cwd: '/', env: {}, home: undefined, configFile: process.argv[1] };
      const said = await loadProject(request).then(({ config }) => 'seed ' + config.train.seed, ({ message, place }) => message + ' at ' + place.line + ':' + place.column);
      console.log(said);`;
    const run = (yaml: string) =>
      execFileSync('bash', ['-c', `"${process.execPath}" --input-type=module -e "$SCRIPT" <(printf '${yaml}')`], {
        encoding: 'utf8',
        env: { ...process.env, SCRIPT: script },
      }).trim();
    expect(run('train: { seed: 3 }\\n')).toBe('seed 3');
    expect(run('\\ntrain: { seed: x }\\n')).toBe('train.seed must be an integer, not the text "x" at 2:16');
  },
);

describe('looking only at what is not built in', () => {
  const all = withDefaults({});

  test('finds the same as looking at all, for every wrong value', () => {
    for (const [section, key, value] of [
      ['train', 'seed', 'x'],
      ['train', 'models', ['linearsvc', 'linearsvc']],
      ['train', 'grid', { linearsvc: { regParam: 'x' } }],
      ['serve', 'http', { port: 70_000 }],
      ['cluster', 'properties', { bad: 1 }],
      ['kafka', 'bogus', 1],
    ] as const) {
      const own = all[section];
      const tree = { ...all, [section]: { ...(own as { [key: string]: Json }), [key]: value as unknown as Json } };
      const quick = checkValues(tree, { stage: 'resolved', allowPartial: true, skipDefaults: true });
      expect(quick.length).toBeGreaterThan(0);
      const atPath = (findings: typeof quick) =>
        findings.filter(finding => finding.path.startsWith(`${section}.${key}`));
      expect(atPath(quick)).toEqual(atPath(checkValues(tree, { stage: 'resolved', allowPartial: true })));
    }
  });

  test.each<[unknown, unknown, boolean]>([
    [1, 1, true],
    [1, '1', false],
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, true],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [{ a: undefined }, { b: undefined }, false],
    [[1, 2], [2, 1], false],
    [[1], [1, 2], false],
    [[], {}, false],
    [null, {}, false],
    [{ toString: 1 }, { a: 1 }, false],
  ])('%j and %j are the same: %s', (a, b, same) => {
    expect(isSame(a, b)).toBe(same);
    expect(isSame(b, a)).toBe(same);
  });
});

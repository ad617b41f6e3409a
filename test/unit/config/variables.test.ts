import { describe, expect, test } from 'vitest';
import { loadProject } from '../../../src/lib/config/load.ts';
import type { ProjectRequest } from '../../../src/lib/config/types.ts';
import { failure, request, tempProject } from './temp-project.ts';

/** What `${var.x}` becomes: as a whole value in a map that takes any type. */
async function valueOfX(
  variables: string,
  more: Partial<ProjectRequest> = {},
  files: Record<string, string> = {},
): Promise<unknown> {
  const dir = tempProject({
    'sentops.yaml': `variables:\n${variables}cluster: { api: { x: "\${var.x}" } }\n`,
    ...files,
  });
  const { config } = await loadProject(request(dir, more));
  return (config.cluster.api as Record<string, unknown>)['x'];
}

describe('the value of a variable', () => {
  test.each([
    ['integer', '  x: { default: 5 }\n', 5],
    ['integer that looks like a text', '  x: { default: "5" }\n', '5'],
    ['number', '  x: { default: 0.5 }\n', 0.5],
    ['boolean', '  x: { default: false }\n', false],
    ['empty text', '  x: { default: "" }\n', ''],
    ['list', '  x: { default: [1, two] }\n', [1, 'two']],
    ['map', '  x: { default: { a: { b: 1 } } }\n', { a: { b: 1 } }],
    ['short form', '  x: 7\n', 7],
    ['another variable', '  x: { default: "${var.y}" }\n  y: 3\n', 3],
    ['a declared text keeps its digits', '  x: { type: string, default: 5 }\n', '5'],
    ['a declared integer from a text', '  x: { type: integer, default: "${env.N:-12}" }\n', 12],
  ])('keeps its type: %s', async (_what, variables, expected) => {
    expect(await valueOfX(variables)).toEqual(expected);
  });

  test('comes from the strongest place', async () => {
    const variables = '  x: { default: base, env: [ECO_X] }\n';
    const files = {
      '.env': 'SENTOPS_VAR_x=dotenv\n',
      'sentops.local.yaml': 'variables: { x: local }\ntargets: { t: { variables: { x: target } } }\n',
    };
    const seen = [
      await valueOfX(variables, { vars: ['x=flag', 'x=last'], env: { SENTOPS_VAR_X: 'env', ECO_X: 'eco' } }, files),
      await valueOfX(variables, { env: { SENTOPS_VAR_X: 'env', ECO_X: 'eco' } }, files),
      await valueOfX(variables, { env: { ECO_X: 'eco' } }, files),
      await valueOfX(variables, {}, files),
      await valueOfX(variables, {}, { 'sentops.local.yaml': 'variables: { x: local }\n' }),
      await valueOfX(variables),
    ];
    expect(seen).toEqual(['last', 'env', 'eco', 'dotenv', 'local', 'base']);
  });

  test('a target sets it by its short or its long form', async () => {
    const dir = tempProject({
      'sentops.yaml': [
        'variables: { x: { default: 1, description: an x }, y: { default: 1 } }',
        'targets: { t: { variables: { x: 2, y: { default: 3 } } } }',
        'train: { seed: "${var.x}", maxRows: "${var.y}" }',
      ].join('\n'),
    });
    const { train } = (await loadProject(request(dir, { target: 't' }))).config;
    expect([train.seed, train.maxRows]).toEqual([2, 3]);
  });

  test('--set variables.x is --var x', async () => {
    expect(await valueOfX('  x: 1\n', { set: ['variables.x=9'], env: { SENTOPS_VAR_X: '8' } })).toBe(9);
  });

  test('an empty text overrides under our own name; other tools mean "not set" by it', async () => {
    const variables = '  x: { default: base, env: [ECO_X] }\n';
    expect(await valueOfX(variables, { env: { SENTOPS_VAR_x: '' } })).toBe('');
    expect(await valueOfX(variables, { env: { ECO_X: '' } })).toBe('base');
    expect(await valueOfX(variables, { vars: ['x='] })).toBe('');
  });

  test('double underscores are part of a name', async () => {
    const dir = tempProject({
      'sentops.yaml': 'variables: { a__b: 1, a_b: 2 }\ntrain: { seed: "${var.a__b}", maxRows: "${var.a_b}" }\n',
    });
    const { train } = (await loadProject(request(dir, { env: { SENTOPS_VAR_a__b: '11', SENTOPS_VAR_A_B: '12' } })))
      .config;
    expect([train.seed, train.maxRows]).toEqual([11, 12]);
  });

  test('values may hold any letters; a name with others is refused at its place', async () => {
    expect(await valueOfX('  x: größe 尺寸 🎈\n')).toBe('größe 尺寸 🎈');
    const error = await failure(valueOfX('  größe: 1\n  x: 1\n'));
    expect(error.message).toContain('"größe" cannot be a key of variables');
    expect(error.place).toEqual({ file: 'sentops.yaml', line: 2, column: 3 });
  });

  test('a text of the environment is taken as the type of the variable', async () => {
    expect(await valueOfX('  x: 5\n', { env: { SENTOPS_VAR_X: '6' } })).toBe(6);
    expect(await valueOfX('  x: true\n', { env: { SENTOPS_VAR_X: 'false' } })).toBe(false);
    expect(await valueOfX('  x: "5"\n', { env: { SENTOPS_VAR_X: '6' } })).toBe('6');
    const error = await failure(valueOfX('  x: 5\n', { env: { SENTOPS_VAR_X: 'many' } }));
    expect(error.message).toContain('SENTOPS_VAR_X must be an integer');
  });

  test('a list or a map cannot come from the environment', async () => {
    const error = await failure(valueOfX('  x: [1]\n', { env: { SENTOPS_VAR_X: '[2]' } }));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toBe(
      'SENTOPS_VAR_X cannot set the variable x, which is a list: an environment variable holds a single value',
    );
    expect(error.hint).toContain('--var x=');
    expect(await valueOfX('  x: [1]\n', { vars: ['x=[2, 3]'] })).toEqual([2, 3]);
    expect(await valueOfX('  x: { default: { a: 1 } }\n', { vars: ['x={"b": 2}'] })).toEqual({ a: 1, b: 2 });
  });

  test('text with ${ from the environment or --var is data', async () => {
    expect(await valueOfX('  x: a\n', { env: { SENTOPS_VAR_X: '${var.x}' } })).toBe('${var.x}');
    expect(await valueOfX('  x: a\n', { vars: ['x=${nope'] })).toBe('${nope');
  });

  test('a part of a map is reached by its path', async () => {
    const dir = tempProject({
      'sentops.yaml': 'variables: { m: { default: { rows: { max: 12 } } } }\ntrain: { maxRows: "${var.m.rows.max}" }\n',
    });
    expect((await loadProject(request(dir))).config.train.maxRows).toBe(12);
  });

  test.each([
    ['string', '1.5', '1.5'],
    ['string', 'true', 'true'],
    ['string', '"text"', 'text'],
    ['integer', '"7"', 7],
    ['number', '3', 3],
    ['number', '"0.5"', 0.5],
    ['boolean', '"yes"', true],
    ['list', '"a,b"', ['a', 'b']],
    ['map', '"k=v"', { k: 'v' }],
  ])('declared as %s, the default %s is %j', async (type, written, expected) => {
    const yaml = `variables: { v: { type: ${type}, default: ${written} } }\ncluster: { api: { it: "\${var.v}" } }\n`;
    const { config } = await loadProject(request(tempProject({ 'sentops.yaml': yaml })));
    expect(config.cluster.api).toEqual({ it: expected });
  });

  test('names that are no texts in its list of environment names are an error, not a lookup', async () => {
    const yaml = 'variables: { v: { default: d, env: [5, OK] } }\nproject: { name: "${var.v}" }\n';
    const error = await failure(loadProject(request(tempProject({ 'sentops.yaml': yaml }), { env: { 5: 'five' } })));
    expect(error.message).toContain('variables.v.env.0 must be');
  });

  test('a declared type that the value does not have is an error at the value', async () => {
    const error = await failure(valueOfX('  x: { type: integer, default: [1] }\n'));
    expect(error.message).toContain('the variable x must be of type integer, not list');
    expect(error.place).toEqual({ file: 'sentops.yaml', line: 2, column: 32 });
  });
});

describe('a variable without a value', () => {
  const file =
    'variables:\n  project_id: { description: the project, env: [MY_PROJECT] }\ncluster: { name: "c-${var.project_id}" }\n';

  test('is no error as long as nothing refers to it', async () => {
    const dir = tempProject({ 'sentops.yaml': 'backend: dataproc\n' });
    expect((await loadProject(request(dir))).config.backend).toBe('dataproc');
  });

  test('is no error with a local backend; what needs it is left out', async () => {
    const project = await loadProject(request(tempProject({ 'sentops.yaml': file })));
    expect('name' in project.config.cluster).toBe(false);
    expect(project.unresolved.map(problem => problem.path)).toEqual(['cluster.name']);
  });

  test('in the cloud, or where its section is asked for, it is an error that lists every place to set it', async () => {
    const dir = tempProject({ 'sentops.yaml': file });
    const errors = [
      await failure(loadProject(request(dir, { flags: { backend: { flag: '--backend', value: 'dataproc' } } }))),
      await failure(loadProject(request(dir, { sections: ['cluster'] }))),
    ];
    for (const error of errors) {
      expect(error.code).toBe('CONFIG_REFERENCE');
      expect(error.message).toBe('cluster.name: the variable project_id (the project) has no value');
      expect(error.place).toEqual({ file: 'sentops.yaml', line: 3, column: 18 });
      expect(error.hint).toBe(
        'set it in one of: --var project_id=…, SENTOPS_VAR_PROJECT_ID, MY_PROJECT, targets.<target>.variables.project_id, variables.project_id in sentops.local.yaml, variables.project_id.default in sentops.yaml:2',
      );
    }
  });

  test('each of these places sets it', async () => {
    const named = async (more: Partial<ProjectRequest>, files: Record<string, string> = {}) =>
      (await loadProject(request(tempProject({ 'sentops.yaml': file, ...files }), { sections: ['cluster'], ...more })))
        .config.cluster.name;
    expect(await named({ vars: ['project_id=p'] })).toBe('c-p');
    expect(await named({ env: { SENTOPS_VAR_PROJECT_ID: 'p' } })).toBe('c-p');
    expect(await named({ env: { MY_PROJECT: 'p' } })).toBe('c-p');
    expect(await named({}, { 'sentops.local.yaml': 'variables: { project_id: p }\n' })).toBe('c-p');
    expect(
      await named({ target: 't' }, { 'sentops.local.yaml': 'targets: { t: { variables: { project_id: p } } }\n' }),
    ).toBe('c-p');
    expect(await named({}, { 'sentops.yaml': file.replace('description:', 'default: p, description:') })).toBe('c-p');
  });
});

describe('a variable that does not exist', () => {
  test('--var tells what was probably meant', async () => {
    const error = await failure(loadProject(request(tempProject(), { vars: ['regoin=x'] })));
    expect(error.code).toBe('USAGE');
    expect(`${error.message} (${error.hint})`).toBe('there is no variable regoin (did you mean region?)');
    expect((await failure(loadProject(request(tempProject(), { vars: ['region'] })))).message).toBe(
      '--var needs name=value, not "region"',
    );
  });

  test('a name of the environment is a warning: it may be meant for another project', async () => {
    const { warnings } = await loadProject(request(tempProject(), { env: { SENTOPS_VAR_REGOIN: 'x' } }));
    expect(warnings.map(warning => `${warning.message} (${warning.hint})`)).toEqual([
      'SENTOPS_VAR_REGOIN sets no variable of this project (did you mean region?)',
    ]);
  });
});

import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { editText } from '../../../src/lib/config/parse/edit-text.ts';
import { parseSetting, type SetOptions, setValue, setValues } from '../../../src/lib/config/set.ts';
import type { Json } from '../../../src/lib/config/types.ts';
import { failure, request, tempProject } from './temp-project.ts';

const BASE = `# top comment
version: 1   # the format

train:            # training
  numFeatures: 1024     # hashed
  models: ['a', "b"]
  params: { x: 1, y: 'two' }


  # about seed
  seed: 7

serve:
kafka:
  auth:
    username: "u"
  list:
  - one
  - two   # second
text: |
  block
  text
# the end
`;

/** The lines that an edit takes away and adds. */
async function changed(at: string, value: Json, base = BASE): Promise<string[]> {
  const edited = await editText(base, at.split('/'), value);
  const [before, after] = [base.split('\n'), edited.split('\n')];
  return [
    ...before.filter(line => !after.includes(line)).map(line => `-${line}`),
    ...after.filter(line => !before.includes(line)).map(line => `+${line}`),
  ];
}

describe('editing a text', () => {
  test.each<[string, Json, string[]]>([
    ['train/numFeatures', 2048, ['-  numFeatures: 1024     # hashed', '+  numFeatures: 2048     # hashed']],
    ['train/seed', '${var.x}', ['-  seed: 7', '+  seed: ${var.x}']],
    ['train/new/deep', [1, 'a,b'], ['+  new:', '+    deep: [1, "a,b"]']],
    ['serve/name', 'x', ['+  name: x']],
    ['kafka/auth/password', 'p: q', ['+    password: "p: q"']],
    ['kafka/auth/username', null, ['-  auth:', '-    username: "u"']],
    [
      'train/params/z',
      { k: '${v}' },
      ["-  params: { x: 1, y: 'two' }", '+  params: { x: 1, y: \'two\', z: { k: "${v}" } }'],
    ],
    ['train/params/x', null, ["-  params: { x: 1, y: 'two' }", "+  params: { y: 'two' }"]],
    ['train/params/y', null, ["-  params: { x: 1, y: 'two' }", '+  params: { x: 1 }']],
    ['train/models/2', 'c', ['-  models: [\'a\', "b"]', '+  models: [\'a\', "b", c]']],
    ['train/models', ['x'], ['-  models: [\'a\', "b"]', '+  models: [x]']],
    ['kafka/list/0', 'uno', ['-  - one', '+  - uno']],
    ['kafka/list/2', 'three', ['+  - three']],
    ['kafka/list', ['q'], ['-  list:', '-  - one', '-  - two   # second', '+  list: [q]']],
    ['text', 'one line', ['-text: |', '-  block', '-  text', '+text: one line']],
    ['brand/new', true, ['+brand:', '+  new: true']],
    ['version', null, ['-version: 1   # the format']],
    ['train/spark/spark.executor.memory', '4g', ['+  spark:', '+    spark.executor.memory: 4g']],
    ['nothing/here', null, []],
    ['train/seed', 'yes', ['-  seed: 7', '+  seed: yes']],
    ['train/seed', '7', ['-  seed: 7', '+  seed: "7"']],
    ['train/seed', '', ['-  seed: 7', '+  seed: ""']],
    ['train/seed', 'two\nlines', ['-  seed: 7', '+  seed: "two\\nlines"']],
    ['train/seed', '# no comment', ['-  seed: 7', '+  seed: "# no comment"']],
  ])('%s = %j changes only its lines', async (at, value, expected) => {
    expect(await changed(at, value)).toEqual(expected);
  });

  test.each<[string, string[], Json, string]>([
    ['', ['a', 'b'], 1, 'a:\n  b: 1\n'],
    ['# only a comment', ['a'], 1, '# only a comment\na: 1\n'],
    ['a:\n  b: 1', ['a', 'c'], 2, 'a:\n  b: 1\n  c: 2\n'],
    ['a: {}\n', ['a', 'c'], 2, 'a: { c: 2 }\n'],
    ['a: 1\r\nb: 1\r\n', ['c'], 2, 'a: 1\r\nb: 1\r\nc: 2\r\n'],
    ['a: &x 1\nb: *x\n', ['b'], 2, 'a: &x 1\nb: 2\n'],
    ['a:\n    deep: 1\n', ['a', 'b'], 2, 'a:\n    deep: 1\n    b: 2\n'],
    ['- x: 1\n', ['0', 'y'], 2, '- x: 1\n  y: 2\n'],
  ])('%j, %j = %j', async (text, at, value, expected) => {
    expect(await editText(text, at, value)).toBe(expected);
  });

  test('what stands behind an alias is left to the user', async () => {
    const error = await failure(editText('a: &x { k: 1 }\nb: *x\n', ['b', 'k'], 2));
    expect(error.message).toContain('b.k cannot be set by machine');
  });
});

describe('config set', () => {
  const set = (dir: string, at: string, value: Json, more: Partial<SetOptions> = {}) =>
    setValue({ request: request(dir), path: at, value, ...more });
  const read = (dir: string, name = 'sentops.yaml') => fs.readFileSync(path.join(dir, name), 'utf8');

  test('writes the value and says what changed where', async () => {
    const dir = tempProject({ 'sentops.yaml': '# mine\ntrain:\n  seed: 1 # why\n' });
    const result = await set(dir, 'train.seed', 2);
    expect(result).toMatchObject({
      file: 'sentops.yaml',
      written: true,
      changes: [{ path: 'train.seed', before: 1, after: 2, place: { file: 'sentops.yaml', line: 3, column: 9 } }],
    });
    expect(read(dir)).toBe('# mine\ntrain:\n  seed: 2 # why\n');
  });

  test('--target writes into the overlay, --local into the private file, made for its owner only', async () => {
    const dir = tempProject({ 'sentops.yaml': 'targets:\n  prod: { mode: production }\n' });
    await set(dir, 'train.seed', 2, { target: 'prod' });
    expect(read(dir)).toBe('targets:\n  prod: { mode: production, train: { seed: 2 } }\n');
    await set(dir, 'train.seed', 3, { local: true });
    expect(read(dir, 'sentops.local.yaml')).toBe('train:\n  seed: 3\n');
    expect(fs.statSync(path.join(dir, 'sentops.local.yaml')).mode & 0o777).toBe(0o600);
  });

  test('a key is found in the spelling of the file, a variable in its short form', async () => {
    const dir = tempProject({ 'sentops.yaml': 'train: { num-features: 1 }\nvariables:\n  region: a\n' });
    await set(dir, 'train.numFeatures', 2);
    await set(dir, 'variables.region', 'b');
    await set(dir, 'variables.bucket', 'c');
    expect(read(dir)).toBe('train: { num-features: 2 }\nvariables:\n  region: b\n  bucket: c\n');
  });

  test('the first item of a list makes the list', async () => {
    const dir = tempProject({ 'sentops.yaml': '' });
    await set(dir, 'notify.0.type', 'slack');
    expect(read(dir)).toBe('notify: [{ type: slack }]\n');
  });

  test('null takes the key away, and what it leaves empty', async () => {
    const dir = tempProject({ 'sentops.yaml': 'a: 1\ntrain:\n  seed: 1\n'.replace('a: 1\n', 'backend: local\n') });
    await set(dir, 'train.seed', null);
    expect(read(dir)).toBe('backend: local\n');
  });

  test('several settings are made together or not at all', async () => {
    const dir = tempProject({ 'sentops.yaml': 'train: { seed: 1 }\n' });
    const settings = [parseSetting('train.seed', '2'), { path: 'train.maxRows', value: 'many' }];
    const error = await failure(setValues({ request: request(dir), settings }));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain('train.maxRows must be an integer');
    expect(read(dir)).toBe('train: { seed: 1 }\n');
  });

  test('what was wrong before does not stand in the way of mending it', async () => {
    const dir = tempProject({ 'sentops.yaml': 'train: { seed: many, trainRato: 1 }\n' });
    await set(dir, 'train.seed', 2);
    expect(read(dir)).toBe('train: { seed: 2, trainRato: 1 }\n');
  });

  test('a file with a syntax error is not touched', async () => {
    const dir = tempProject({ 'sentops.yaml': 'a: @x\n' });
    const error = await failure(set(dir, 'train.seed', 2));
    expect([error.code, error.place]).toEqual(['CONFIG_SYNTAX', { file: 'sentops.yaml', line: 1, column: 4 }]);
    expect(read(dir)).toBe('a: @x\n');
  });

  test('an unknown path is told, a literal secret refused, and nothing is written', async () => {
    const dir = tempProject({ 'sentops.yaml': '' });
    expect((await failure(set(dir, 'train.sede', 1))).hint).toBe('did you mean train.seed?');
    expect((await failure(set(dir, 'kafka.auth.password', 'hunter2hunter2'))).message).toContain('in plain text');
    expect(read(dir)).toBe('');
  });

  test('a dry run tells and writes nothing; setting what is set already writes nothing', async () => {
    const dir = tempProject({ 'sentops.yaml': 'train: { seed: 1 }\n' });
    expect(await set(dir, 'train.seed', 2, { dryRun: true })).toMatchObject({
      written: false,
      text: 'train: { seed: 2 }\n',
    });
    expect(await set(dir, 'train.seed', 1)).toMatchObject({ written: false });
    expect(read(dir)).toBe('train: { seed: 1 }\n');
    expect(fs.readdirSync(dir)).toEqual(['sentops.yaml']);
  });

  test('without a project file it says how to make one', async () => {
    expect((await failure(set(tempProject(), 'train.seed', 1))).code).toBe('PROJECT_NOT_FOUND');
  });

  test('twenty writers at once, in five processes, lose nothing', async () => {
    const dir = tempProject({ 'sentops.yaml': '# shared\nproject:\n  labels: { start: here }\n' });
    const module = path.resolve(import.meta.dirname, '../../../src/lib/config/set.ts');
    const script = `
      import { setValue } from ${JSON.stringify(module)};
      const [first] = process.argv.slice(1).map(Number);
      const request = { cwd: ${JSON.stringify(dir)}, env: {}, home: undefined };
      await Promise.all([0, 1, 2, 3].map(i => setValue({ request, path: ['project', 'labels', 'w' + (first + i)], value: 'x' })));
    `;
    const run = promisify(execFile);
    await Promise.all(
      [0, 4, 8, 12, 16].map(first => run(process.execPath, ['--input-type=module', '-e', script, String(first)])),
    );
    const text = read(dir);
    const missing = Array.from({ length: 20 }, (_, i) => `w${i}: x`).filter(label => !text.includes(label));
    expect(missing).toEqual([]);
    expect(text.startsWith('# shared\n')).toBe(true);
    expect(fs.readdirSync(dir)).toEqual(['sentops.yaml']);
  });
});

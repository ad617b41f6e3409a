import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadProject } from '../../../src/lib/config/load.ts';
import { setValue } from '../../../src/lib/config/set.ts';
import type { ProjectRequest } from '../../../src/lib/config/types.ts';
import { validateProject } from '../../../src/lib/config/validate.ts';
import type { ErrorCode, SentopsError } from '../../../src/lib/core/errors.ts';
import { failure, request, tempProject } from './temp-project.ts';

const isRoot = process.getuid?.() === 0;

async function loading(
  files: Record<string, string | Buffer>,
  more: Partial<ProjectRequest> = {},
): Promise<SentopsError> {
  return failure(loadProject(request(tempProject(files), more)));
}

/** Inputs as a user meets them, with the code and the place that each has to end in. */
const CASES: readonly (readonly [
  what: string,
  content: string | Buffer,
  code: ErrorCode,
  message: string,
  place: string,
])[] = [
  ['tabs', 'train:\n\tseed: 1\n', 'CONFIG_SYNTAX', 'a tab is used for indentation', '2:1'],
  [
    'duplicate keys',
    'train: {}\nserve: {}\ntrain: {}\n',
    'CONFIG_SYNTAX',
    'the key "train" is given twice (first in line 1)',
    '3:1',
  ],
  ['1 MB of nesting', '{a: '.repeat(250_000), 'CONFIG_SYNTAX', 'nested more than 100 levels deep', '1:394'],
  [
    'an anchor bomb',
    `a: &a [${'x, '.repeat(99)}x]\n${'bcdefgh'.replace(/./g, (name, i: number) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[i]}`).join(', ')}]\n`)}`,
    'CONFIG_SYNTAX',
    'anchors expand to more than 100000 values',
    '',
  ],
  ['a list', '- train\n', 'CONFIG_SYNTAX', 'must hold sections such as train: and serve:', '1:1'],
  ['a single value', 'hello\n', 'CONFIG_SYNTAX', 'must hold sections', '1:1'],
  [
    'a wrong type',
    'train:\n  numFeatures: "32768"\n',
    'CONFIG_INVALID',
    'train.numFeatures must be an integer',
    '2:16',
  ],
  ['a typo in a key', 'train:\n  numFeature: 1\n', 'CONFIG_INVALID', 'there is no key "numFeature" in train', '2:3'],
  ['a missing variable', 'train: { output: "${var.out}" }\n', 'CONFIG_REFERENCE', 'there is no variable out', '1:18'],
  ['a circle', 'train: { output: "${train.output}" }\n', 'CONFIG_REFERENCE', 'go in a circle', '1:18'],
  [
    'bytes that are no UTF-8',
    Buffer.from('a: 1\nb: caf\xe9\n', 'latin1'),
    'CONFIG_UNREADABLE',
    'is not UTF-8 text',
    '2:7',
  ],
  ['UTF-16', Buffer.from('\uFEFFa: 1\n', 'utf16le'), 'CONFIG_UNREADABLE', 'is encoded in UTF-16', ''],
  ['5 MB', `# ${'x'.repeat(5 * 1024 * 1024)}\n`, 'CONFIG_UNREADABLE', 'has 5.0 MB, more than the 4 MB', ''],
];

describe('a project file with', () => {
  test.each(CASES)('%s ends in one clear, located error', async (_what, content, code, message, place) => {
    const error = await loading({ 'sentops.yaml': content });
    expect(error.code).toBe(code);
    expect(error.exit).toBe(3);
    expect(error.message).toContain(message);
    expect(error.hint).not.toBe('');
    expect(error.place?.file).toBe('sentops.yaml');
    if (place !== '') expect(`${error.place?.line}:${error.place?.column}`).toBe(place);
  });

  test.each(CASES)('%s is a problem that validate lists as well', async (_what, content, _code, message) => {
    const { ok, problems } = await validateProject(request(tempProject({ 'sentops.yaml': content })));
    expect(ok).toBe(false);
    expect(problems.some(problem => problem.message.includes(message) && problem.place?.file === 'sentops.yaml')).toBe(
      true,
    );
  });

  test('a byte order mark is read like any other', async () => {
    const { config } = await loadProject(request(tempProject({ 'sentops.yaml': '\uFEFFtrain: { seed: 3 }\n' })));
    expect(config.train.seed).toBe(3);
  });
});

describe('a project file that is', () => {
  test('a folder', async () => {
    const error = await loading({ 'sentops.yaml/x': '' });
    expect([error.code, error.message]).toEqual(['CONFIG_UNREADABLE', 'sentops.yaml is a folder, not a file']);
  });

  test('named by --config and not there', async () => {
    const error = await loading({}, { configFile: 'nope.yaml' });
    expect([error.code, error.message]).toEqual(['CONFIG_UNREADABLE', 'nope.yaml does not exist']);
    expect(error.hint).toContain('--config');
  });

  test('a link in a circle', async () => {
    const dir = tempProject();
    fs.symlinkSync('sentops.yaml', path.join(dir, 'sentops.yaml'));
    const error = await failure(loadProject(request(dir, { configFile: 'sentops.yaml' })));
    expect(error.code).toBe('CONFIG_UNREADABLE');
  });

  test.skipIf(isRoot)('without permission (skipped as root, who may read everything)', async () => {
    const dir = tempProject({ 'sentops.yaml': '' });
    fs.chmodSync(path.join(dir, 'sentops.yaml'), 0);
    expect((await failure(loadProject(request(dir)))).message).toContain('permission denied');
  });

  test('not a file at all', async () => {
    expect((await loading({}, { configFile: '/dev/null' })).message).toBe('/dev/null is not a regular file');
  });
});

describe('files beside it', () => {
  test('a private file that is a folder', async () => {
    const error = await loading({ 'sentops.yaml': '', 'sentops.local.yaml/x': '' });
    expect(error.message).toBe('sentops.local.yaml is a folder, not a file');
  });

  test('a .env that is a folder is the virtual environment of a Python project, and no business of ours', async () => {
    const dir = tempProject({ 'sentops.yaml': 'project: { name: "${env.A:-none}" }\n', '.env/bin/python': '' });
    expect((await loadProject(request(dir))).config.project.name).toBe('none');
  });

  test('a .env with a bad line', async () => {
    const error = await loading({ 'sentops.yaml': '', '.env': 'A=1\noops\n' });
    expect([error.code, error.place?.file, error.place?.line]).toEqual(['CONFIG_SYNTAX', '.env', 2]);
  });

  test('settings of the user with a syntax error', async () => {
    const dir = tempProject({ 'sentops.yaml': '', 'home/.config/sentops/config.yaml': 'a: @\n' });
    const error = await failure(loadProject(request(dir, { home: path.join(dir, 'home') })));
    expect(error.place).toEqual({ file: 'home/.config/sentops/config.yaml', line: 1, column: 4 });
  });

  test.each([undefined, '', '/nonexistent', '/dev/null'])('a home of %j is no reason to fail', async home => {
    const dir = tempProject({ 'sentops.yaml': '' });
    expect((await loadProject(request(dir, { home }))).file).toBe(path.join(dir, 'sentops.yaml'));
  });
});

describe('writing', () => {
  test.skipIf(isRoot)('into a read-only folder leaves the file as it was (skipped as root)', async () => {
    const dir = tempProject({ 'sentops.yaml': 'train: { seed: 1 }\n' });
    fs.chmodSync(dir, 0o500);
    const error = await failure(setValue({ request: request(dir), path: 'train.seed', value: 2 }));
    fs.chmodSync(dir, 0o700);
    expect(error.code).toBe('NOT_WRITABLE');
    expect(fs.readFileSync(path.join(dir, 'sentops.yaml'), 'utf8')).toBe('train: { seed: 1 }\n');
  });
});

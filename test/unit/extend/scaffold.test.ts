import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SentopsError } from '../../../src/lib/core/errors.ts';
import type { ReportEvent } from '../../../src/lib/core/report.ts';
import { VERSION } from '../../../src/lib/core/version.ts';
import { KINDS } from '../../../src/lib/extend/contract.ts';
import { type CreateRequest, createPlugin } from '../../../src/lib/extend/scaffold/create-plugin.ts';
import { readPluginName } from '../../../src/lib/extend/scaffold/plugin-name.ts';

let dir: string;
let events: ReportEvent[];
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-scaffold-'));
  events = [];
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

function create(more: Partial<CreateRequest> = {}) {
  return createPlugin({
    name: 'hello',
    cwd: dir,
    env: { PATH: '' },
    kinds: [],
    reserved: new Set(['train']),
    install: false,
    dryRun: false,
    signal: new AbortController().signal,
    report: event => events.push(event),
    ...more,
  });
}

const listed = () =>
  fs.readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter(file => fs.statSync(path.join(dir, file)).isFile());
const read = (file: string) => fs.readFileSync(path.join(dir, 'sentops-plugin-hello', file), 'utf8');

/** A program called npm that does what the script says. */
function fakeNpm(script: string): Record<string, string> {
  const bin = path.join(dir, 'bin');
  fs.mkdirSync(bin);
  fs.writeFileSync(path.join(bin, 'npm'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { PATH: `${bin}${path.delimiter}/usr/bin:/bin` };
}

describe('names', () => {
  test.each([
    ['hello', 'sentops-plugin-hello', 'hello', 'Hello'],
    ['sentops-plugin-hello', 'sentops-plugin-hello', 'hello', 'Hello'],
    [' my-s3-things ', 'sentops-plugin-my-s3-things', 'my-s3-things', 'MyS3Things'],
    ['@acme/reviews', '@acme/reviews', 'reviews', 'Reviews'],
    ['@acme/sentops-plugin-reviews', '@acme/sentops-plugin-reviews', 'reviews', 'Reviews'],
  ])('%j', (text, packageName, name, className) => {
    expect(readPluginName(text, new Set())).toEqual({ packageName, name, className });
  });

  test.each([
    '',
    ' ',
    '.',
    '..',
    '../up',
    '/abs',
    'a/b',
    '@a',
    '@/b',
    '@a/b/c',
    'Hello',
    'hällo',
    'a b',
    'a_b',
    'a--b',
    '-a',
    'a-',
    '1a',
    'a;rm -rf',
    '"',
    '{{name}}',
    'node_modules',
    'favicon.ico',
    'command',
    'sentops-plugin-',
    'x'.repeat(300),
  ])('%j is refused', text => {
    expect(() => readPluginName(text, new Set())).toThrow(SentopsError);
  });

  test('a command of ours is not given away', () => {
    for (const name of ['train', 'sentops-plugin-train', '@acme/train']) {
      expect(() => readPluginName(name, new Set(['train']))).toThrow('sentops has a command train of its own');
    }
  });
});

describe('the files', () => {
  test('one stream sink where no kind is named', async () => {
    const created = await create();
    expect(created).toMatchObject({
      package: 'sentops-plugin-hello',
      name: 'hello',
      kinds: ['stream-sink'],
      written: true,
      installed: false,
      installProblem: null,
    });
    expect(created.dir).toBe(path.join(dir, 'sentops-plugin-hello'));
    expect(listed().sort()).toEqual(created.files.map(file => path.join('sentops-plugin-hello', file)).sort());
    expect(created.next).toEqual([
      'cd sentops-plugin-hello',
      'npm install',
      'npm test',
      'npm run build',
      'sentops plugins link .',
      'sentops hello',
    ]);
  });

  test('a folder with a space in its name once gave a next step that cd did not understand', async () => {
    const created = await create({ dir: 'my plugins' });
    expect(created.next[0]).toBe("cd 'my plugins'");
  });

  test('package.json names both levels, this contract and versions that sentops itself is built with', async () => {
    await create({ kinds: ['notifier', 'stream_sink', 'notifier'] });
    const manifest = JSON.parse(read('package.json'));
    const ours = JSON.parse(fs.readFileSync(path.resolve(import.meta.dirname, '../../../package.json'), 'utf8'));
    expect(manifest).toMatchObject({
      name: 'sentops-plugin-hello',
      keywords: ['sentops-plugin', 'oclif-plugin'],
      oclif: { commands: './dist/commands' },
      sentops: {
        contract: 1,
        extensions: './dist/extensions.js',
        provides: { notifier: ['hello'], 'stream-sink': ['hello'] },
      },
      engines: ours.engines,
      devDependencies: { sentops: `^${VERSION}`, typescript: ours.devDependencies.typescript },
    });
    expect(manifest.dependencies).toEqual({
      '@oclif/core': `^${ours.devDependencies['@oclif/core'].replace('^', '')}`,
    });
    expect(manifest.dependencies).not.toHaveProperty('sentops');
  });

  test('of every kind: no placeholder is left, and every registered module is there', async () => {
    const kinds = Object.keys(KINDS);
    const { files } = await create({ kinds });
    for (const file of files) expect(read(file), file).not.toMatch(/\{\{|\}\}[^\n,;)]|: undefined\b|"undefined"/);
    const registered = [
      ...read('src/extensions.ts').matchAll(/api\.register\('(.+)', 'hello', \(\) => import\('\.\/(.+)'\)/g),
    ];
    expect(registered.map(match => match[1])).toEqual(kinds);
    for (const [, , file] of registered) expect(files).toContain(`src/${file}`);
    for (const kind of kinds) expect(files).toContain(`test/${kind}.test.ts`);
  });

  test('--dry-run says what it would write and writes nothing', async () => {
    expect(await create({ dryRun: true, install: true })).toMatchObject({ written: false, installed: false, next: [] });
    expect(fs.readdirSync(dir)).toEqual([]);
    expect(events).toEqual([]);
  });

  test('--dir, relative to where the user is', async () => {
    expect((await create({ dir: 'a/b' })).dir).toBe(path.join(dir, 'a/b'));
    expect(fs.existsSync(path.join(dir, 'a/b/package.json'))).toBe(true);
    expect((await create({ dir: '.', cwd: path.join(dir, 'a') }).catch(error => error)).code).toBe('CONFLICT');
  });
});

describe('nothing is overwritten', () => {
  test('a folder with something in it is refused, and stays as it is', async () => {
    fs.mkdirSync(path.join(dir, 'sentops-plugin-hello'));
    fs.writeFileSync(path.join(dir, 'sentops-plugin-hello/notes.txt'), 'mine');
    await expect(create()).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('is not empty'),
    });
    expect(listed()).toEqual([path.join('sentops-plugin-hello', 'notes.txt')]);
  });

  test('a file in its place is refused', async () => {
    fs.writeFileSync(path.join(dir, 'sentops-plugin-hello'), '');
    await expect(create()).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('is a file') });
  });

  test('an empty folder and a fresh git repository are what the user made for it', async () => {
    fs.mkdirSync(path.join(dir, 'sentops-plugin-hello/.git'), { recursive: true });
    expect((await create()).written).toBe(true);
  });

  test('a stop half-way leaves nothing behind', async () => {
    await expect(create({ signal: AbortSignal.abort(new SentopsError('INTERRUPTED')) })).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
    expect(fs.readdirSync(dir)).toEqual([]);
  });
});

describe('--sentops', () => {
  const dependency = async (sentops: string) => {
    await create({ sentops });
    return JSON.parse(read('package.json')).devDependencies.sentops;
  };

  test('a tarball, a folder, a version', async () => {
    fs.writeFileSync(path.join(dir, 'it is.tgz'), '');
    expect(await dependency('it is.tgz')).toBe(`file:${path.join(dir, 'it is.tgz')}`);
    fs.rmSync(path.join(dir, 'sentops-plugin-hello'), { recursive: true });
    fs.mkdirSync(path.join(dir, 'checkout'));
    fs.writeFileSync(path.join(dir, 'checkout/package.json'), '{}');
    expect(await dependency('./checkout')).toBe(`file:${path.join(dir, 'checkout')}`);
    fs.rmSync(path.join(dir, 'sentops-plugin-hello'), { recursive: true });
    expect(await dependency('~1.2.3-rc.1')).toBe('~1.2.3-rc.1');
  });

  test.each(['none.tgz', 'https://example.com/x.tgz', '*', ''])(
    '%j is no package, and nothing is written',
    async sentops => {
      await expect(create({ sentops })).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(fs.readdirSync(dir)).toEqual([]);
    },
  );
});

describe('npm install', () => {
  test('runs in the new folder and is reported', async () => {
    const env = fakeNpm('pwd > ran; echo "$@" >> ran');
    const created = await create({ install: true, env });
    expect(created).toMatchObject({ installed: true, installProblem: null });
    expect(created.next).not.toContain('npm install');
    expect(read('ran')).toBe(`${fs.realpathSync(created.dir)}\ninstall --no-fund --no-audit\n`);
    expect(events.map(event => event.type === 'step' && event.state)).toEqual(['start', 'done']);
  });

  test('a failure keeps the files and says what npm said', async () => {
    const env = fakeNpm(
      'echo "npm error code ETARGET" >&2; echo "npm error notarget No matching version found for sentops@^9." >&2; echo "npm error A complete log is in: /x" >&2; exit 1',
    );
    const created = await create({ install: true, env });
    expect(created).toMatchObject({
      written: true,
      installed: false,
      installProblem: 'notarget No matching version found for sentops@^9.',
    });
    expect(created.next).toContain('npm install');
    expect(events.at(-1)).toMatchObject({ state: 'fail', detail: created.installProblem });
  });

  test('no npm on the PATH', async () => {
    expect((await create({ install: true, env: { PATH: dir } })).installProblem).toBe('npm was not found on the PATH');
  });
});

import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import create from '../../src/lib/data/remote/kaggle/source.ts';
import type { FindOptions, RemoteFile } from '../../src/lib/data/types.ts';
import { createTestContext } from '../helpers/extension-context.ts';
import type { Faults, KaggleStandIn, Seen } from '../helpers/kaggle/types.ts';
import { startKaggleStandIn } from '../helpers/kaggle-stand-in.ts';
import { missingFor, pythonEnvironment } from '../helpers/python.ts';

/*
 * The kaggle tool itself and our client on the same server: what satisfies the one has to satisfy the other, or else we
 * speak a protocol of our own.
 */
const missing = missingFor('kaggle');
const BIG = randomBytes(6_000_000);
const FILES = { 'reviews.csv': Buffer.from('text,label\ngood,1\n'), 'raw/a b.bin': BIG };
const RUNS_MS = 120_000;

let tool = '';
let home = '';
let kaggle: KaggleStandIn;

beforeAll(async () => {
  if (missing !== undefined) return;
  const { python } = await pythonEnvironment('kaggle');
  tool = path.join(path.dirname(python), 'kaggle');
}, 600_000);

beforeEach(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-kaggle-'));
  kaggle = await startKaggleStandIn(
    {
      'owner/name': { versions: [FILES] },
      'owner/secret': { versions: [FILES], access: 'private', reader: 'ann' },
      'owner/terms': { versions: [FILES], access: 'consent' },
    },
    { keys: { ann: 'key-of-ann-1' }, tokens: { 'token-of-ann': 'ann' }, logins: { 'login-of-ann': 'token-of-ann' } },
  );
});

afterEach(async () => {
  await kaggle.close();
  fs.rmSync(home, { recursive: true, force: true });
});

type Env = Readonly<Record<string, string>>;

/** What one of the two makes of a dataset: the bytes that it has in the end, or what it says. */
interface Outcome {
  readonly sha256: string | null;
  readonly said: string;
  /** What was asked of the server for it. */
  readonly seen: readonly Seen[];
}

async function byTool(ref: string, env: Env, file?: string): Promise<Outcome> {
  const before = kaggle.seen.length;
  const out = path.join(home, 'out');
  fs.rmSync(out, { recursive: true, force: true });
  const args = ['datasets', 'download', ref, '-p', out, '--force', ...(file === undefined ? [] : ['-f', file])];
  const options = {
    env: { PATH: process.env['PATH'], HOME: home, PYTHONIOENCODING: 'utf-8', ...kaggle.cliEnv, ...env },
    timeout: RUNS_MS,
  };
  const { stdout, stderr } = await promisify(execFile)(tool, args, options).catch((error: unknown) => {
    return error as { readonly stdout: string; readonly stderr: string };
  });
  const name = file === undefined ? `${ref.split('/')[1]}.zip` : encodeURIComponent(path.basename(file));
  const got = path.join(out, name);
  return {
    sha256: fs.existsSync(got) ? sum(fs.readFileSync(got)) : null,
    said: `${stdout}${stderr}`,
    seen: kaggle.seen.slice(before),
  };
}

async function byUs(ref: string, env: Env, file?: string): Promise<Outcome> {
  const before = kaggle.seen.length;
  const notes: string[] = [];
  const context = createTestContext({
    env: { HOME: home, KAGGLE_API_ENDPOINT: kaggle.url, ...env },
    report: event => {
      if (event.type === 'note') notes.push(event.message);
    },
  });
  const signal = new AbortController().signal;
  const asked: FindOptions = { signal, ...(file === undefined ? {} : { file }) };
  const get = async () => {
    const source = await create({ delayMs: 10 }, context);
    const dataset = await source.find(ref, asked);
    const hash = createHash('sha256');
    const read = source.read(dataset, dataset.files[0] as RemoteFile, { signal, start: 0 });
    for await (const chunk of read) hash.update(chunk);
    return hash.digest('hex');
  };
  const sha256 = await get().catch((error: Error) => {
    notes.push(`${error.name} ${'code' in error ? error.code : ''}: ${error.message}`);
    return null;
  });
  return { sha256, said: notes.join('\n'), seen: kaggle.seen.slice(before) };
}

function sum(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The credentials that Kaggle saw, and those that the store saw. */
function shown({ seen }: Outcome): readonly [readonly (string | undefined)[], readonly (string | undefined)[]] {
  const of = (isStore: boolean) =>
    seen
      .filter(({ path: asked }) => asked.startsWith('/signed/') === isStore)
      .map(({ authorization }) => authorization);
  return [[...new Set(of(false))], [...new Set(of(true))]];
}

/** The calls that both make, in their order, with what they ask for. */
function calls({ seen }: Outcome, call: string): unknown[] {
  return seen
    .filter(({ path: asked }) => asked.endsWith(`/${call}`))
    .map(({ method, body }) => [
      method,
      Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null)),
    ]);
}

const BASIC = `Basic ${Buffer.from('ann:key-of-ann-1').toString('base64')}`;

describe.skipIf(missing !== undefined)('the kaggle tool and our client', () => {
  test.each<[string, Env, string | undefined]>([
    ['nobody', {}, undefined],
    ['a user with a key', { KAGGLE_USERNAME: 'ann', KAGGLE_KEY: 'key-of-ann-1' }, BASIC],
    ['a user with a token', { KAGGLE_API_TOKEN: 'token-of-ann' }, 'Bearer token-of-ann'],
  ])(
    'get the same bytes for %s, and show the credential to Kaggle alone',
    async (_, env, credential) => {
      const [theirs, ours] = [await byTool('owner/name', env), await byUs('owner/name', env)];
      expect(theirs.sha256, theirs.said).toBe(sum(kaggle.archive('owner/name')));
      expect(ours.sha256, ours.said).toBe(theirs.sha256);
      expect(shown(theirs)).toEqual([[credential], [undefined]]);
      expect(shown(ours)).toEqual(shown(theirs));
    },
    RUNS_MS,
  );

  test(
    'ask for a download in the same words',
    async () => {
      const wordsOf = async (run: typeof byUs, file?: string) =>
        calls(await run('owner/name', {}, file), 'DownloadDataset')[0];
      const theirs = await wordsOf(byTool, 'raw/a b.bin');
      expect(await wordsOf(byUs, 'raw/a b.bin')).toEqual(withVersion(theirs));
      expect(await wordsOf(byUs)).toEqual(withVersion(await wordsOf(byTool)));
    },
    RUNS_MS,
  );

  test.each<[string, string, unknown, string, string]>([
    ['kaggle.json', '.kaggle/kaggle.json', { username: 'ann', key: 'key-of-ann-1' }, '{}', BASIC],
    [
      'another folder',
      'conf/kaggle.json',
      { username: 'ann', key: 'key-of-ann-1' },
      '{"KAGGLE_CONFIG_DIR":"conf"}',
      BASIC,
    ],
    ['settings', '.config/kaggle/kaggle.json', { username: 'ann', key: 'key-of-ann-1' }, '{}', BASIC],
    ['access_token', '.kaggle/access_token', 'token-of-ann\n', '{}', 'Bearer token-of-ann'],
    ['a token file', 'token', 'token-of-ann\n', '{"KAGGLE_API_TOKEN":"token"}', 'Bearer token-of-ann'],
    ['half a key', '.kaggle/kaggle.json', { username: 'bob', key: 'key-of-ann-1' }, '{"KAGGLE_USERNAME":"ann"}', BASIC],
    [
      'a login',
      '.kaggle/credentials.json',
      { refresh_token: 'login-of-ann', username: 'ann' },
      '{}',
      'Bearer token-of-ann',
    ],
  ])(
    'find the same credential: %s',
    async (_, name, content, variables, credential) => {
      const file = path.join(home, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 });
      const env = Object.fromEntries(
        Object.entries(JSON.parse(variables) as Env).map(([key, value]) => [
          key,
          key === 'KAGGLE_USERNAME' ? value : path.join(home, value),
        ]),
      );
      // The tool writes its new token into the file, and would not have to ask again: we come first.
      const [ours, theirs] = [await byUs('owner/secret', env), await byTool('owner/secret', env)];
      expect(theirs.sha256, theirs.said).toBe(sum(kaggle.archive('owner/secret')));
      expect(ours.sha256, ours.said).toBe(theirs.sha256);
      expect(shown(ours)[0]).toContain(credential);
      expect(shown(theirs)[0]).toContain(credential);
    },
    RUNS_MS,
  );

  test(
    'a token goes before a key; with an expired one the tool does nothing, and we go on with the key',
    async () => {
      const env = { KAGGLE_API_TOKEN: 'token-of-ann', KAGGLE_USERNAME: 'ann', KAGGLE_KEY: 'key-of-ann-1' };
      for (const run of [byTool, byUs]) expect(shown(await run('owner/name', env))[0]).toEqual(['Bearer token-of-ann']);
      kaggle.expire('token-of-ann');
      // It finds out that the token is not good, means to use the key, and sends the token all the same.
      const theirs = await byTool('owner/name', env);
      expect(theirs.sha256).toBeNull();
      expect(theirs.said).toContain('Authentication required');
      expect(shown(theirs)[0].at(-1)).toBe('Bearer token-of-ann');
      const ours = await byUs('owner/name', env);
      expect(ours.sha256, ours.said).toBe(sum(kaggle.archive('owner/name')));
      expect(shown(ours)[0]).toEqual(['Bearer token-of-ann', BASIC]);
    },
    RUNS_MS,
  );

  test.each<[string, Partial<Faults>]>([
    ['the connection breaks', { cutAfter: [4_500_000] }],
    ['the connection breaks, where files have a date and no ETag', { cutAfter: [4_500_000], etag: false }],
    ['files come without a redirect', { direct: true }],
    ['the server knows no ranges', { ranges: false }],
  ])(
    'both have the file when %s',
    async (_, faults) => {
      for (const run of [byTool, byUs]) {
        Object.assign(kaggle.faults, structuredClone(faults));
        const outcome = await run('owner/name', {});
        expect(outcome.sha256, outcome.said).toBe(sum(kaggle.archive('owner/name')));
        const went = outcome.seen.reduce((bytes, { sent }) => bytes + sent, 0);
        // The tool keeps whole pieces of a mebibyte; we keep every byte, and looked at the first thousand.
        const most = kaggle.archive('owner/name').length + (run === byTool ? 1024 * 1024 : 1024);
        if (faults.cutAfter !== undefined) expect(went).toBeLessThanOrEqual(most);
      }
    },
    RUNS_MS,
  );

  test(
    'both are refused a private dataset, and one with terms',
    async () => {
      for (const ref of ['owner/secret', 'owner/terms']) {
        const [theirs, ours] = [await byTool(ref, {}), await byUs(ref, {})];
        expect([theirs.sha256, ours.sha256]).toEqual([null, null]);
        expect(theirs.said).toContain('denied');
        expect(ours.said).toContain('AUTH_FAILED');
      }
    },
    RUNS_MS,
  );

  test(
    'a page to log in is an archive for the tool, and none for us',
    async () => {
      kaggle.faults.loginPage = true;
      const [theirs, ours] = [await byTool('owner/name', {}), await byUs('owner/name', {})];
      expect(theirs.sha256).not.toBeNull();
      expect(ours.sha256).toBeNull();
      expect(ours.said).toContain('DATA_INVALID');
    },
    RUNS_MS,
  );

  test(
    'too many requests: the tool gives up at once, we wait as long as we are asked to',
    async () => {
      kaggle.faults.retryAfter = '0';
      kaggle.faults.tooMany = 2;
      const theirs = await byTool('owner/name', {});
      expect(theirs.sha256).toBeNull();
      expect(theirs.said).toContain('Too many requests');
      kaggle.faults.tooMany = 2;
      const ours = await byUs('owner/name', {});
      expect(ours.sha256, ours.said).toBe(sum(kaggle.archive('owner/name')));
    },
    RUNS_MS,
  );
});

/** We ask for the version that we found, so that a newer one does not come in its place half-way. */
function withVersion(call: unknown): unknown {
  const [method, body] = call as [string, Readonly<Record<string, unknown>>];
  return [method, { ...body, datasetVersionNumber: 1 }];
}

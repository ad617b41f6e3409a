import { rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { redactor } from '../../../../../src/lib/core/redact.ts';
import { findCredentials } from '../../../../../src/lib/data/remote/kaggle/credentials.ts';
import { createWorld, failureOf, neverAborted } from '../web.ts';
import { createClient, createHome, put, startKaggle } from './world.ts';

const signal = neverAborted();

async function find(home: string, env: Readonly<Record<string, string>> = {}) {
  const { context, notes } = createWorld({ HOME: home, ...env });
  const found = await findCredentials({ ...context, cwd: home });
  return { found, notes, kinds: found.map(({ kind, from }) => `${kind}: ${from.replace(home, '~')}`) };
}

function basic(pair: string): string {
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

const KEY = { username: 'ann', key: 'key-in-the-file' };
const LATER = new Date(Date.now() + 3_600_000).toISOString();

describe('who asks', () => {
  test('nobody, where there is nothing', async () => {
    expect((await find(createHome())).kinds).toEqual(['none: no credentials']);
  });

  test('the order of the kaggle tool: token, key, login, nobody', async () => {
    const home = createHome();
    await put(home, '.kaggle/kaggle.json', KEY);
    await put(home, '.kaggle/credentials.json', {
      refresh_token: 'r',
      access_token: 'a',
      access_token_expiration: LATER,
    });
    const { kinds, notes } = await find(home, { KAGGLE_API_TOKEN: 'token-1' });
    expect(kinds).toEqual([
      'token: KAGGLE_API_TOKEN',
      'key: ~/.kaggle/kaggle.json',
      'token: ~/.kaggle/credentials.json',
      'none: no credentials',
    ]);
    expect(notes).toEqual([]);
  });

  test('KAGGLE_API_TOKEN is a token, or the file that holds it', async () => {
    const home = createHome();
    expect((await find(home, { KAGGLE_API_TOKEN: 'token-1' })).found[0]).toMatchObject({ header: 'Bearer token-1' });
    const file = await put(home, 'secret/token', 'token-2\n');
    expect((await find(home, { KAGGLE_API_TOKEN: file })).found[0]).toMatchObject({ header: 'Bearer token-2' });
    expect((await find(home, { KAGGLE_API_TOKEN: 'secret/token' })).found[0]).toMatchObject({
      header: 'Bearer token-2',
    });
    await put(home, 'empty', ' \n');
    expect((await find(home, { KAGGLE_API_TOKEN: 'empty' })).kinds).toEqual(['none: no credentials']);
  });

  test.each(['access_token', 'access_token.txt'])('~/.kaggle/%s, whatever KAGGLE_CONFIG_DIR says', async name => {
    const home = createHome();
    await put(home, `.kaggle/${name}`, 'token-3\n');
    const { found } = await find(home, { KAGGLE_CONFIG_DIR: path.join(home, 'elsewhere') });
    expect(found[0]).toMatchObject({ header: 'Bearer token-3', from: path.join(home, '.kaggle', name) });
  });

  test('the file of a notebook, in a notebook only', async () => {
    const home = createHome();
    const file = await put(home, 'given', 'token-of-notebook');
    const env = { KAGGLE_API_V1_TOKEN: file };
    expect((await find(home, env)).kinds).toEqual(['none: no credentials']);
    const notebook = { ...env, KAGGLE_KERNEL_RUN_TYPE: 'Interactive', KAGGLE_DATA_PROXY_URL: 'https://x.test' };
    expect((await find(home, notebook)).found[0]).toMatchObject({ header: 'Bearer token-of-notebook' });
  });

  test('kaggle.json lies where KAGGLE_CONFIG_DIR says, or in ~/.kaggle, or in the folder for settings', async () => {
    const home = createHome();
    await put(home, 'named/kaggle.json', { ...KEY, username: 'named' });
    await put(home, '.config/kaggle/kaggle.json', { ...KEY, username: 'settings' });
    await put(home, 'xdg/kaggle/kaggle.json', { ...KEY, username: 'xdg' });
    const headerWith = async (env: Readonly<Record<string, string>>) => (await find(home, env)).found[0];
    expect(await headerWith({ KAGGLE_CONFIG_DIR: 'named' })).toMatchObject({ header: basic('named:key-in-the-file') });
    if (process.platform === 'linux') {
      expect(await headerWith({})).toMatchObject({ header: basic('settings:key-in-the-file') });
      expect(await headerWith({ XDG_CONFIG_HOME: path.join(home, 'xdg') })).toMatchObject({
        header: basic('xdg:key-in-the-file'),
      });
    }
    await put(home, '.kaggle/kaggle.json', { ...KEY, username: 'own' });
    expect(await headerWith({})).toMatchObject({ header: basic('own:key-in-the-file') });
  });

  test('either half of the key may come from a variable', async () => {
    const home = createHome();
    await put(home, '.kaggle/kaggle.json', KEY);
    const headerWith = async (env: Readonly<Record<string, string>>) => (await find(home, env)).found[0];
    expect(await headerWith({ KAGGLE_KEY: 'other' })).toMatchObject({ header: basic('ann:other') });
    expect(await headerWith({ KAGGLE_USERNAME: 'bob' })).toMatchObject({ header: basic('bob:key-in-the-file') });
    await rm(path.join(home, '.kaggle/kaggle.json'));
    expect(await headerWith({ KAGGLE_USERNAME: 'bob' })).toMatchObject({ kind: 'none' });
  });

  test('a token that no header can carry is told of, and not repeated', async () => {
    const error = await failureOf(find(createHome(), { KAGGLE_API_TOKEN: '"quoted token"' }));
    expect(error).toMatchObject({ code: 'AUTH_FAILED' });
    expect(error.message).toBe('KAGGLE_API_TOKEN holds a character that no HTTP header can carry');
  });

  test('none of it is printed from now on', async () => {
    const home = createHome();
    await put(home, '.kaggle/kaggle.json', { username: 'ann', key: 'hide-this-key' });
    await put(home, '.kaggle/credentials.json', { refresh_token: 'hide-this-login' });
    await find(home, { KAGGLE_API_TOKEN: 'hide-this-token' });
    const text = `hide-this-key hide-this-login hide-this-token ${basic('ann:hide-this-key')}`;
    expect(redactor.redact(text)).not.toContain('hide');
    expect(redactor.redact(text)).not.toContain(basic('ann:hide-this-key').slice(6));
  });
});

describe('files that are not as they should be', () => {
  test.skipIf(process.platform === 'win32')(
    'one that others can read is used, and the way to mend it told',
    async () => {
      const home = createHome();
      const file = await put(home, ".kaggle's/kaggle.json", KEY, 0o644);
      const { kinds, notes } = await find(home, { KAGGLE_CONFIG_DIR: path.dirname(file) });
      expect(kinds[0]).toMatch(/^key: /);
      expect(notes).toEqual([
        `warn: ${file} can be read by other users of this machine; run: chmod 600 '${file.replace("'", `'\\''`)}'`,
      ]);
    },
  );

  test.each([
    ['no JSON', '{"username": "ann"', 1],
    ['a list', '[]', 0],
    ['null', 'null', 0],
    ['numbers', '{"username": 1, "key": 2}', 0],
    ['empty texts', '{"username": "", "key": ""}', 0],
  ])('%s in kaggle.json counts as nothing', async (_, text, notes) => {
    const home = createHome();
    await put(home, '.kaggle/kaggle.json', text);
    const found = await find(home);
    expect(found.kinds).toEqual(['none: no credentials']);
    expect(found.notes).toHaveLength(notes);
    expect(found.notes.join()).not.toContain('ann"');
  });
});

describe('what Kaggle refuses', () => {
  test('an expired token is told, and the key after it is tried', async () => {
    const kaggle = await startKaggle();
    kaggle.expire('token-of-ann');
    const env = { KAGGLE_API_TOKEN: 'token-of-ann', KAGGLE_USERNAME: 'ann', KAGGLE_KEY: 'key-of-ann-1' };
    const { source, notes } = await createClient(kaggle, env);
    await source.find('owner/name', { signal });
    expect(notes).toEqual([
      'warn: Kaggle refuses what KAGGLE_API_TOKEN holds, it may have expired; asking with KAGGLE_USERNAME and KAGGLE_KEY',
    ]);
    // Once is enough.
    await source.find('owner/name', { signal });
    expect(notes).toHaveLength(1);
  });

  test('a wrong key is no reason to do without a public dataset', async () => {
    const { source, notes } = await createClient(await startKaggle(), {
      KAGGLE_USERNAME: 'ann',
      KAGGLE_KEY: 'wrong-key',
    });
    expect((await source.find('owner/name', { signal })).version).toBe('1');
    expect(notes[0]).toContain('asking with no credentials');
  });

  test('where nothing is left, all that was refused is named', async () => {
    const kaggle = await startKaggle({ access: 'private', reader: 'bob' });
    kaggle.expire('token-of-ann');
    const { source } = await createClient(kaggle, { KAGGLE_API_TOKEN: 'token-of-ann' });
    const error = await failureOf(source.find('owner/name', { signal }));
    expect(error.code).toBe('AUTH_FAILED');
    expect(error.message).toContain('what KAGGLE_API_TOKEN holds was refused');
    expect(error.hint).toContain('https://www.kaggle.com/settings');
  });

  test('a login of the kaggle tool is good for a new token', async () => {
    const home = createHome();
    const old = new Date(Date.now() - 3_600_000).toISOString();
    const login = { refresh_token: 'login-of-ann', access_token: 'old', access_token_expiration: old };
    await put(home, '.kaggle/credentials.json', login);
    const kaggle = await startKaggle({ access: 'private', reader: 'ann' });
    const { source, notes } = await createClient(kaggle, { HOME: home });
    await source.find('owner/name', { signal });
    expect(notes).toEqual([]);
    const asked = kaggle.seen.map(({ path: asked }) => asked.split('/').at(-1));
    expect(asked.filter(call => call === 'GenerateAccessToken')).toHaveLength(1);
  });

  test('a login that was ended elsewhere is left out', async () => {
    const home = createHome();
    await put(home, '.kaggle/credentials.json', { refresh_token: 'unknown' });
    const { source, notes } = await createClient(await startKaggle(), { HOME: home });
    expect((await source.find('owner/name', { signal })).version).toBe('1');
    expect(notes[0]).toContain('credentials.json');
  });
});

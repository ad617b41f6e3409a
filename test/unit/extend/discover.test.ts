import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dataFolder } from '../../../src/lib/core/folders.ts';
import { discoverPlugins } from '../../../src/lib/extend/discover.ts';
import { loadPlugin } from '../../../src/lib/extend/load-plugin.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-discover-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

function write(file: string, content: unknown): string {
  const full = path.join(dir, file);
  fs.mkdirSync(path.dirname(full), { recursive: true });
  fs.writeFileSync(full, typeof content === 'string' ? content : JSON.stringify(content));
  return full;
}

function list(...plugins: unknown[]): void {
  write('package.json', { oclif: { plugins, schema: 1 }, dependencies: {}, private: true });
}

/** A user plugin called acme whose package.json holds this under the key sentops. */
function acme(sentops: unknown, module = 'export default { contract: 1, register() {} }'): void {
  list({ name: 'acme', type: 'user', tag: 'latest' });
  write('node_modules/acme/package.json', {
    name: 'acme',
    version: '1.2.3',
    type: 'module',
    ...(sentops === undefined ? {} : { sentops }),
  });
  write('node_modules/acme/extensions.js', module);
}

async function failureOf(sentops: unknown, module?: string): Promise<string | undefined> {
  acme(sentops, module);
  const source = discoverPlugins(dir)[0]?.source;
  return source && (await loadPlugin(source)).failure?.message;
}

const sound = { extensions: './extensions.js', contract: 1 };

describe('the list of installed plugins', () => {
  test.each([
    ['no folder at all', undefined],
    ['an empty object', {}],
    ['no plugins', { oclif: { schema: 1 } }],
    ['plugins that are no list', { oclif: { plugins: { acme: true } } }],
    [
      'entries that are no plugins',
      { oclif: { plugins: [null, 'acme', { name: 7, type: 'user' }, { name: 'core-plugin', type: 'core' }] } },
    ],
  ])('%s: nothing', (_title, content) => {
    if (content !== undefined) write('package.json', content);
    expect(discoverPlugins(content === undefined ? path.join(dir, 'none') : dir)).toEqual([]);
  });

  test('a damaged list is an error that names the file: no plugin may vanish unseen', () => {
    const file = write('package.json', '{"oclif": {"plugins": [');
    expect(() => discoverPlugins(dir)).toThrow(`${file} is not valid JSON`);
  });

  test('installed and linked plugins, in the order of the list', () => {
    const linked = path.join(dir, 'elsewhere');
    list({ name: '@acme/linked', type: 'link', root: linked }, { name: 'commands-only', type: 'user' });
    write('elsewhere/package.json', {
      name: '@acme/linked',
      version: '0.1.0',
      sentops: { ...sound, provides: { 'stream-sink': ['a', 7], odd: 'x' } },
    });
    write('node_modules/commands-only/package.json', { name: 'commands-only', version: '2.0.0' });
    const [first, second] = discoverPlugins(dir);
    expect(first).toMatchObject({ name: '@acme/linked', version: '0.1.0', type: 'link', root: linked });
    expect(first?.source?.provides).toEqual({ 'stream-sink': ['a'] });
    expect(second).toEqual({
      name: 'commands-only',
      version: '2.0.0',
      type: 'user',
      root: path.join(dir, 'node_modules/commands-only'),
    });
  });

  test('a package.json with a byte order mark is read', () => {
    list({ name: 'acme', type: 'user' });
    write('node_modules/acme/package.json', `\uFEFF${JSON.stringify({ version: '1.0.0' })}`);
    expect(discoverPlugins(dir)).toMatchObject([{ name: 'acme', version: '1.0.0' }]);
  });
});

describe('the extensions module of a plugin', () => {
  test('is imported when it is asked for, and not before', async () => {
    const module = `import fs from 'node:fs'; fs.writeFileSync(${JSON.stringify(path.join(dir, 'loaded'))}, '');
      export default { contract: 1, register(api) { api.register('stream-sink', 'a', () => import('./a.js')); } };`;
    acme(sound, module);
    const source = discoverPlugins(dir)[0]?.source;
    expect(fs.existsSync(path.join(dir, 'loaded'))).toBe(false);
    const loaded = source && (await loadPlugin(source));
    expect(loaded?.problems).toEqual([]);
    expect(loaded?.registrations).toMatchObject([{ kind: 'stream-sink', name: 'a', plugin: 'acme' }]);
    expect(fs.existsSync(path.join(dir, 'loaded'))).toBe(true);
  });

  test('a plugin may bring commands only', () => {
    acme(undefined);
    expect(discoverPlugins(dir)[0]).not.toHaveProperty('source');
    acme({ contract: 1 });
    expect(discoverPlugins(dir)[0]).not.toHaveProperty('source');
  });

  test.each([
    ['the key is no object', 'yes', 'the key "sentops" of its package.json is not an object'],
    [
      'the path leads out of the package',
      { ...sound, extensions: '../other/extensions.js' },
      'is no path inside the package',
    ],
    ['the path is absolute', { ...sound, extensions: '/etc/passwd' }, 'is no path inside the package'],
    ['the path is no text', { ...sound, extensions: 7 }, 'is no path inside the package'],
    [
      'the file is missing',
      { ...sound, extensions: './dist/extensions.js' },
      `${path.join('dist', 'extensions.js')} does not exist; build the plugin`,
    ],
    ['no contract is named', { extensions: './extensions.js' }, 'it does not say for which contract version it was'],
    [
      'the contract is a later one',
      { ...sound, contract: 99 },
      'it was written for contract version 99, and this sentops has version 1',
    ],
  ])('%s', async (_title, sentops, message) => {
    const failure = await failureOf(sentops);
    expect(failure).toContain('plugin acme cannot be loaded: ');
    expect(failure).toContain(message);
  });

  test('a plugin of another contract is refused unseen: its module is not run', async () => {
    const mark = path.join(dir, 'loaded');
    await failureOf(
      { ...sound, contract: 2 },
      `import fs from 'node:fs'; fs.writeFileSync(${JSON.stringify(mark)}, '');`,
    );
    expect(fs.existsSync(mark)).toBe(false);
  });

  test.each([
    ['a syntax error', 'export default {', /./],
    ['a missing import', "import 'no-such-package-anywhere'; export default {};", /no-such-package-anywhere/],
    ['a throw', "throw new Error('at import');", /at import/],
  ])('%s is told with its cause', async (_title, module, cause) => {
    expect(await failureOf(sound, module)).toMatch(cause);
  });

  test('a plugin whose folder is gone is told, not skipped', async () => {
    list({ name: 'gone', type: 'link', root: path.join(dir, 'gone') });
    const [plugin] = discoverPlugins(dir);
    expect(plugin?.version).toBeNull();
    expect(plugin?.source && (await loadPlugin(plugin.source)).failure?.message).toBe(
      `plugin gone cannot be loaded: ${path.join(dir, 'gone')} has no package.json`,
    );
  });
});

describe('where plugins are kept', () => {
  test.each([
    ['SENTOPS_DATA_DIR', { SENTOPS_DATA_DIR: '/d', XDG_DATA_HOME: '/x', HOME: '/h' }, '/d'],
    ['XDG_DATA_HOME', { XDG_DATA_HOME: '/x', HOME: '/h' }, '/x/sentops'],
    ['the home folder', { HOME: '/h' }, '/h/.local/share/sentops'],
    ['an empty variable is none', { SENTOPS_DATA_DIR: '', XDG_DATA_HOME: '', HOME: '/h' }, '/h/.local/share/sentops'],
    ['the account, where the environment says nothing', {}, path.join(os.homedir(), '.local/share/sentops')],
  ])('%s', (_title, env, expected) => {
    for (const platform of ['linux', 'darwin'] as const) expect(dataFolder({ env, platform })).toBe(expected);
  });

  test('on Windows', () => {
    const platform = 'win32';
    expect(dataFolder({ env: { LOCALAPPDATA: '/l', USERPROFILE: '/u' }, platform })).toBe('/l/sentops');
    expect(dataFolder({ env: { USERPROFILE: '/u' }, platform })).toBe('/u/.local/share/sentops');
    expect(dataFolder({ env: { HOMEDRIVE: '/c', HOMEPATH: 'me', USERPROFILE: '/u' }, platform })).toBe(
      '/c/me/.local/share/sentops',
    );
  });
});

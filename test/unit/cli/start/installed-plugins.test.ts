import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspectPlugins } from '../../../../src/cli/start/installed-plugins.ts';
import { configFolder, dataFolder, homeFolder } from '../../../../src/lib/core/folders.ts';

let data: string;

beforeEach(() => {
  data = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-data-'));
});
afterEach(() => fs.rmSync(data, { recursive: true, force: true }));

function write(file: string, content: unknown): void {
  const full = path.join(data, file);
  fs.mkdirSync(path.dirname(full), { recursive: true });
  fs.writeFileSync(full, typeof content === 'string' ? content : JSON.stringify(content));
}

const linked = (name: string) => ({ name, type: 'link', root: path.join(data, name) });
const list = (...plugins: unknown[]) => write('package.json', { oclif: { plugins } });

describe('installed plugins', () => {
  it('are none without a list, or with an empty one', () => {
    expect(inspectPlugins(path.join(data, 'missing'))).toBe('none');
    list();
    expect(inspectPlugins(data)).toBe('none');
    write('package.json', {});
    expect(inspectPlugins(data)).toBe('none');
  });

  it('are quiet where they only bring commands and extensions', () => {
    list(linked('a'), { name: '@scope/b', type: 'user' });
    write('a/package.json', { oclif: { commands: './commands' }, sentops: { extensions: './extensions.js' } });
    write('node_modules/@scope/b/package.json', { oclif: { commands: './commands', hooks: {}, plugins: [] } });
    expect(inspectPlugins(data)).toBe('quiet');
  });

  it.each([
    ['hooks', { oclif: { hooks: { init: './init.js' } } }],
    ['plugins of its own', { oclif: { plugins: ['x'] } }],
    ['a broken package.json', '{"oclif":'],
    ['a package.json that is no object', 'null'],
  ])('are busy where one has %s', (_title, content) => {
    list(linked('good'), linked('other'));
    write('good/package.json', { oclif: {} });
    write('other/package.json', content);
    expect(inspectPlugins(data)).toBe('busy');
  });

  it.each([
    ['is damaged', '{"oclif":{"plugins":['],
    ['is no list', { oclif: { plugins: 'x' } }],
    ['names nothing', { oclif: { plugins: [null] } }],
    ['names a link without a place', { oclif: { plugins: [{ name: 'a', type: 'link' }] } }],
    ['names a plugin that is gone', { oclif: { plugins: [{ name: 'a', type: 'user' }] } }],
  ])('are busy where the list %s: the framework has to say so', (_title, content) => {
    write('package.json', content);
    expect(inspectPlugins(data)).toBe('busy');
  });
});

describe.skipIf(process.platform === 'win32')('folders', () => {
  it('follow the framework: own variable, XDG, HOME', () => {
    expect(dataFolder({ env: { HOME: '/h' }, platform: process.platform })).toBe('/h/.local/share/sentops');
    expect(dataFolder({ env: { HOME: '/h', XDG_DATA_HOME: '/x' }, platform: process.platform })).toBe('/x/sentops');
    expect(dataFolder({ env: { HOME: '/h', SENTOPS_DATA_DIR: '/d' }, platform: process.platform })).toBe('/d');
    expect(configFolder({ env: { HOME: '/h' }, platform: process.platform })).toBe('/h/.config/sentops');
    expect(configFolder({ env: { XDG_CONFIG_HOME: '/c' }, platform: process.platform })).toBe('/c/sentops');
  });

  it('exist without HOME', () => {
    expect(path.isAbsolute(homeFolder({ env: {}, platform: process.platform }))).toBe(true);
  });
});

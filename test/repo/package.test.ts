import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { LEAST } from '../../src/lib/doctor/checks/node.ts';
import { installTarball } from '../helpers/pack.ts';
import { pinnedNode } from '../helpers/run-cli.ts';
import { listFiles, root } from '../helpers/source.ts';

const run = promisify(execFile);

interface Manifest {
  commands: Record<string, { id: string }>;
}

interface PackageJson {
  exports: Record<string, string | { types: string; default: string }>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  bin: Record<string, string>;
  engines: { node: string };
  scripts?: Record<string, string>;
}

let installed: string;
let pjson: PackageJson;
const read = (file: string) => fs.readFileSync(path.join(installed, file), 'utf8');

beforeAll(async () => {
  installed = (await installTarball()).root;
  pjson = JSON.parse(read('package.json')) as PackageJson;
});

describe('the packed package', () => {
  test('has what a user needs and nothing of the workshop', () => {
    for (const file of [
      'README.md',
      'LICENSE',
      'bin/run.js',
      'bin/run.cmd',
      'oclif.manifest.json',
      'schemas/sentops.schema.json',
    ])
      expect(fs.existsSync(path.join(installed, file)), file).toBe(true);
    for (const template of listFiles('templates'))
      expect(fs.existsSync(path.join(installed, template)), template).toBe(true);
    for (const folder of ['src', 'test', 'bench', 'scripts', '.github', '.ci'])
      expect(fs.existsSync(path.join(installed, folder)), folder).toBe(false);
  });

  test('its manifest lists every command of the sources', () => {
    const ids = Object.keys((JSON.parse(read('oclif.manifest.json')) as Manifest).commands).sort();
    const sources = listFiles('src/commands', '.ts').map(file =>
      file
        .replace('src/commands/', '')
        .replace(/(\/index)?\.ts$/, '')
        .replaceAll('/', ':'),
    );
    // A command that is a topic as well may live in its folder under its own name.
    expect(ids).toEqual([...new Set(sources.map(id => id.replace(/^(\w+):\1$/, '$1')))].sort());
  });

  test('every key of exports resolves, for Node and for the compiler', async () => {
    const targets = Object.values(pjson.exports).flatMap(target =>
      typeof target === 'string' ? [target] : [target.types, target.default],
    );
    for (const target of targets.filter(name => !name.includes('*')))
      expect(fs.existsSync(path.join(installed, target)), target).toBe(true);
    const script = `
      const names = ['sentops', 'sentops/plugin', 'sentops/schemas/sentops.schema.json', 'sentops/package.json'];
      for (const name of names) import.meta.resolve(name);
      const { loadProject, SentopsError, VERSION } = await import('sentops');
      const plugin = await import('sentops/plugin');
      console.log(JSON.stringify([typeof loadProject, VERSION, SentopsError === plugin.SentopsError]));`;
    const { stdout } = await run(pinnedNode(), ['--input-type=module', '-e', script], { cwd: installed });
    expect(JSON.parse(stdout)).toEqual(['function', JSON.parse(read('package.json')).version, true]);
  });

  test('it has one runtime dependency; everything else is bundled', () => {
    expect(Object.keys(pjson.dependencies)).toEqual(['@oclif/plugin-plugins']);
    expect(pjson.engines.node).toBe('>=22.22');
  });

  test('nothing runs when it is installed', () => {
    const scripts = Object.keys(pjson.scripts ?? {});
    expect(scripts.filter(name => /^(pre|post)?install$|^prepare$/.test(name))).toEqual([]);
  });
});

describe('the repository', () => {
  test('the least Node.js is the same in package.json, in the starter and in doctor', () => {
    const starter = /NEEDED = \[(\d+), (\d+)\]/.exec(fs.readFileSync(path.join(root, 'bin/run.js'), 'utf8'));
    expect(starter?.slice(1).map(Number)).toEqual([...LEAST]);
    expect(pjson.engines.node).toBe(`>=${LEAST.join('.')}`);
  });

  test('pins what the build rewrites and what runs the scripts, to the patch version', () => {
    expect(pjson.devDependencies['@oclif/core']).toMatch(/^\d+\.\d+\.\d+$/);
    expect(pjson.devDependencies['node']).toMatch(/^24\.\d+\.\d+$/);
    const require = createRequire(path.join(root, 'package.json'));
    expect((require('@oclif/core/package.json') as { version: string }).version).toBe(
      pjson.devDependencies['@oclif/core'],
    );
  });

  test('every dependency that has an install script is allowed or denied by name', () => {
    const lock = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { hasInstallScript?: boolean; optional?: boolean }>;
    };
    const allowed = (
      JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as { allowScripts: Record<string, boolean> }
    ).allowScripts;
    const scripted = Object.entries(lock.packages).filter(([, entry]) => entry.hasInstallScript && !entry.optional);
    const names = scripted.map(([location]) => location.replace(/^.*node_modules\//, ''));
    expect(names).toContain('node');
    expect(names.filter(name => !Object.hasOwn(allowed, name))).toEqual([]);
  });
});

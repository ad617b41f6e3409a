import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadProject } from '../../../src/lib/config/load.ts';
import type { Project } from '../../../src/lib/config/types.ts';
import { isEmbedded, storeFile } from '../../../src/lib/tracking/store-file.ts';

/** A project whose file, or whose environment, names the address. */
async function projectWith(uri: string, from: 'file' | 'env' = 'file'): Promise<Project> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-store-file-'));
  onTestFinished(() => fs.rmSync(dir, { recursive: true, force: true }));
  const line = from === 'file' ? `mlflow: { trackingUri: "${uri}" }\n` : '';
  fs.writeFileSync(path.join(dir, 'sentops.yaml'), `version: 1\n${line}`);
  const env = from === 'env' ? { HOME: dir, MLFLOW_TRACKING_URI: uri } : { HOME: dir };
  return loadProject({ cwd: dir, env, home: dir });
}

test('the database lies in the project where nothing is said', async () => {
  const project = await projectWith('');
  expect(isEmbedded(project)).toBe(true);
  expect(storeFile(project, '/elsewhere')).toBe(path.join(project.dir, '.sentops/mlflow/mlflow.db'));
});

test.each([
  ['sqlite:///runs.db', 'runs.db'],
  ['sqlite:///data/runs.db?timeout=5', 'data/runs.db'],
  ['SQLite+pysqlite:///runs.db', 'runs.db'],
])('%s of the project file lies below the project', async (uri, relative) => {
  const project = await projectWith(uri);
  expect(isEmbedded(project)).toBe(true);
  expect(storeFile(project, '/elsewhere')).toBe(path.join(project.dir, relative));
});

test('one of the environment lies below the working folder, and four slashes are absolute', async () => {
  expect(storeFile(await projectWith('sqlite:///runs.db', 'env'), '/elsewhere')).toBe('/elsewhere/runs.db');
  expect(storeFile(await projectWith('sqlite:////srv/runs.db', 'env'), '/elsewhere')).toBe('/srv/runs.db');
});

test.each(['sqlite:///', 'sqlite:runs.db', 'sqlite:///:memory:', 'sqlite:///file:runs.db?uri=true'])(
  '%s names no file',
  async uri => {
    const project = await projectWith(uri);
    expect(() => storeFile(project, '/elsewhere')).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  },
);

test('a server has none', async () => {
  expect(isEmbedded(await projectWith('https://mlflow.example.com'))).toBe(false);
});

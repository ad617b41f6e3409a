import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listValues } from '../../../src/lib/project/values.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-values-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

async function offered(key: string, text = ''): Promise<string[] | undefined> {
  fs.writeFileSync(path.join(dir, 'sentops.yaml'), text);
  const values = await listValues(key, { cwd: dir, env: { XDG_DATA_HOME: dir }, home: dir });
  return values?.map(({ value }) => value);
}

const PROJECT = [
  'profiles: { ci: { gcp: { auth: workload-identity } } }',
  'variables: { bucket: { default: b, description: Prefix of the buckets } }',
  'targets: { staging: {}, production: { backend: dataproc } }',
  '',
].join('\n');

describe('values that the shell offers', () => {
  test('targets, profiles and variables of the project', async () => {
    expect(await offered('flag:target', PROJECT)).toEqual(['staging', 'production']);
    expect(await offered('flag:profile', PROJECT)).toContain('ci');
    expect(await offered('flag:var', PROJECT)).toContain('bucket=');
  });

  test('a variable comes with its description', async () => {
    fs.writeFileSync(path.join(dir, 'sentops.yaml'), PROJECT);
    const values = await listValues('flag:var', { cwd: dir, env: {}, home: dir });
    expect(values).toContainEqual({ value: 'bucket=', description: 'Prefix of the buckets' });
  });

  test('every key of the field table, for the commands that take one', async () => {
    for (const key of ['config explain:key', 'config set:path'])
      expect(await offered(key)).toEqual(expect.arrayContaining(['train.numFeatures', 'backend']));
    expect(await offered('flag:set')).toContain('train.numFeatures=');
  });

  test('the checks of doctor, those of plugins included', async () => {
    expect(await offered('flag:only')).toEqual(expect.arrayContaining(['node', 'spark.java', 'project.file']));
  });

  test('a broken project offers nothing and says nothing', async () => {
    expect(await offered('flag:target', 'targets: [')).toEqual([]);
  });

  test('for anything else nothing is known', async () => {
    expect(await offered('flag:input')).toBeUndefined();
    expect(await offered('constructor')).toBeUndefined();
  });
});

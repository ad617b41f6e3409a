import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadProject } from '../../../src/lib/config/load.ts';
import { chooseModel } from '../../../src/lib/score/find-model.ts';
import { createWorld } from './world.ts';

let folder: string;
beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-find-')));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function put(name: string, text = ''): void {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

const choose = async (modelPath?: string) => (await chooseFully(modelPath)).place;

const chooseFully = (modelPath?: string) =>
  chooseModel({
    modelPath,
    ...createWorld(folder).world,
    loadProject: () => {
      put('sentops.yaml', 'version: 1\nproject: { name: reviews }\ntrain: { output: models }\n');
      return loadProject({ cwd: folder, env: {}, home: undefined, sections: ['train'] });
    },
  });

const report = (best: unknown) => JSON.stringify({ schemaVersion: 1, best });

describe('a model that is named', () => {
  test('is its own folder, whichever kind it is', async () => {
    for (const name of ['a/metadata/part-0', 'b/MLmodel', 'c/model.sentops']) put(name);
    for (const name of ['a', 'b', 'c']) expect(await choose(name)).toBe(path.join(folder, name));
    expect(await choose(path.join(folder, 'a'))).toBe(path.join(folder, 'a'));
  });

  test('may be the output of a whole training: its best model', async () => {
    put('models/training.json', report({ path: path.join(folder, 'models/best-model-ngram') }));
    put('models/best-model-ngram/model.sentops');
    expect(await choose('models')).toBe(path.join(folder, 'models/best-model-ngram'));
  });
});

describe('the best model of the project', () => {
  test('is what the last training says', async () => {
    put('models/training.json', report({ path: path.join(folder, 'models/best-model-lr') }));
    put('models/best-model-lr/model.sentops');
    expect(await choose()).toBe(path.join(folder, 'models/best-model-lr'));
  });

  test('is found after the project was moved', async () => {
    put('models/training.json', report({ path: '/somewhere/else/models/best-model-lr' }));
    put('models/best-model-lr/model.sentops');
    expect(await choose()).toBe(path.join(folder, 'models/best-model-lr'));
  });

  test('is found by a path below the project', async () => {
    put('models/training.json', report({ path: 'models/ngram' }));
    put('models/ngram/model/model.sentops');
    expect(await choose()).toBe(path.join(folder, 'models/ngram'));
  });

  test('is not there before training: what to do is told', async () => {
    await expect(choose()).rejects.toMatchObject({
      code: 'NOT_FOUND',
      hint: expect.stringMatching(/sentops train.*--model-path/),
    });
  });

  test('was deleted', async () => {
    put('models/training.json', report({ path: 'models/gone' }));
    await expect(choose()).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('models/gone'),
    });
  });

  test.for(['{', '{"best":null}', '{"best":{}}', 'null', '{"best":{"path":7}}'])(
    'training.json holds %s',
    async text => {
      put('models/training.json', text);
      await expect(choose()).rejects.toMatchObject({ code: expect.stringMatching(/^(NOT_FOUND|DATA_INVALID)$/) });
    },
  );
});

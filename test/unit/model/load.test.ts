import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findModel, loadModel, openModel } from '../../../src/lib/model/load.ts';
import { saveModel } from '../../../src/lib/model/save.ts';
import type { FittedModel } from '../../../src/lib/model/types.ts';
import { sampleModels } from '../../helpers/sample-models.ts';

const samples = sampleModels();
const sample = (name: string) => samples[name] as FittedModel;
let dir: string;
const at = (...parts: string[]) => path.join(dir, ...parts);

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-load-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

describe('a path to a model', () => {
  test('an MLflow folder, its description file, a folder of the training with one in it', async () => {
    await saveModel(sample('svc'), at('svc', 'model'));
    for (const location of [at('svc', 'model'), at('svc', 'model', 'MLmodel'), at('svc')]) {
      expect(await openModel(location)).toEqual({ model: sample('svc'), format: 'mlflow', dir: at('svc', 'model') });
    }
  });

  test('a native file, its folder', async () => {
    await saveModel(sample('forest'), at('forest'), { format: 'native' });
    const file = at('forest', 'model.sentops');
    expect(await openModel(at('forest'))).toEqual({ model: sample('forest'), format: 'native', dir: at('forest') });
    expect(await openModel(file)).toEqual({ model: sample('forest'), format: 'native', dir: file });
    fs.renameSync(file, at('other name.sentops'));
    expect(await loadModel(at('other name.sentops'))).toEqual(sample('forest'));
  });

  test('a pipeline that Spark saved', async () => {
    await saveModel(sample('svc'), at('p'), { format: 'spark' });
    fs.writeFileSync(at('p', 'metadata', '_SUCCESS'), '');
    fs.writeFileSync(at('p', 'metadata', '.part-00000.crc'), 'crc');
    expect(await openModel(at('p'))).toMatchObject({ format: 'spark', dir: at('p') });
    expect(await loadModel(at('p', '..', 'p'))).toMatchObject({ labels: sample('svc').labels });
  });

  test('the part of an MLflow folder can be chosen; native is read where nothing is said', async () => {
    await saveModel(sample('svc'), at('m'));
    expect((await loadModel(at('m'))).stages[0]).not.toHaveProperty('extras');
    const spark = await openModel(at('m'), { format: 'spark' });
    expect(spark.format).toBe('spark');
    expect(spark.model.stages.at(-1)?.extras).toMatchObject({ maxIter: 100 });
    fs.rmSync(at('m', 'sparkml'), { recursive: true });
    expect(await loadModel(at('m'))).toEqual(sample('svc'));
    await expect(loadModel(at('m'), { format: 'spark' })).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining('sparkml'),
    });
  });

  test('a format that the folder does not have', async () => {
    await saveModel(sample('svc'), at('n'), { format: 'native' });
    await expect(loadModel(at('n'), { format: 'spark' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('native'),
    });
  });

  test('nothing there, nothing of a model there, models in folders below', async () => {
    await expect(loadModel(at('gone'))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('does not exist'),
    });
    fs.writeFileSync(at('notes.txt'), 'x');
    await expect(loadModel(at('notes.txt'))).rejects.toMatchObject({ code: 'DATA_INVALID' });
    await expect(loadModel(dir)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('MLmodel'),
    });
    await saveModel(sample('svc'), at('linearsvc', 'model'));
    await expect(loadModel(dir)).rejects.toMatchObject({ hint: 'there are models in it: linearsvc' });
    expect(findModel(dir)).toBeNull();
  });

  test('what is wrong with a damaged model is told with its place', async () => {
    await saveModel(sample('svc'), at('n'), { format: 'native' });
    fs.truncateSync(at('n', 'model.sentops'), 100);
    await expect(loadModel(at('n'))).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining(at('n', 'model.sentops')),
    });
    await saveModel(sample('svc'), at('p'), { format: 'spark' });
    fs.rmSync(at('p', 'metadata', 'part-00000'));
    await expect(loadModel(at('p'))).rejects.toThrow(`${at('p')}: the pipeline: metadata/ has no part file`);
  });
});

describe('saving', () => {
  const listed = (folder: string) => fs.readdirSync(folder, { recursive: true }).map(String).toSorted();

  test('replaces a model as a whole: no part of the old one stays', async () => {
    await saveModel(sample('forest'), at('m'), { format: 'spark' });
    await saveModel(sample('svc'), at('m'), { format: 'spark' });
    expect((await loadModel(at('m'))).stages.at(-1)?.kind).toBe('LinearSVC');
    expect(listed(at('m')).some(file => file.includes('RandomForest') || file.includes('treesMetadata'))).toBe(false);
    expect(fs.readdirSync(dir)).toEqual(['m']);
  });

  test('leaves a folder alone that holds something else', async () => {
    fs.mkdirSync(at('photos'));
    fs.writeFileSync(at('photos', 'me.png'), 'x');
    await expect(saveModel(sample('svc'), at('photos'))).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(listed(at('photos'))).toEqual(['me.png']);
    await saveModel(sample('svc'), at('photos'), { overwrite: true, format: 'native' });
    expect(listed(at('photos'))).toEqual(['me.png', 'model.sentops']);
    await expect(saveModel(sample('svc'), at('photos', 'me.png'))).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('a folder of a training with a model in it is something else', async () => {
    await saveModel(sample('svc'), at('svc', 'model'));
    await expect(saveModel(sample('svc'), at('svc'))).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('fills an empty folder', async () => {
    fs.mkdirSync(at('empty'));
    await saveModel(sample('svc'), at('empty'), { format: 'native' });
    expect(listed(at('empty'))).toEqual(['model.sentops']);
  });

  test('an abort leaves nothing, and what was there as it was', async () => {
    const signal = AbortSignal.abort(new Error('stop'));
    await expect(saveModel(sample('svc'), at('new'), { signal })).rejects.toThrow('stop');
    expect(fs.readdirSync(dir)).toEqual([]);
    await saveModel(sample('forest'), at('m'), { format: 'spark' });
    const before = listed(at('m'));
    const controller = new AbortController();
    const saving = saveModel(sample('svc'), at('m'), { format: 'spark', signal: controller.signal });
    controller.abort(new Error('stop'));
    await expect(saving).rejects.toThrow('stop');
    expect(listed(at('m'))).toEqual(before);
    expect(fs.readdirSync(dir)).toEqual(['m']);
  });

  test('a model that the format cannot hold leaves nothing', async () => {
    const [first, ...rest] = sample('svc').stages;
    const model = { ...sample('svc'), stages: [{ ...first, uid: 'a/b' }, ...rest] } as FittedModel;
    await expect(saveModel(model, at('x'), { format: 'spark' })).rejects.toMatchObject({ code: 'DATA_INVALID' });
    expect(fs.readdirSync(dir)).toEqual([]);
  });
});

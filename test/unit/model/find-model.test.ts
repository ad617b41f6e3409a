import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FormatName, findModel, loadModel, openModel } from '../../../src/lib/model/load.ts';
import { saveModel } from '../../../src/lib/model/save.ts';
import type { FittedModel } from '../../../src/lib/model/types.ts';
import { sampleModels } from '../../helpers/sample-models.ts';

const samples = sampleModels();
const sample = (name: string) => samples[name] as FittedModel;
const SVC = sample('svc');
let dir: string;
const at = (...parts: string[]) => path.join(dir, ...parts);
const touch = (...parts: string[]) => {
  fs.mkdirSync(path.dirname(at(...parts)), { recursive: true });
  fs.writeFileSync(at(...parts), '');
};
const put = (text: string, ...parts: string[]) => {
  touch(...parts);
  fs.writeFileSync(at(...parts), text);
};

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-find-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

describe('what a path is', () => {
  test.each<[string, string, FormatName | null]>([
    ['m/MLmodel', 'm', 'mlflow'],
    ['m/model.sentops', 'm', 'native'],
    ['m/metadata/part-00000', 'm', 'spark'],
    ['m/metadata', 'm', 'spark'],
    ['m/model/MLmodel', 'm', 'mlflow'],
    ['m/sparkml/metadata/part-00000', 'm', 'spark'],
    ['m/model/model/model.sentops', 'm', 'native'],
    ['m.sentops', 'm.sentops', 'native'],
    ['x/MLmodel', 'x/MLmodel', 'mlflow'],
    ['m/mlmodel', 'm', null],
    ['m/MLmodel.yaml', 'm', null],
    ['m/model.sentops.bak', 'm', null],
    ['m/.model.sentops', 'm', null],
    ['m/models/MLmodel', 'm', null],
    ['m/artifacts/model/MLmodel', 'm', null],
    ['m/stages/0_a/metadata/part-00000', 'm', null],
    ['m/model', 'm', null],
    ['m/MLmodel/x', 'm', null],
    ['m/model.sentops/x', 'm', null],
    ['metadata.json', 'metadata.json', null],
    ['sentops', 'sentops', null],
  ])('of a lone file %s, %s is %s', (file, place, format) => {
    touch(file);
    expect(findModel(at(place))?.format ?? null).toBe(format);
  });

  test('where a folder holds several, what says most goes first', () => {
    for (const file of ['m/metadata/part-0', 'm/model/MLmodel']) touch(file);
    expect(findModel(at('m'))).toEqual({ format: 'spark', dir: at('m') });
    touch('m/model.sentops');
    expect(findModel(at('m'))).toEqual({ format: 'native', dir: at('m') });
    touch('m/MLmodel');
    expect(findModel(at('m'))).toEqual({ format: 'mlflow', dir: at('m') });
  });

  test('links are followed: to a folder, to a file, and to nothing', async () => {
    await saveModel(SVC, at('runs/5/model'));
    await saveModel(SVC, at('own'), { format: 'native' });
    fs.symlinkSync(at('runs/5'), at('latest'));
    fs.symlinkSync(at('own/model.sentops'), at('best.sentops'));
    fs.symlinkSync(at('gone'), at('broken'));
    expect(await openModel(at('latest'))).toEqual({ model: SVC, format: 'mlflow', dir: at('latest/model') });
    expect(await loadModel(at('best.sentops'))).toEqual(SVC);
    await expect(loadModel(at('broken'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a folder whose files are links is read; what its links point at nowhere counts for nothing', async () => {
    await saveModel(SVC, at('real'), { format: 'spark' });
    fs.cpSync(at('real'), at('linked'), { recursive: true });
    const entries = fs.readdirSync(at('linked'), { recursive: true, withFileTypes: true });
    for (const entry of entries.filter(each => each.isFile())) {
      const file = path.join(entry.parentPath, entry.name);
      fs.rmSync(file);
      fs.symlinkSync(path.join(at('real'), path.relative(at('linked'), file)), file);
      fs.symlinkSync(at('gone'), `${file}-gone`);
    }
    expect((await loadModel(at('linked'))).labels).toEqual(SVC.labels);
  });

  test('links in a circle are no model, in the folder or as the folder: an error of the system escaped', async () => {
    fs.symlinkSync('loop', at('loop'));
    fs.symlinkSync('.', at('model'));
    await expect(loadModel(at('loop'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(loadModel(dir)).rejects.toMatchObject({ code: 'NOT_FOUND', hint: 'give the folder of a model' });
  });

  test.each(['/dev/null', 'n'.repeat(5000), 'a\0b', 'notes.txt/model'])('%s is no model', async location => {
    touch('notes.txt');
    await expect(loadModel(path.resolve(dir, location))).rejects.toMatchObject({
      code: expect.stringMatching(/^(NOT_FOUND|DATA_INVALID)$/),
      message: expect.stringMatching(/no model at|is not a model file/),
    });
  });

  test('models in folders below are named, ten at most', async () => {
    for (let index = 10; index < 25; index++) touch(`m${index}`, 'MLmodel');
    touch('other', 'x');
    const names = Array.from({ length: 10 }, (_, index) => `m${index + 10}`);
    await expect(loadModel(dir)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      hint: `there are models in it: ${names.join(', ')}`,
      details: { models: names },
    });
  });
});

describe('an MLflow folder', () => {
  const OWN = '  sentops: {data: data/model.sentops}\n';
  const SPARK = '  spark: {model_data: sparkml}\n';

  test.each<[string, string, FormatName | undefined, string, string]>([
    [
      'the native part is gone',
      OWN,
      undefined,
      'DATA_INVALID',
      'the file data/model.sentops that MLmodel names is missing',
    ],
    [
      'the native part is gone, and it was asked for',
      OWN + SPARK,
      'native',
      'DATA_INVALID',
      'the file data/model.sentops that MLmodel names is missing',
    ],
    ['the Spark part is gone', SPARK, undefined, 'DATA_INVALID', 'the folder sparkml that MLmodel names is missing'],
    ['both are gone', OWN + SPARK, undefined, 'DATA_INVALID', 'the folder sparkml that MLmodel names is missing'],
    ['there never was a native part', SPARK, 'native', 'NOT_FOUND', 'holds no native model, it is a mlflow one'],
    ['there never was a Spark part', OWN, 'spark', 'NOT_FOUND', 'holds no spark model, it is a mlflow one'],
  ])('of which %s', async (_, flavors, format, code, reason) => {
    put(`flavors:\n${flavors}`, 'm', 'MLmodel');
    const options = format === undefined ? {} : { format };
    await expect(loadModel(at('m'), options)).rejects.toMatchObject({ code, message: expect.stringContaining(reason) });
  });

  test('whose file is a folder and whose folder is a file: an error of the system escaped', async () => {
    put(`flavors:\n${OWN}`, 'one', 'MLmodel');
    fs.mkdirSync(at('one/data/model.sentops'), { recursive: true });
    await expect(loadModel(at('one'))).rejects.toMatchObject({ code: 'DATA_INVALID' });
    put(`flavors:\n${SPARK}`, 'two', 'MLmodel');
    touch('two/sparkml');
    await expect(loadModel(at('two'))).rejects.toMatchObject({ code: 'DATA_INVALID' });
  });

  test('each part is read as what was asked for', async () => {
    await saveModel(SVC, at('m'));
    for (const format of ['native', 'spark', 'mlflow'] as const) {
      const opened = await openModel(at('m'), { format });
      expect(opened).toMatchObject({ format, dir: at('m'), model: { labels: SVC.labels } });
      expect('extras' in (opened.model.stages[0] ?? {})).toBe(false);
      expect(opened.model.stages.at(-1)?.extras === undefined).toBe(format !== 'spark');
    }
  });

  test('where the native part is damaged the Spark part does not stand in for it in silence', async () => {
    await saveModel(SVC, at('m'));
    fs.truncateSync(at('m/data/model.sentops'), 40);
    await expect(loadModel(at('m'))).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining(at('m/data/model.sentops')),
      hint: expect.any(String),
    });
    expect((await loadModel(at('m'), { format: 'spark' })).labels).toEqual(SVC.labels);
  });
});

test('complaints of a pipeline keep their details and get the path', async () => {
  await saveModel(SVC, at('p'), { format: 'spark' });
  const stage = fs.readdirSync(at('p/stages')).toSorted().at(-1);
  fs.rmSync(at('p/stages', stage as string, 'metadata/part-00000'));
  await expect(loadModel(at('p'))).rejects.toMatchObject({
    code: 'DATA_INVALID',
    message: `${at('p')}: stage ${stage}: metadata/ has no part file`,
    details: { stage, file: `stages/${stage}/metadata/` },
  });
});

test('a file that ends in .sentops and is none is told by its name', async () => {
  put('hello', 'x.sentops');
  await expect(loadModel(at('x.sentops'))).rejects.toMatchObject({
    code: 'DATA_INVALID',
    message: `${at('x.sentops')}: model.sentops is damaged: it does not begin as such a file does`,
  });
});

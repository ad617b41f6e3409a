import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { convertModel } from '../../../src/lib/model/convert.ts';
import { holdsOnlyModel } from '../../../src/lib/model/holds-only-model.ts';
import type { FormatName } from '../../../src/lib/model/load.ts';
import { saveModel } from '../../../src/lib/model/save.ts';
import type { FittedModel } from '../../../src/lib/model/types.ts';
import { sampleModels } from '../../helpers/sample-models.ts';

const SVC = sampleModels()['svc'] as FittedModel;
const FOREST = sampleModels()['forest'] as FittedModel;
let dir: string;
const at = (...parts: string[]) => path.join(dir, ...parts);
const put = (file: string, data: string | Uint8Array = 'mine') => {
  fs.mkdirSync(path.dirname(at(file)), { recursive: true });
  fs.writeFileSync(at(file), data);
};
const listed = (folder: string) => fs.readdirSync(at(folder), { recursive: true }).map(String).toSorted();

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-whole-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

describe('a folder of somebody’s own work', () => {
  test('with something in it called metadata was taken for a model and replaced, the thesis with it', async () => {
    put('work/metadata/notes.md');
    put('work/thesis.txt');
    await expect(saveModel(SVC, at('work'), { format: 'spark' })).rejects.toMatchObject({
      code: 'CONFLICT',
      hint: expect.stringContaining('move everything'),
    });
    expect(listed('work')).toEqual(['metadata', 'metadata/notes.md', 'thesis.txt']);
  });

  test('was replaced by convert --force, too', async () => {
    await saveModel(SVC, at('m'), { format: 'native' });
    put('work/metadata/part-00000', 'a list of parts');
    const convert = convertModel({
      place: at('m'),
      output: 'work',
      cwd: dir,
      format: 'spark',
      force: true,
      dryRun: false,
      signal: new AbortController().signal,
    });
    await expect(convert).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(fs.readFileSync(at('work/metadata/part-00000'), 'utf8')).toBe('a list of parts');
  });

  test.each<[string, string]>([
    ['an MLmodel of another flavor', 'flavors:\n  sklearn: {pickled_model: model.pkl}\n'],
    ['an MLmodel that is none', 'Dear diary'],
  ])('with %s is left alone', async (_, text) => {
    put('work/MLmodel', text);
    await expect(saveModel(SVC, at('work'))).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(listed('work')).toEqual(['MLmodel']);
  });

  test('with a file model.sentops that is something else is left alone', async () => {
    put('work/model.sentops');
    await expect(saveModel(SVC, at('work'))).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe('a model with something beside it that was lost with the old model', () => {
  test.each<[FormatName, string]>([
    ['native', 'notes.md'],
    ['native', 'old/model.sentops'],
    ['spark', 'notes.md'],
    ['spark', 'metadata/notes.md'],
    ['spark', 'stages/notes.md'],
    ['spark', 'photos/part-00000'],
    ['spark', 'data/part-of-my-thesis.txt'],
    ['spark', 'thesis/metadata/part-00000'],
    ['mlflow', 'notes.md'],
    ['mlflow', 'code/mine.py'],
    ['mlflow', 'sparkml/notes.md'],
    ['mlflow', 'data/photo.png'],
    ['mlflow', 'backup/MLmodel'],
  ])('%s with %s', async (format, file) => {
    await saveModel(SVC, at('m'), { format });
    expect(await holdsOnlyModel(at('m'), format)).toBe(true);
    put(`m/${file}`);
    expect(await holdsOnlyModel(at('m'), format)).toBe(false);
    await expect(saveModel(FOREST, at('m'), { format })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(fs.readFileSync(at('m', file), 'utf8')).toBe('mine');
  });
});

describe('a model as other programs keep it can be replaced as before', () => {
  test('of Spark with its marks and checksums, and the search that found it', async () => {
    await saveModel(FOREST, at('m/bestModel'), { format: 'spark' });
    put(
      'm/metadata/part-00000-0c1d-c000.txt',
      JSON.stringify({
        class: 'org.apache.spark.ml.tuning.CrossValidatorModel',
        uid: 'cv',
        sparkVersion: '4.0.1',
        paramMap: {},
      }),
    );
    for (const file of ['_SUCCESS', '._SUCCESS.crc', '.part-00000-0c1d-c000.txt.crc', '_committed_12', '_started_12'])
      put(`m/metadata/${file}`);
    put('m/estimator/stages/0_Tokenizer_1/metadata/part-00000');
    put('m/evaluator/metadata/part-00000');
    put('m/subModels/fold0/1/stages/0_IDF_2/data/part-00000.snappy.parquet');
    expect(await holdsOnlyModel(at('m'), 'spark')).toBe(true);
  });

  test('of MLflow with an example, and what Python left', async () => {
    await saveModel(SVC, at('m'));
    for (const file of [
      'input_example.json',
      'registered_model_meta',
      'metadata/conda.yaml',
      'code/__pycache__/sentops_pyfunc.cpython-311.pyc',
    ])
      put(`m/${file}`);
    await saveModel(FOREST, at('m'), { format: 'native' });
    expect(listed('m')).toEqual(['model.sentops']);
  });

  test('but a pipeline that was not fitted is no model', async () => {
    put(
      'm/metadata/part-00000',
      JSON.stringify({ class: 'org.apache.spark.ml.Pipeline', uid: 'p', sparkVersion: '4.0.1' }),
    );
    expect(await holdsOnlyModel(at('m'), 'spark')).toBe(false);
  });
});

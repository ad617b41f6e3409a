import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadProject } from '../../../src/lib/config/load.ts';
import type { Json } from '../../../src/lib/config/types.ts';
import { readTrainSpec } from '../../../src/lib/train/spec.ts';

let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-spec-'));
  fs.mkdirSync(path.join(dir, 'below'));
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

interface Given {
  readonly yaml?: string;
  readonly flags?: Readonly<Record<string, readonly [flag: string, value: Json]>>;
  readonly set?: readonly string[];
  readonly variant?: string;
  readonly textColumn?: string;
}

async function readSpec({ yaml = 'version: 1\n', flags = {}, set = [], variant, textColumn }: Given) {
  fs.writeFileSync(path.join(dir, 'sentops.yaml'), yaml);
  const cwd = path.join(dir, 'below');
  const project = await loadProject({
    cwd,
    env: {},
    home: dir,
    set,
    sections: ['backend', 'dataset', 'train', 'mlflow'],
    flags: Object.fromEntries(Object.entries(flags).map(([key, [flag, value]]) => [key, { flag, value }])),
  });
  return readTrainSpec(project, { cwd, variant, textColumn });
}

describe('where the rows are', () => {
  test('a path of the project file lies below the project, one of the command line below the working folder', async () => {
    const yaml = 'train: { input: data/a.csv, output: models }\n';
    expect((await readSpec({ yaml })).input).toBe(path.join(dir, 'data/a.csv'));
    const named = await readSpec({ yaml, flags: { 'train.input': ['--input', 'b.csv'] } });
    expect(named.input).toBe(path.join(dir, 'below/b.csv'));
    expect(named.output).toBe(path.join(dir, 'models'));
  });

  test('a URI and standard input stay what they are', async () => {
    expect((await readSpec({ set: ['train.input=gs://raw/a.csv'] })).input).toBe('gs://raw/a.csv');
    expect((await readSpec({ flags: { 'train.input': ['--input', '-'] } })).input).toBe('-');
  });
});

describe('what is known of the layout', () => {
  const yaml = 'dataset: { format: { header: true, text: review, label: stars, labels: { good: 1, bad: 0 } } }\n';

  test('what the project says holds for the dataset of the project', async () => {
    const spec = await readSpec({ yaml });
    expect(spec.table).toEqual({ needsLabel: true, header: true, textColumn: 'review', labelColumn: 'stars' });
    expect(spec.labels).toEqual({ bad: 0, good: 1 });
  });

  test('a file named by hand is looked at instead', async () => {
    const spec = await readSpec({ yaml, flags: { 'train.input': ['--input', 'other.csv'] } });
    expect(spec.table).toEqual({ needsLabel: true });
    expect(spec.labels).toBeNull();
  });

  test('columns named by hand hold for it', async () => {
    const flags = { 'train.input': ['--input', 'o.csv'] } as const;
    const spec = await readSpec({ yaml, flags, textColumn: 'body' });
    expect(spec.table).toEqual({ needsLabel: true, textColumn: 'body' });
    expect((await readSpec({ yaml, textColumn: 'body' })).table).toMatchObject({
      textColumn: 'body',
      labelColumn: 'stars',
    });
  });

  test('the defaults of the reference dataset are no knowledge about the file', async () => {
    expect((await readSpec({})).table).toEqual({ needsLabel: true });
  });
});

describe('what is recorded', () => {
  const PREFIX = 'twitter-sentiment-model';

  test('everything, under the names of the reference job', async () => {
    const { tracking } = await readSpec({});
    expect(tracking).toEqual({ experiment: 'sentiment-analysis-pipeline', prefix: PREFIX, best: `${PREFIX}-best` });
  });

  test('nothing, where the project or the command line says so', async () => {
    expect((await readSpec({ yaml: 'train: { track: false }\n' })).tracking).toBeNull();
    expect((await readSpec({ flags: { 'train.track': ['--no-track', false] } })).tracking).toBeNull();
  });

  test('runs without versions, where the name for them is empty', async () => {
    const { tracking } = await readSpec({ flags: { 'train.registeredModelName': ['--registered-model-name', ''] } });
    expect(tracking).toMatchObject({ prefix: null, best: null });
    const best = await readSpec({ yaml: 'train: { registeredModelName: "", select: { registerAs: mood } }\n' });
    expect(best.tracking).toMatchObject({ prefix: null, best: 'mood' });
  });

  test('a variant has an experiment and a name of its own, and the command line is stronger', async () => {
    const yaml = 'train: { variants: { cv: { registeredModelName: mood } } }\n';
    expect((await readSpec({ yaml, variant: 'cv' })).tracking).toEqual({
      ...{ experiment: 'sentiment-analysis-pipeline-cv', prefix: 'mood', best: 'mood-best' },
    });
    const flags = {
      'mlflow.experiment': ['--mlflow-experiment', 'mine'],
      'train.registeredModelName': ['--registered-model-name', 'other'],
    } as const;
    expect((await readSpec({ yaml, variant: 'cv', flags })).tracking).toEqual({
      ...{ experiment: 'mine', prefix: 'other', best: 'other-best' },
    });
  });

  test('the best one under the name that the project gives it', async () => {
    const yaml = 'train: { registeredModelName: mood, select: { registerAs: champion } }\n';
    expect((await readSpec({ yaml })).tracking).toMatchObject({ prefix: 'mood', best: 'champion' });
  });
});

describe('variants', () => {
  test('a variant changes what it names and nothing else', async () => {
    const spec = await readSpec({ variant: 'cv' });
    expect(spec).toMatchObject({ cvFolds: 2, sampleFraction: 0.3, numFeatures: 16384, trainRatio: 0.8 });
  });

  test('the full variant is the section as it is', async () => {
    expect(await readSpec({ variant: 'full' })).toEqual(await readSpec({}));
  });

  test('the command line is stronger than the variant', async () => {
    const flags = { 'train.numFeatures': ['--num-features', 1024] } as const;
    expect((await readSpec({ variant: 'cv', flags })).numFeatures).toBe(1024);
    expect((await readSpec({ variant: 'cv', set: ['train.sampleFraction=0.5'] })).sampleFraction).toBe(0.5);
  });

  test('parameters of a variant are merged with those of the section', async () => {
    const yaml = 'train: { variants: { weak: { params: { logisticregression: { regParam: 9 } } } } }\n';
    const { params } = await readSpec({ yaml, variant: 'weak' });
    expect(params['logisticregression']).toEqual({ maxIter: 20, regParam: 9 });
  });

  test('an unknown one is named together with the known', async () => {
    await expect(readSpec({ variant: 'ful' })).rejects.toMatchObject({
      code: 'FLAG_INVALID',
      hint: 'known are full, cv',
    });
  });
});

describe('shares of the rows', () => {
  test('without cross-validation there are no folds', async () => {
    expect((await readSpec({})).cvFolds).toBeNull();
  });

  test('a sum above one is refused', async () => {
    await expect(readSpec({ set: ['train.trainRatio=0.8', 'train.valRatio=0.3'] })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('add up to more than 1'),
    });
  });

  test('nothing left to test on is refused, unless there is a test file', async () => {
    const set = ['train.trainRatio=0.9', 'train.valRatio=0.1'];
    await expect(readSpec({ set })).rejects.toMatchObject({ hint: expect.stringContaining('--test-input') });
    const spec = await readSpec({ set: [...set, 'train.testInput=test.csv'] });
    expect(spec.testInput).toBe(path.join(dir, 'test.csv'));
  });
});

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { load } from 'js-yaml';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TrainRequest } from '../../../../src/lib/train/request.ts';
import type { TrainSpec } from '../../../../src/lib/train/spec.ts';
import { writeReviews } from '../../../helpers/reviews.ts';
import { type MemoryTracker, memoryTracker, runsOf } from './memory-tracker.ts';
import { PARENT, readTraining, reviewsFolder, TRACKING, trainInto, valuesOf } from './recorded-training.ts';

let dir: string;
beforeEach(() => {
  dir = reviewsFolder();
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

const MODEL = 'models/naivebayes/model';

/** What was stored below a place, from there. */
function namesBelow({ files }: MemoryTracker, place: string): string[] {
  return [...files.keys()].flatMap(name => (name.startsWith(`${place}/`) ? [name.slice(place.length + 1)] : []));
}

function filesIn(folder: string): string[] {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .flatMap(entry => (entry.isFile() ? [path.relative(folder, path.join(entry.parentPath, entry.name))] : []))
    .sort();
}

const train = (tracker: MemoryTracker, spec: Partial<TrainSpec> = {}, request: Partial<TrainRequest> = {}) =>
  trainInto(dir, tracker, spec, request);

describe('the runs of a training', () => {
  test('are a parent and one for each model, with what the report says', async () => {
    const tracker = memoryTracker();
    const report = await train(tracker, { models: ['logisticregression', 'naivebayes'], gate: [] });
    const runs = await runsOf(tracker);
    expect([...runs.keys()].sort()).toEqual(['LogisticRegression', 'NaiveBayes', PARENT]);
    const parent = runs.get(PARENT);
    expect(report.tracking).toEqual({
      ...{ uri: 'memory:', experiment: 'reviews', experimentId: '0', failure: null },
      parentRunId: parent?.runId,
    });
    for (const run of runs.values()) expect([run.name, run.status]).toEqual([run.name, 'FINISHED']);
    for (const [at, name] of ['LogisticRegression', 'NaiveBayes'].entries()) {
      const run = runs.get(name);
      const model = report.models[at];
      expect(run?.tags['mlflow.parentRunId']).toBe(parent?.runId);
      expect(model?.runId).toBe(run?.runId);
      const { accuracy, auc, f1, precision, recall, logLoss } = model?.metrics ?? {};
      expect(valuesOf(run)).toMatchObject({ accuracy, auc, f1, precision, recall, logLoss });
      expect(valuesOf(run)).toMatchObject({ val_accuracy: model?.validation?.accuracy, trainSeconds: model?.seconds });
    }
    expect(tracker.isClosed()).toBe(true);
    expect(readTraining(dir)).toEqual({ schemaVersion: 1, ...report });
  });

  test('say where they come from', async () => {
    const tracker = memoryTracker();
    const report = await train(tracker, {}, { commandLine: ['--input', 'my rows.csv'] });
    for (const run of (await runsOf(tracker)).values()) {
      expect(run.userId).toBe('ada');
      expect(run.startTime).toBeGreaterThan(1e12);
      expect(run.tags).toMatchObject({
        'mlflow.user': 'ada',
        'mlflow.source.name': 'sentops train',
        'mlflow.source.type': 'LOCAL',
        'sentops.command': "sentops train --input 'my rows.csv'",
        'sentops.pid': String(process.pid),
        'sentops.host': os.hostname(),
      });
      expect(run.tags['sentops.spec']).toMatch(/^[0-9a-f]{64}$/);
    }
    const parent = (await runsOf(tracker)).get(PARENT);
    expect(parent?.tags['sentops.input.sha256']).toBe(report.data.sha256);
    expect(parent?.tags['mlflow.note.content']).toContain('**NaiveBayes**');
  });

  test('have the parameters by their Spark names, defaults too; ngram keeps a size of its own', async () => {
    const tracker = memoryTracker();
    await train(tracker, {
      models: ['logisticregression', 'naivebayes', 'ngram'],
      params: { logisticregression: { maxIter: 7 }, ngram: { numFeatures: 4096 } },
    });
    const runs = await runsOf(tracker);
    const shared = {
      trainRatio: '0.6',
      valRatio: '0.2',
      sampleFraction: '1',
      seed: '1',
      enableCv: 'false',
      rows: '240',
    };
    expect(runs.get('LogisticRegression')?.params).toMatchObject({
      ...{ maxIter: '7', regParam: '0', elasticNetParam: '0', numFeatures: '128', threshold: '0.5' },
      ...shared,
    });
    expect(runs.get('NaiveBayes')?.params).toMatchObject({ smoothing: '1', modelType: 'multinomial', ...shared });
    expect(runs.get('NGram')?.params).toMatchObject({ numFeatures: '4096', ...shared });
    expect(runs.get(PARENT)?.params).toMatchObject({
      models: 'logisticregression,naivebayes,ngram',
      numFeatures: '128',
    });
    expect(runs.get(PARENT)?.params['input']).toBe(path.join(dir, 'rows.csv'));
  });

  test('know their data: the parts of one file are different data, a test file is itself', async () => {
    const tracker = memoryTracker();
    const { data } = await train(tracker);
    const inputs = (await runsOf(tracker)).get('NaiveBayes')?.inputs ?? [];
    expect(inputs.map(({ name, tags }) => [name, tags['mlflow.data.context']])).toEqual([
      ['rows.csv', 'training'],
      ['rows.csv (validation)', 'validation'],
      ['rows.csv (test)', 'testing'],
    ]);
    expect(new Set(inputs.map(({ digest }) => digest)).size).toBe(3);
    expect(inputs[0]).toMatchObject({
      digest: data.sha256.slice(0, 36),
      sourceType: 'local',
      source: JSON.stringify({ uri: path.join(dir, 'rows.csv') }),
    });
    expect(JSON.parse(inputs[2]?.profile ?? '')).toMatchObject({ num_rows: data.test, num_elements: 2 * data.test });
    expect(JSON.parse(inputs[0]?.schema ?? '').mlflow_colspec).toHaveLength(2);

    writeReviews(path.join(dir, 'test.csv'), { rows: 50, seed: 9 });
    const second = memoryTracker();
    await train(second, { testInput: path.join(dir, 'test.csv') });
    const child = (await runsOf(second)).get('NaiveBayes');
    expect(child?.inputs.map(({ name }) => name)).toEqual(['rows.csv', 'test.csv']);
    expect(child?.metrics.find(({ key }) => key === 'accuracy')).toMatchObject({
      datasetName: 'test.csv',
      datasetDigest: child?.inputs[1]?.digest,
    });
  });

  test('show the objective of every iteration, the trees and the loss of every pass', async () => {
    const tracker = memoryTracker();
    const models = ['logisticregression', 'linearsvc', 'randomforest', 'ngram'];
    await train(tracker, { models, params: { randomforest: { numTrees: 3 }, ngram: { passes: 2 } } });
    const runs = await runsOf(tracker);
    const historyOf = async (name: string, key: string) =>
      (await tracker.runs.history(runs.get(name)?.runId ?? '', key, { limit: 1000 })).items;
    for (const name of ['LogisticRegression', 'LinearSVC']) {
      const steps = await historyOf(name, 'objective');
      expect(steps.map(({ step }) => step)).toEqual(steps.map((_, at) => at + 1));
      expect(steps.length).toBeGreaterThan(2);
      expect(steps.at(-1)?.value).toBeLessThan(steps[0]?.value ?? 0);
    }
    expect((await historyOf('RandomForest', 'trees')).map(({ value }) => value)).toEqual([1, 2, 3]);
    expect((await historyOf('NGram', 'loss')).map(({ step }) => step)).toEqual([1, 2]);
  });

  test('of a cross-validation have each point as a step, and the points in a file', async () => {
    const tracker = memoryTracker();
    const report = await train(tracker, {
      models: ['logisticregression'],
      cvFolds: 2,
      grid: { logisticregression: { regParam: [0.01, 0.5], maxIter: [2, 5] } },
    });
    const run = (await runsOf(tracker)).get('LogisticRegression');
    const { items } = await tracker.runs.history(run?.runId ?? '', 'cvAccuracy', { limit: 10 });
    const points = report.models[0]?.search?.points ?? [];
    expect(points).toHaveLength(4);
    expect(items.map(({ step, value }) => [step, value])).toEqual(points.map(({ accuracy }, step) => [step, accuracy]));
    const parent = (await runsOf(tracker)).get(PARENT);
    const search = JSON.parse(tracker.files.get(`${parent?.artifactUri}/search.json`) ?? '[]');
    expect(search).toMatchObject([{ name: 'logisticregression', search: { folds: 2, points } }]);
    expect(run?.params).toMatchObject({ enableCv: 'true', cvFolds: '2' });
  });

  test('of a model that cannot be trained on three classes is not opened', async () => {
    writeReviews(path.join(dir, 'rows.csv'), { rows: 300, classes: 3 });
    const tracker = memoryTracker();
    await train(tracker, { models: ['linearsvc', 'naivebayes'] });
    expect([...(await runsOf(tracker)).keys()].sort()).toEqual(['NaiveBayes', PARENT]);
  });
});

describe('the files', () => {
  test('of a model are there once: report and pictures with its run, the model itself as the logged model', async () => {
    const tracker = memoryTracker();
    await train(tracker);
    const { artifactUri } = (await runsOf(tracker)).get('NaiveBayes') ?? { artifactUri: '' };
    const [model] = tracker.logged.values();
    const inRun = namesBelow(tracker, artifactUri);
    expect(inRun).toEqual(
      expect.arrayContaining(['confusion_matrix.png', 'roc.png', 'pr.png', 'report.html', 'report.md', 'metrics.json']),
    );
    expect(inRun.filter(name => name.startsWith('model/'))).toEqual([]);
    expect(namesBelow(tracker, model?.artifactUri ?? '').sort()).toEqual(filesIn(path.join(dir, MODEL)));
    expect(tracker.files.get(`${artifactUri}/metrics.json`)).toBe(
      fs.readFileSync(path.join(dir, 'models/naivebayes/metrics.json'), 'latin1'),
    );
  });

  test('of the comparison lie with the parent, the shared stages as a pipeline too', async () => {
    const tracker = memoryTracker();
    const report = await train(tracker);
    const { artifactUri } = (await runsOf(tracker)).get(PARENT) ?? { artifactUri: '' };
    const textOf = (name: string) => tracker.files.get(`${artifactUri}/${name}`) ?? '';
    expect(textOf('report.md')).toContain('Training report');
    expect(textOf('roc.png').slice(1, 4)).toBe('PNG');
    expect(JSON.parse(textOf('labels.json'))).toEqual(report.labels);
    expect(JSON.parse(textOf('training.json'))).toMatchObject({ seed: 1, tracking: report.tracking });
    expect(textOf('feature_pipeline/metadata/part-00000')).toContain('PipelineModel');
    const stages = new Set(
      [...tracker.files.keys()].flatMap(name => /feature_pipeline\/stages\/(\d+_[A-Za-z]+)/.exec(name)?.[1] ?? []),
    );
    expect([...stages].sort()).toEqual(['0_Tokenizer', '1_StopWordsRemover', '2_HashingTF', '3_IDF']);
  });

  test('make a logged model that names its run, and the run names it', async () => {
    const tracker = memoryTracker();
    await train(tracker);
    const run = (await runsOf(tracker)).get('NaiveBayes');
    const [model] = tracker.logged.values();
    // As `runs:/<run>/model` is looked for.
    expect(model).toMatchObject({ name: 'model', status: 'READY', sourceRunId: run?.runId });
    expect(run?.outputs).toEqual([{ modelId: model?.modelId, step: 0 }]);
    expect(run?.metrics.find(({ key }) => key === 'accuracy')?.modelId).toBe(model?.modelId);
    expect(load(tracker.files.get(`${model?.artifactUri}/MLmodel`) ?? '')).toMatchObject({
      ...{ run_id: run?.runId, model_id: model?.modelId, model_uuid: model?.modelId },
      artifact_path: model?.artifactUri,
    });
    expect(fs.readFileSync(path.join(dir, MODEL, 'MLmodel'), 'utf8')).not.toContain('run_id');
  });

  test('of a model have their description last, and it is the one that names the run', async () => {
    const tracker = memoryTracker();
    await train(tracker);
    const [model] = tracker.logged.values();
    const from = tracker.events.indexOf('loggedModels.create model');
    const until = tracker.events.indexOf(`loggedModels.finish ${model?.modelId}`);
    const written = tracker.events.slice(from, until).filter(event => event.startsWith('artifacts.write'));
    expect(written.at(-1)).toBe('artifacts.write MLmodel');
    expect(written.filter(event => event.endsWith('/MLmodel') || event.endsWith(' MLmodel'))).toHaveLength(1);
  });

  test('lie with the run alone where the store is older than logged models', async () => {
    const tracker = memoryTracker({ old: true });
    const report = await train(tracker);
    const run = (await runsOf(tracker)).get('NaiveBayes');
    expect([report.tracking?.failure, tracker.logged.size, run?.outputs]).toEqual([null, 0, []]);
    const root = `${run?.artifactUri}/model`;
    expect(namesBelow(tracker, root).sort()).toEqual(filesIn(path.join(dir, MODEL)));
    const mlmodel = load(tracker.files.get(`${root}/MLmodel`) ?? '');
    expect(mlmodel).toMatchObject({ run_id: run?.runId, artifact_path: 'model' });
    expect(mlmodel).not.toHaveProperty('model_id');
    expect(tracker.versions.map(({ source }) => source)).toEqual([root, root]);
  });
});

describe('the registry', () => {
  test('gets a version of every model and of the best one, when all the files are there', async () => {
    const tracker = memoryTracker();
    const report = await train(tracker, { models: ['logisticregression', 'naivebayes'] });
    const runs = await runsOf(tracker);
    const sourceOf = (name: string) => `models:/${runs.get(name)?.outputs[0]?.modelId}`;
    const best = report.best?.name === 'naivebayes' ? 'NaiveBayes' : 'LogisticRegression';
    expect(tracker.versions.map(({ name, source, runId }) => [name, source, runId])).toEqual([
      ['mood-logisticregression', sourceOf('LogisticRegression'), runs.get('LogisticRegression')?.runId],
      ['mood-naivebayes', sourceOf('NaiveBayes'), runs.get('NaiveBayes')?.runId],
      ['mood-best', sourceOf(best), runs.get(best)?.runId],
    ]);
    expect(report.best?.registered).toEqual({ name: 'mood-best', version: 1 });
    expect(report.models.map(({ registered }) => registered?.name)).toEqual([
      'mood-logisticregression',
      'mood-naivebayes',
    ]);
    const first = tracker.events.findIndex(event => event.startsWith('models.createVersion'));
    expect(tracker.events.slice(first).filter(event => event.startsWith('artifacts.write'))).toEqual([]);
    expect(tracker.events.slice(0, first).filter(event => event.includes('FINISHED'))).toHaveLength(2);
  });

  test('a second training makes a second version of the same names', async () => {
    const tracker = memoryTracker();
    await train(tracker);
    const create = tracker.experiments.create;
    tracker.experiments.create = async () => '0';
    const { best } = await train(tracker);
    tracker.experiments.create = create;
    expect(best?.registered).toEqual({ name: 'mood-best', version: 2 });
    expect(tracker.registered.size).toBe(2);
  });

  test('has a model that misses the gate too, and says so', async () => {
    const tracker = memoryTracker();
    const report = await train(tracker, { gate: [{ metric: 'accuracy', comparison: '>', bound: 0.9999 }] });
    expect(report.gate?.met).toBe(false);
    expect(tracker.versions.map(({ tags }) => tags)).toEqual([
      expect.objectContaining({ 'sentops.gate': 'missed', 'sentops.model': 'naivebayes' }),
      expect.objectContaining({ 'sentops.gate': 'missed', 'sentops.data': report.data.sha256 }),
    ]);
    const passed = memoryTracker();
    await train(passed, { gate: [{ metric: 'accuracy', comparison: '>', bound: 0.1 }] });
    expect(passed.versions.map(({ tags }) => tags['sentops.gate'])).toEqual(['passed', 'passed']);
  });

  test('is left alone where there are no names', async () => {
    const tracker = memoryTracker();
    const report = await train(tracker, { tracking: { ...TRACKING, prefix: null, best: null } });
    expect([tracker.versions, report.best?.registered, report.models[0]?.registered]).toEqual([[], null, null]);
    expect((await runsOf(tracker)).get(PARENT)?.status).toBe('FINISHED');
  });

  test('takes the best alone, and the models alone', async () => {
    const best = memoryTracker();
    await train(best, { tracking: { ...TRACKING, prefix: null } });
    expect(best.versions.map(({ name }) => name)).toEqual(['mood-best']);
    const models = memoryTracker();
    await train(models, { tracking: { ...TRACKING, best: null } });
    expect(models.versions.map(({ name }) => name)).toEqual(['mood-naivebayes']);
  });

  test('another training that makes the registered model at the same moment is no trouble', async () => {
    let tracker: MemoryTracker;
    let raced = false;
    tracker = memoryTracker({
      before: event => {
        if (event !== 'models.create mood-best' || raced) return;
        raced = true;
        void tracker.models.create({ name: 'mood-best' });
      },
    });
    const report = await train(tracker);
    expect([raced, report.best?.registered]).toEqual([true, { name: 'mood-best', version: 1 }]);
  });
});

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileModel } from '../../src/lib/model/compile/compile.ts';
import { loadModel } from '../../src/lib/model/load.ts';
import type { TrainReport } from '../../src/lib/train/result.ts';
import { type MlflowServer, mlflowEnvironment, startMlflowServer } from '../helpers/mlflow-server.ts';
import { missingFor, pythonEnvironment, runPython } from '../helpers/python.ts';
import { writeReviews } from '../helpers/reviews.ts';
import { runCli } from '../helpers/run-cli.ts';
import { bitsOf } from '../helpers/score-bits.ts';
import { useTraining } from '../helpers/use-training.ts';

/** What a training records is opened by MLflow itself: a store that was made without any server, and a server's. */
const BEST = 'twitter-sentiment-model-best';
const texts = ['I love this great story', 'a terrible waste of time', '', 'fine, I suppose', 'Émile adored it – 10/10'];
/** On first use the packages come over the network. */
const PATIENCE = 1_800_000;

interface SeenRun {
  readonly runId: string;
  readonly status: string;
  readonly user: string;
  readonly startTime: number;
  readonly endTime: number;
  readonly parent: string | null;
  readonly source: string;
  readonly params: Record<string, string>;
  readonly metrics: Record<string, number>;
  readonly inputs: readonly [name: string, digest: string, tags: Record<string, string>][];
  readonly artifacts: readonly string[];
  readonly models: readonly string[];
}

interface Seen {
  readonly runs: Readonly<Record<string, SeenRun>>;
  readonly history: readonly [step: number, value: number][];
  readonly registered: readonly string[];
  readonly version: { readonly version: number; readonly runId: string; readonly tags: Record<string, string> };
  readonly label: readonly string[];
  readonly probability: readonly string[];
  readonly exampleColumns: readonly string[];
  readonly exampleLabels: readonly string[];
  readonly modelRun: string;
  readonly logged: {
    readonly name: string;
    readonly status: string;
    readonly source: string;
    readonly metrics: string[];
  };
  readonly loggedLabels: readonly string[];
  readonly ofRunLabels: readonly string[];
  readonly ofRunFiles: readonly string[];
  readonly source: string;
  readonly pipeline: boolean;
  readonly picture: string;
  readonly datasetUri: { readonly uri: string };
  readonly complaints: readonly string[];
}

const missing = missingFor('spark4') || missingFor(mlflowEnvironment('3.17.2'));

describe.skipIf(missing).each([
  ['a store without a server', false],
  ['a server of MLflow 3.17.2', true],
])('what a training wrote into %s', (_title, isServed) => {
  let dir: string;
  let server: MlflowServer | undefined;
  let where: readonly string[] = [];
  let report: TrainReport;
  let seen: Seen;
  const train = async (...more: string[]) => {
    const args = [
      'train',
      '--input',
      'reviews.csv',
      '--output',
      'models',
      '--models',
      'lr,nb',
      '--min-accuracy',
      '0.1',
    ];
    const all = [...args, '--json', ...where, ...more];
    const { stdout, stderr, code } = await runCli(all, { cwd: dir, env: { USER: 'ada' } });
    if (code !== 0) throw new Error(`${stderr}${stdout}`);
    return JSON.parse(stdout) as TrainReport;
  };

  beforeAll(async () => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-train-stack-'));
    writeReviews(path.join(dir, 'reviews.csv'), { rows: 600 });
    fs.writeFileSync(path.join(dir, 'rows.json'), JSON.stringify(texts));
    if (isServed) server = await startMlflowServer({ version: '3.17.2' });
    if (server) where = ['--mlflow-uri', server.uri];
    report = await train();
    const environment = await pythonEnvironment('spark4');
    const request = {
      store: server?.uri ?? `sqlite:///${path.join(dir, '.sentops/mlflow/mlflow.db')}`,
      experiment: report.tracking?.experiment,
      best: BEST,
      alias: 'champion',
      rows: path.join(dir, 'rows.json'),
    };
    const script = path.join(import.meta.dirname, 'python', 'read_training.py');
    seen = JSON.parse(await runPython(environment, script, [], { input: JSON.stringify(request) })) as Seen;
  }, PATIENCE);
  afterAll(async () => {
    await server?.stop();
    fs.rmSync(dir, { recursive: true, force: true });
  });

  test('shows its runs: who, when, from where, with parameters, metrics and data', () => {
    const parent = seen.runs['sentiment_multi_model_experiment'];
    expect(Object.keys(seen.runs).sort()).toEqual([
      'LogisticRegression',
      'NaiveBayes',
      'sentiment_multi_model_experiment',
    ]);
    expect(parent?.runId).toBe(report.tracking?.parentRunId);
    for (const [name, model] of [
      ['LogisticRegression', report.models[0]],
      ['NaiveBayes', report.models[1]],
    ] as const) {
      const run = seen.runs[name];
      expect(run).toMatchObject({ status: 'FINISHED', user: 'ada', source: 'sentops train', parent: parent?.runId });
      expect(run?.runId).toBe(model?.runId);
      expect(run?.endTime).toBeGreaterThan(run?.startTime ?? Number.POSITIVE_INFINITY);
      const { accuracy, auc, f1, precision, recall } = model?.metrics ?? {};
      expect(run?.metrics).toMatchObject({ accuracy, auc, f1, precision, recall });
      expect(run?.params).toMatchObject({ numFeatures: '32768', trainRatio: '0.8', rows: '600' });
      expect(run?.artifacts).toEqual(expect.arrayContaining(['confusion_matrix.png', 'metrics.json', 'report.html']));
      // It is there once, and MLflow's client finds it below the run all the same.
      expect(run?.artifacts).not.toContain('model');
      expect(run?.inputs.map(([input, , tags]) => [input, tags['mlflow.data.context']])).toEqual(
        expect.arrayContaining([
          ['reviews.csv', 'training'],
          ['reviews.csv (test)', 'testing'],
        ]),
      );
    }
    expect(seen.runs['LogisticRegression']?.params).toMatchObject({
      maxIter: '20',
      regParam: '0.1',
      elasticNetParam: '0',
    });
    expect(seen.datasetUri.uri).toBe(path.join(dir, 'reviews.csv'));
  });

  test('has the objective of every iteration', () => {
    expect(seen.history.length).toBeGreaterThan(3);
    expect(seen.history.map(([step]) => step)).toEqual(seen.history.map((_, at) => at + 1));
    expect(seen.history.at(-1)?.[1]).toBeLessThan(seen.history[0]?.[1] ?? 0);
  });

  test('has the files, the pictures and the shared stages among them', () => {
    expect(seen.picture).toBe('89504e470d0a1a0a');
    expect(seen.pipeline).toBe(true);
  });

  test('has the versions, and the alias of a version loads a model that predicts what we do', async () => {
    expect(seen.registered).toEqual([
      BEST,
      'twitter-sentiment-model-logisticregression',
      'twitter-sentiment-model-naivebayes',
    ]);
    expect(seen.version).toMatchObject({ version: 1, runId: report.best?.runId, tags: { 'sentops.gate': 'passed' } });
    expect(seen.modelRun).toBe(report.best?.runId);
    const model = await loadModel(report.best?.path ?? '');
    const scorer = compileModel(model);
    const scored = texts.map(text => scorer.score(text));
    expect(seen.label).toEqual(scored.map(({ prediction }) => model.labels[prediction]));
    expect(seen.probability).toEqual(scored.map(({ probabilities }) => bitsOf([probabilities?.[1] ?? Number.NaN])));
  });

  test('has an input example that the model takes, and nothing that MLflow warns of', () => {
    expect(seen.exampleColumns).toEqual(['text']);
    expect(seen.exampleLabels).toHaveLength(2);
    expect(seen.complaints).toEqual([]);
  });

  test('has logged models with their metrics, which load by their own id', async () => {
    expect(seen.logged).toMatchObject({ name: 'model', status: 'READY', source: report.models[0]?.runId });
    expect(seen.logged.metrics).toEqual(expect.arrayContaining(['accuracy', 'f1', 'val_accuracy']));
    const model = await loadModel(path.join(report.models[0]?.path ?? '', 'model'));
    const scorer = compileModel(model);
    const labels = texts.map(text => model.labels[scorer.score(text).prediction]);
    expect(seen.loggedLabels).toEqual(labels);
    expect(seen.ofRunLabels).toEqual(labels);
    expect(seen.ofRunFiles).toEqual(expect.arrayContaining(['model/MLmodel', 'model/data', 'model/sparkml']));
    expect(seen.source).toBe(`models:/${seen.runs['LogisticRegression']?.models[0]}`);
  });

  test('is of use to sentops, though MLflow has been there', async () => {
    await useTraining(dir, report, where);
  }, 300_000);

  test('is written to by the next training, though MLflow has brought it to its own revision', async () => {
    const next = await train('--seed', '7');
    expect(next.tracking?.failure).toBeNull();
    expect(next.best?.registered).toEqual({ name: BEST, version: 2 });
  }, 120_000);
});

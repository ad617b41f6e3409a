import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TrainReport } from '../../src/lib/train/result.ts';
import { writeReviews } from '../helpers/reviews.ts';
import { type CliOptions, runCli } from '../helpers/run-cli.ts';

let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-train-tracking-'));
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

let number = 0;
/** A project of its own for every test. */
function freshProject(yaml = 'version: 1\nproject: { name: reviews }\n'): string {
  const project = path.join(dir, `project-${++number}`);
  fs.mkdirSync(project);
  fs.writeFileSync(path.join(project, 'sentops.yaml'), yaml);
  writeReviews(path.join(project, 'reviews.csv'), { rows: 300 });
  return project;
}

type Result = TrainReport & { error?: { code: string; exit: number; message: string; hint: string } };

const SMALL = {
  ...{ '--input': 'reviews.csv', '--output': 'models', '--models': 'nb' },
  ...{ '--num-features': '64', '--min-accuracy': '0.1' },
};

/** A small training; what is given here stands in place of what it has, or beside it. */
function trainArgs(flags: Readonly<Record<string, string>> = {}): string[] {
  return ['train', ...Object.entries({ ...SMALL, ...flags }).flat()].filter(word => word !== '<none>');
}

async function train(cwd: string, flags: Readonly<Record<string, string>> = {}, options: CliOptions = {}) {
  const run = await runCli([...trainArgs(flags), '--json'], { cwd, ...options });
  return { ...run, json: JSON.parse(run.stdout) as Result };
}

const storeOf = (project: string) => path.join(project, '.sentops/mlflow/mlflow.db');

function query(project: string, sql: string): unknown[][] {
  const db = new DatabaseSync(storeOf(project));
  try {
    return db
      .prepare(sql)
      .all()
      .map(row => Object.values(row));
  } finally {
    db.close();
  }
}

describe('a training is recorded in the store of its project', () => {
  test('with runs, versions and files, from a folder below it too', async () => {
    const project = freshProject();
    fs.mkdirSync(path.join(project, 'below'));
    const { code, json, stderr } = await train(path.join(project, 'below'), { '--input': '../reviews.csv' });
    expect([code, stderr]).toEqual([0, '']);
    expect(json.tracking).toMatchObject({ experiment: 'sentiment-analysis-pipeline', failure: null });
    expect(json.tracking?.uri).toContain(storeOf(project));
    expect(query(project, 'SELECT name, status FROM runs ORDER BY name')).toEqual([
      ['NaiveBayes', 'FINISHED'],
      ['sentiment_multi_model_experiment', 'FINISHED'],
    ]);
    expect(json.best?.registered).toEqual({ name: 'twitter-sentiment-model-best', version: 1 });
    const [[place]] = query(project, "SELECT storage_location FROM model_versions WHERE name LIKE '%-best'") as [
      [string],
    ];
    expect(fs.existsSync(path.join(fileURLToPath(place), 'MLmodel'))).toBe(true);
    expect(fs.existsSync(path.join(project, 'below/.sentops'))).toBe(false);
  });

  test('with the accuracy that it prints, and versions that count on', async () => {
    const project = freshProject();
    await train(project);
    const { json } = await train(project, { '--seed': '7' });
    expect(json.best?.registered?.version).toBe(2);
    const metric = `SELECT value FROM latest_metrics WHERE key = 'accuracy' AND run_uuid = '${json.models[0]?.runId}'`;
    expect(query(project, metric)).toEqual([[json.models[0]?.metrics.accuracy]]);
  });

  test('a person sees where it is and what to type next', async () => {
    const project = freshProject();
    const { stdout, code } = await runCli(trainArgs(), { cwd: project });
    expect(code).toBe(0);
    expect(stdout).toContain(storeOf(project));
    expect(stdout).toContain('sentops run list --experiment sentiment-analysis-pipeline');
    expect(stdout).toContain('sentops model promote twitter-sentiment-model-best --version 1 --to Production');
  });

  test('under the names that the project and the command line give', async () => {
    const project = freshProject('version: 1\nmlflow: { experiment: films }\ntrain: { registeredModelName: mood }\n');
    const { json } = await train(project, { '--mlflow-experiment': 'books' });
    expect(json.tracking?.experiment).toBe('books');
    expect(query(project, 'SELECT name FROM registered_models ORDER BY name')).toEqual([
      ['mood-best'],
      ['mood-naivebayes'],
    ]);
  });

  test('a workflow gets the run and the version', async () => {
    const project = freshProject();
    const output = path.join(project, 'github-output');
    const { json } = await train(project, {}, { env: { GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: output } });
    const text = fs.readFileSync(output, 'utf8');
    expect(text).toContain(`run-id=${json.tracking?.parentRunId}`);
    expect(text).toContain('model-version=1');
  });

  test('what misses the gate is recorded and registered all the same, with exit code 12', async () => {
    const project = freshProject();
    const { code, json } = await train(project, { '--min-accuracy': '0.9999' });
    expect([code, json.error?.code, json.best?.registered?.version]).toEqual([12, 'GATE_NOT_MET', 1]);
    expect(query(project, "SELECT value FROM model_version_tags WHERE key = 'sentops.gate'")).toEqual([
      ['missed'],
      ['missed'],
    ]);
  });
});

describe('nothing is recorded', () => {
  test.each([
    ['where the command line says so', 'version: 1\n', { '--no-track': '<none>' }],
    ['where the project says so', 'version: 1\ntrain: { track: false }\n', {}],
    ['of a dry run', 'version: 1\n', { '--dry-run': '<none>' }],
  ])('%s', async (_title, yaml, flags) => {
    const project = freshProject(yaml);
    const { code, json } = await train(project, { ...flags });
    expect([code, json.tracking, json.best?.registered ?? null]).toEqual([0, null, null]);
    expect(fs.existsSync(path.join(project, '.sentops'))).toBe(false);
  });

  test('in the registry, where the name for it is empty', async () => {
    const project = freshProject();
    const { code, json } = await train(project, { '--registered-model-name': '' });
    expect([code, json.best?.registered]).toEqual([0, null]);
    expect(query(project, 'SELECT count(*) FROM runs')).toEqual([[2]]);
    expect(query(project, 'SELECT count(*) FROM registered_models')).toEqual([[0]]);
  });
});

describe('a store that cannot be used', () => {
  test('ends the job before anything is trained, and says how to go without', async () => {
    const project = freshProject();
    fs.mkdirSync(path.dirname(storeOf(project)), { recursive: true });
    fs.writeFileSync(storeOf(project), 'this is no database, however long it may be '.repeat(50));
    const { code, json } = await train(project);
    expect(code).not.toBe(0);
    expect(json.error?.hint).toContain('--no-track');
    expect(fs.existsSync(path.join(project, 'models'))).toBe(false);
    expect((await train(project, { '--no-track': '<none>' })).code).toBe(0);
  });

  test('a server that does not answer is such a store, with exit code 8', async () => {
    const project = freshProject();
    const { code, json } = await train(project, { '--mlflow-uri': 'http://127.0.0.1:1' });
    expect([code, json.error?.code]).toEqual([8, 'REMOTE_UNAVAILABLE']);
    expect(json.error?.hint).toContain('--no-track');
    expect(fs.existsSync(path.join(project, 'models'))).toBe(false);
    expect(fs.existsSync(path.join(project, '.sentops'))).toBe(false);
  });
});

test('Ctrl-C ends the runs as killed, and no version is made', async () => {
  const project = freshProject();
  const forest = { '--models': 'rf', '--set': 'train.params.randomforest.numTrees=200000' };
  const { code } = await runCli(trainArgs(forest), {
    cwd: project,
    signal: { name: 'SIGINT', after: /fit randomforest/ },
  });
  expect(code).toBe(130);
  expect(query(project, 'SELECT name, status FROM runs ORDER BY name')).toEqual([
    ['RandomForest', 'KILLED'],
    ['sentiment_multi_model_experiment', 'KILLED'],
  ]);
  expect(query(project, "SELECT count(*) > 0 FROM metrics WHERE key = 'trees'")).toEqual([[1]]);
  expect(query(project, 'SELECT count(*) FROM model_versions')).toEqual([[0]]);
});

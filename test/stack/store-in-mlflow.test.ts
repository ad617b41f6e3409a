import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type MlflowServer,
  type MlflowVersion,
  mlflowEnvironment,
  startMlflowServer,
  startModelServer,
} from '../helpers/mlflow-server.ts';
import { missingFor } from '../helpers/python.ts';
import { writeReviews } from '../helpers/reviews.ts';
import { runCli } from '../helpers/run-cli.ts';

/**
 * A store that our commands wrote without a server, behind real MLflow servers: first the older one, then the newer one
 * on what that has made of it. What is in it, by REST and bare fetch; and its models behind `mlflow models serve`.
 */
const BEST = 'twitter-sentiment-model-best';
const VERSIONS = ['3.4.0', '3.17.2'] as const satisfies readonly MlflowVersion[];
const TEXTS = ['I love this great story', 'a terrible waste of time', 'fine, I suppose', 'Émile adored it – 10/10'];
/** On first use the packages come over the network. */
const PATIENCE = 1_800_000;

let dir: string;
const sentops = async (...args: string[]): Promise<Json> => {
  const { stdout, stderr, code } = await runCli([...args, '--json'], { cwd: dir });
  if (code !== 0) throw new Error(`sentops ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
  return JSON.parse(stdout) as Json;
};
const train = (models: string) =>
  sentops('train', '-i', 'reviews.csv', '-o', 'models', '--models', models, '--min-accuracy', '0.1');
const storeUri = () => `sqlite:///${path.join(dir, '.sentops/mlflow/mlflow.db')}`;

interface Members {
  readonly [name: string]: Json;
}
/** An answer that is reached deep into: what is not there fails the test. */
type Json = Members & readonly Json[] & string;

beforeAll(async () => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-in-mlflow-'));
  writeReviews(path.join(dir, 'reviews.csv'), { rows: 400 });
  const trained = await train('lr,nb');
  // The next training writes over its folder.
  fs.cpSync(String(trained['best']?.['path']), path.join(dir, 'best'), { recursive: true });
  await sentops('model', 'alias', BEST, 'champion', '--version', '1');
  await sentops('model', 'stage', BEST, '--version', '1', '--to', 'Production');
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

describe.skipIf(VERSIONS.some(version => missingFor(mlflowEnvironment(version))))('a store of ours', () => {
  // Each server brings the database to its own revision: the older one has to come first.
  describe.each(VERSIONS)('behind MLflow %s', version => {
    let server: MlflowServer;
    beforeAll(async () => {
      const args = ['--backend-store-uri', storeUri()];
      server = await startMlflowServer({ version, args });
    }, PATIENCE);
    afterAll(() => server?.stop());

    const call = async (route: string, body?: object): Promise<Json> => {
      const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      const answer = await fetch(`${server.uri}/api/2.0/mlflow/${route}`, body === undefined ? {} : post);
      const text = await answer.text();
      if (answer.status !== 200) throw new Error(`${route}: ${answer.status} ${text}`);
      return JSON.parse(text) as Json;
    };
    const findRun = async (name: string): Promise<Json> => {
      const { experiment } = await call('experiments/get-by-name?experiment_name=sentiment-analysis-pipeline');
      const { runs } = await call('runs/search', {
        experiment_ids: [experiment?.['experiment_id']],
        filter: `attributes.run_name = '${name}' AND metrics.accuracy > 0`,
        max_results: 10,
      });
      return runs?.[0] as Json;
    };
    const bytesOf = async (route: string) => Buffer.from(await (await fetch(`${server.uri}/${route}`)).arrayBuffer());

    test('its runs are found by filter and order, with what training logged', async () => {
      const { experiments } = await call('experiments/search', { max_results: 100 });
      const ids = experiments?.map(experiment => experiment['experiment_id']);
      const { runs } = await call('runs/search', {
        experiment_ids: ids,
        order_by: ['metrics.accuracy DESC'],
        max_results: 100,
      });
      const { items } = await sentops('run', 'list', '--limit', '100');
      expect(new Set(runs?.map(run => run['info']?.['run_id']))).toEqual(new Set(items?.map(run => run['runId'])));
      const linear = await findRun('LogisticRegression');
      expect(linear).toMatchObject({
        info: { status: 'FINISHED', lifecycle_stage: 'active' },
        data: { params: expect.arrayContaining([{ key: 'maxIter', value: '20' }]) },
        inputs: { dataset_inputs: expect.arrayContaining([expect.objectContaining({ dataset: expect.anything() })]) },
      });
      const runId = linear['info']?.['run_id'];
      const { metrics } = await call(`metrics/get-history?run_id=${runId}&metric_key=objective&max_results=1000`);
      const ours = await sentops('run', 'describe', String(runId));
      const latest = linear['data']?.['metrics']?.map(({ key, value }) => [key, value]) ?? [];
      expect(Object.fromEntries(latest)).toEqual(ours['run']?.['metrics']);
      expect(metrics?.map(({ step }) => Number(step))).toEqual(metrics?.map((_, at) => at + 1));
      expect(metrics?.length).toBeGreaterThan(3);
    });

    test('its registry is there: models, versions, alias, stage, logged models', async () => {
      const { registered_models: models } = await call('registered-models/search?max_results=100');
      expect(models?.map(({ name }) => name)).toEqual([
        BEST,
        'twitter-sentiment-model-logisticregression',
        'twitter-sentiment-model-naivebayes',
      ]);
      expect(models?.[0]?.['aliases']).toMatchObject([{ alias: 'champion', version: '1' }]);
      const { model_version: champion } = await call(`registered-models/alias?name=${BEST}&alias=champion`);
      expect(champion).toMatchObject({ version: '1', current_stage: 'Production', status: 'READY' });
      const { model_versions: versions } = await call(
        `model-versions/search?filter=${encodeURIComponent(`name = '${BEST}'`)}&max_results=10`,
      );
      expect(versions?.map(one => one['version']).sort()).toEqual(
        VERSIONS.slice(0, VERSIONS.indexOf(version) + 1).map((_, at) => String(at + 1)),
      );
      const { models: logged } = await call('logged-models/search', { experiment_ids: ['1'], max_results: 50 });
      const trained = await Promise.all(['LogisticRegression', 'NaiveBayes'].map(findRun));
      expect(logged?.map(({ info }) => [info?.['source_run_id'], info?.['status']])).toEqual(
        expect.arrayContaining(trained.map(({ info }) => [info?.['run_id'], 'LOGGED_MODEL_READY'])),
      );
    });

    test('its files come through the server, by run and by version', async () => {
      const { info } = await findRun('NaiveBayes');
      const { files } = await call(`artifacts/list?run_id=${info?.['run_id']}`);
      expect(files?.map(({ path: at }) => at)).toEqual(
        expect.arrayContaining(['confusion_matrix.png', 'metrics.json', 'report.html']),
      );
      const picture = await bytesOf(`get-artifact?run_uuid=${info?.['run_id']}&path=confusion_matrix.png`);
      expect(picture.subarray(1, 4).toString()).toBe('PNG');
      const model = await bytesOf(`model-versions/get-artifact?name=${BEST}&version=1&path=data/model.sentops`);
      expect(model.equals(fs.readFileSync(path.join(dir, 'best/data/model.sentops')))).toBe(true);
    });

    test('a run that comes by REST is one that our commands see, and the store is whole', async () => {
      const { run } = await call('runs/create', { experiment_id: '1', run_name: `by ${version}`, start_time: 1 });
      const runId = run?.['info']?.['run_id'];
      await call('runs/log-metric', { run_id: runId, key: 'accuracy', value: 0.25, timestamp: 2, step: 3 });
      await call('runs/update', { run_id: runId, status: 'FINISHED', end_time: 3 });
      expect(await sentops('run', 'describe', String(runId))).toMatchObject({
        run: { name: `by ${version}`, status: 'FINISHED', metrics: { accuracy: 0.25 } },
      });
      expect(await sentops('store', 'check')).toMatchObject({ ok: true, findings: [] });
    });

    test('and we write on, beside the server', async () => {
      const trained = await train('nb');
      expect(trained['tracking']?.['failure']).toBeNull();
      const made = trained['best']?.['registered']?.['version'];
      const { model_version: seen } = await call(`model-versions/get?name=${BEST}&version=${made}`);
      expect(seen).toMatchObject({ version: String(made), run_id: trained['best']?.['runId'] });
      expect(await sentops('store', 'check')).toMatchObject({ ok: true, findings: [] });
    });
  });

  describe('its models behind mlflow models serve', () => {
    let servers: MlflowServer[];
    let expected: unknown[];
    beforeAll(async () => {
      const start = (model: string) =>
        startModelServer({ version: '3.17.2', model, trackingUri: storeUri(), folder: dir });
      servers = await Promise.all([path.join(dir, 'best'), `models:/${BEST}@champion`].map(start));
      const lines = TEXTS.map(text => JSON.stringify({ text }));
      fs.writeFileSync(path.join(dir, 'texts.jsonl'), lines.join('\n'));
      const { items } = await sentops('score', '-i', 'texts.jsonl', '--model-path', 'best');
      expected = items?.map(({ sentiment, probability }) => ({ label: sentiment, probability })) ?? [];
    }, PATIENCE);
    afterAll(() => Promise.all((servers ?? []).map(server => server.stop())));

    test.each([
      ['records', { dataframe_records: TEXTS.map(text => ({ text })) }],
      ['a split table', { dataframe_split: { columns: ['text'], data: TEXTS.map(text => [text]) } }],
      ['inputs', { inputs: TEXTS }],
      ['instances', { instances: TEXTS }],
    ])('answer %s as sentops score does, from the folder and by alias', async (_, body) => {
      for (const { uri } of servers) {
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(`${uri}/invocations`, { method: 'POST', headers, body: JSON.stringify(body) });
        expect([answer.status, await answer.json()]).toEqual([200, { predictions: expected }]);
      }
      expect(new Set(expected.map(row => (row as Json)['label'])).size).toBe(2);
    });
  });
});

import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allPages } from '../../src/lib/tracking/all-pages.ts';
import createRest from '../../src/lib/tracking/rest/tracker.ts';
import type { Tracker } from '../../src/lib/tracking/types.ts';
import { describeArtifacts } from '../contract/tracker/artifacts.ts';
import { describeExperiments } from '../contract/tracker/experiments.ts';
import { describeLoggedModels } from '../contract/tracker/logged-models.ts';
import { codeOf, collect, fresh, inChunks, newExperiment, newRun, readRun } from '../contract/tracker/opened.ts';
import { describeRegistry } from '../contract/tracker/registry.ts';
import { describeRuns } from '../contract/tracker/runs.ts';
import { describeSearch } from '../contract/tracker/search.ts';
import { describeVersions } from '../contract/tracker/versions.ts';
import { createTestContext } from '../helpers/extension-context.ts';
import {
  type MlflowServer,
  type MlflowVersion,
  mlflowEnvironment,
  startMlflowServer,
} from '../helpers/mlflow-server.ts';
import { missingFor } from '../helpers/python.ts';
import { runCli } from '../helpers/run-cli.ts';
import { inStore, placeIn, trainOnce } from '../unit/tracking/maintain/maintenance.ts';

const START_MS = 900_000;

async function open(uri: string, env: Readonly<Record<string, string>> = {}): Promise<Tracker> {
  const context = createTestContext({
    env: { HOME: '/nonexistent', MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR: '0.1', ...env },
  });
  return await createRest({ uri, mode: 'write' }, context);
}

describe.each<MlflowVersion>(['3.17.2', '3.4.0'])('a real MLflow server of %s', version => {
  describe.skipIf(missingFor(mlflowEnvironment(version)))('is there', () => {
    let server: MlflowServer;
    let tracker: Tracker;
    beforeAll(async () => {
      server = await startMlflowServer({ version });
      tracker = await open(server.uri);
    }, START_MS);
    afterAll(async () => {
      await tracker?.close();
      await server?.stop();
    });
    const current = () => tracker;

    describeExperiments(current);
    describeRuns(current);
    describeSearch(current);
    describeLoggedModels(current);
    describeRegistry(current);
    describeVersions(current);
    // The older one cannot hand out a file whose name has letters beyond ASCII.
    if (version === '3.17.2') describeArtifacts(current);
    describeBeyond(current, () => server);
  });
});

/** What no embedded store has: a proxy, a network, a server that spoils what it does not understand. */
function describeBeyond(current: () => Tracker, server: () => MlflowServer): void {
  test('files go through the proxy into the folder of the server, and a broken upload leaves nothing', async () => {
    const tracker = current();
    const { artifactUri } = await newRun(tracker);
    const bytes = randomBytes(3_000_000);
    await tracker.artifacts.write(artifactUri, 'model/data.bin', inChunks(bytes), bytes.length);
    const stored = path.join(server().folder, 'mlartifacts', artifactUri.replace('mlflow-artifacts:/', ''));
    expect(fs.readFileSync(path.join(stored, 'model', 'data.bin')).equals(bytes)).toBe(true);
    const tail = await collect(tracker.artifacts.read(artifactUri, 'model/data.bin', { start: 2_999_000 }));
    expect(tail.equals(bytes.subarray(2_999_000))).toBe(true);
    const short = tracker.artifacts.write(artifactUri, 'model/short.bin', inChunks(bytes), bytes.length + 1_000_000);
    expect(await codeOf(short)).toBe('DATA_INVALID');
    expect((await tracker.artifacts.list(artifactUri, 'model')).map(file => file.path)).toEqual(['model/data.bin']);
  });

  test('what is not there and what is a folder is NOT_FOUND, whatever the server answers', async () => {
    const tracker = current();
    const { artifactUri } = await newRun(tracker);
    await tracker.artifacts.write(artifactUri, 'model/a.txt', inChunks(Buffer.from('a')), 1);
    for (const file of ['nobody.txt', 'model/nobody.txt', 'model'])
      expect(await codeOf(collect(tracker.artifacts.read(artifactUri, file)))).toBe('NOT_FOUND');
    expect(await tracker.artifacts.list(artifactUri, 'no/where')).toEqual([]);
    await tracker.artifacts.delete(artifactUri, 'model');
    expect(await tracker.artifacts.list(artifactUri)).toEqual([]);
  });

  test('a name that the server would change is refused, any other one arrives as it is', async () => {
    const tracker = current();
    const { artifactUri } = await newRun(tracker);
    const names = ['100%', 'a%4', 'a;b', 'b;c;', 'c?d', 'd??', 'e f&g=h+i'];
    for (const name of names) await tracker.artifacts.write(artifactUri, `odd/${name}`, inChunks(Buffer.from('a')), 1);
    const listed = async (at: string) => (await tracker.artifacts.list(artifactUri, at)).map(file => file.path);
    expect(await listed('odd')).toEqual(names.map(name => `odd/${name}`));
    const changed = { 'p%41.txt': 'pA.txt', 'q;': 'q', 'r?': 'r', 's\tt': 'st', 'u\u0001': 'u%01' };
    for (const name of Object.keys(changed)) {
      const write = tracker.artifacts.write(artifactUri, name, inChunks(Buffer.from('a')), 1);
      expect(await codeOf(write)).toBe('FLAG_INVALID');
      const at = `${artifactUri.replace('mlflow-artifacts:/', '')}/spoilt/${encodeURIComponent(name)}`;
      await fetch(`${server().uri}/api/2.0/mlflow-artifacts/artifacts/${at}`, { method: 'PUT', body: 'a' });
    }
    expect(await listed('')).toEqual(['odd', 'spoilt']);
    expect(await listed('spoilt')).toEqual(
      Object.values(changed)
        .map(name => `spoilt/${name}`)
        .sort(),
    );
  });

  test('an exported store comes in with its files, and a second time nothing comes', async () => {
    const from = await placeIn(fs.mkdtempSync(path.join(server().folder, 'from-')));
    const experiment = fresh('imported');
    const { runId: oldRun, modelId: oldModel } = await trainOnce(from, experiment);
    const model = fresh('sentiment');
    await inStore(from, ({ tracker }) => tracker.models.rename('sentiment', model));
    const sentops = async (...args: string[]) => {
      const { code, stdout, stderr } = await runCli(['store', ...args, '--json'], { cwd: from.dir });
      if (code !== 0) throw new Error(`store ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
      return JSON.parse(stdout);
    };
    await sentops('export', 'store.jsonl.zst', '--artifacts');
    const bring = () => sentops('import', 'store.jsonl.zst', '--mlflow-uri', server().uri);
    const { made, renamed } = await bring();
    expect(made).toMatchObject({ experiments: 1, runs: 1, metricValues: 5, loggedModels: 1, models: 1, versions: 1 });
    const idOf = (old: string) => renamed.find((one: { from: string }) => one.from === old).to;
    const seen = async () => {
      const tracker = current();
      const run = await readRun(tracker, idOf(oldRun));
      const { items } = await tracker.runs.history(run.runId, 'accuracy', { limit: 10 });
      const logged = await tracker.loggedModels.get(idOf(oldModel));
      const champion = await tracker.models.find(model, { alias: 'champion' });
      const file = (root = '', at = '') => collect(tracker.artifacts.read(root, at)).then(String);
      const files = [
        await file(run.artifactUri, 'report/metrics.json'),
        await file(logged?.artifactUri, 'MLmodel'),
        await file(champion?.artifactUri, 'MLmodel'),
      ];
      return { run, values: items.map(({ value }) => value), logged, champion, files };
    };
    const first = await seen();
    expect(first).toMatchObject({
      run: { name: 'lr', status: 'FINISHED', params: { maxIter: '20' }, inputs: [{ name: 'train.csv' }] },
      values: [0.5, 0.7, Number.NaN, 0.9],
      logged: { status: 'READY', sourceRunId: first.run.runId },
      champion: { version: 1, stage: 'Production', runId: first.run.runId },
      files: ['{"accuracy":0.9}', 'flavors: {}', 'flavors: {}'],
    });
    expect(first.run.outputs?.map(({ modelId }) => modelId)).toEqual([idOf(oldModel)]);
    const again = await bring();
    expect(Object.values(again.made).every(count => count === 0)).toBe(true);
    expect(await seen()).toEqual(first);
    const { items: versions } = await current().models.searchVersions({ filter: `name = '${model}'`, limit: 10 });
    expect(versions).toHaveLength(1);
  });

  test('files in a folder of this machine are written there, and the server shows them', async () => {
    const tracker = current();
    const location = `file://${server().folder}/own`;
    const experimentId = await tracker.experiments.create({ name: fresh('own'), artifactLocation: location });
    const { artifactUri, runId } = await newRun(tracker, experimentId);
    expect(artifactUri).toBe(`${location}/${runId}/artifacts`);
    await tracker.artifacts.write(artifactUri, 'model/a.txt', inChunks(Buffer.from('text')), 4);
    const listed = await fetch(`${server().uri}/api/2.0/mlflow/artifacts/list?run_id=${runId}&path=model`);
    expect(await listed.json()).toMatchObject({ files: [{ path: 'model/a.txt', file_size: 4 }] });
    expect((await collect(tracker.artifacts.read(artifactUri, 'model/a.txt'))).toString()).toBe('text');
  });

  test('files that only the server reaches come through it', async () => {
    const tracker = current();
    const folder = path.join(server().folder, 'hidden');
    const experimentId = await tracker.experiments.create({ name: fresh('far'), artifactLocation: `file://${folder}` });
    const { artifactUri, runId } = await newRun(tracker, experimentId);
    const put = tracker.artifacts.write(artifactUri, 'model/deep/a.txt', inChunks(Buffer.from('0123456789')), 10);
    await put;
    // From another machine the same root names nothing: a link in front of it plays that machine.
    const { runArtifacts } = await import('../../src/lib/tracking/rest/run-artifacts.ts');
    const { createApi } = await import('../../src/lib/tracking/rest/api.ts');
    const { createHttp } = await import('../../src/lib/tracking/rest/http.ts');
    const base = new URL(server().uri);
    const context = createTestContext();
    const connection = createHttp({ address: { base, shown: server().uri }, tls: {}, timeoutMs: 60_000, context });
    const settings = { http: connection, base, shown: server().uri, credentials: null, retries: 0, factor: 0, context };
    const far = runArtifacts(createApi(settings), tracker.runs.get);
    expect(await far.list(artifactUri, 'model')).toEqual([{ path: 'model/deep', isFolder: true, bytes: null }]);
    expect(await far.list(`${artifactUri}/model/deep`)).toEqual([{ path: 'a.txt', isFolder: false, bytes: 10 }]);
    expect((await collect(far.read(artifactUri, 'model/deep/a.txt', { start: 4 }))).toString()).toBe('456789');
    expect(await codeOf(collect(far.read(artifactUri, 'model/nobody.txt')))).toBe('NOT_FOUND');
    expect(runId).toHaveLength(32);
    connection.close();
  });

  test('every page of hundreds of runs is read', async () => {
    const tracker = current();
    const experimentId = await newExperiment(tracker);
    await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        tracker.runs.create({ experimentId, name: `run ${index}`, startTime: index }),
      ),
    );
    const found = await allPages(pageToken =>
      tracker.runs.search({
        experimentIds: [experimentId],
        limit: 7,
        ...(pageToken === undefined ? {} : { pageToken }),
      }),
    );
    expect(found.map(({ startTime }) => startTime)).toEqual(Array.from({ length: 60 }, (_, index) => 59 - index));
  }, 120_000);

  test('a filter with a typing error is told with its column', async () => {
    const tracker = current();
    const experimentIds = [await newExperiment(tracker)];
    const work = tracker.runs.search({ experimentIds, filter: 'metrcs.f1 > 0.5', limit: 5 });
    await expect(work).rejects.toMatchObject({
      code: 'FLAG_INVALID',
      details: { errorCode: 'INVALID_PARAMETER_VALUE' },
    });
    await expect(work).rejects.toThrow(/column 1\b/);
  });

  test('an answer that is lost on the way makes no second run, experiment, model or version', async () => {
    const direct = current();
    const proxy = await losingProxy(server().uri);
    const tracker = await open(proxy.uri);
    const name = fresh('lost');
    const experimentId = await tracker.experiments.create({ name });
    const run = await tracker.runs.create({ experimentId });
    const logged = await tracker.loggedModels.create({ experimentId, name: 'lr', sourceRunId: run.runId });
    await direct.models.create({ name });
    const source = `${run.artifactUri}/model`;
    const made = await tracker.models.createVersion({ name, source, runId: run.runId, key: fresh('key') });
    expect(proxy.lost()).toBe(4);
    expect(await direct.experiments.find(name)).toMatchObject({ experimentId });
    const runs = await direct.runs.search({ experimentIds: [experimentId], limit: 10 });
    expect(runs.items.map(({ runId }) => runId)).toEqual([run.runId]);
    const models = await direct.loggedModels.search({ experimentIds: [experimentId], limit: 10 });
    expect(models.items.map(({ modelId }) => modelId)).toEqual([logged.modelId]);
    const versions = await direct.models.searchVersions({ filter: `name = '${name}'`, limit: 10 });
    expect(versions.items.map(({ version }) => version)).toEqual([1]);
    expect(made.version).toBe(1);
    await tracker.close();
    await proxy.close();
  });

  test('of several who ask at once with one key, one makes the version', async () => {
    const tracker = current();
    const name = fresh('race');
    await tracker.models.create({ name });
    const run = await newRun(tracker);
    const request = { name, source: `${run.artifactUri}/model`, runId: run.runId, key: fresh('key') };
    const made = await Promise.all(Array.from({ length: 4 }, () => tracker.models.createVersion(request)));
    const { items } = await tracker.models.searchVersions({ filter: `name = '${name}'`, limit: 10 });
    expect(items).toHaveLength(1);
    expect(new Set(made.map(({ version }) => version))).toEqual(new Set(items.map(({ version }) => version)));
  });

  test('parameters of a logged model are added, and not changed', async () => {
    const tracker = current();
    const experimentId = await newExperiment(tracker);
    const { modelId } = await tracker.loggedModels.create({ experimentId, name: 'lr', params: { a: '1' } });
    await tracker.loggedModels.logParams(modelId, { a: '1', b: '2' });
    expect((await tracker.loggedModels.get(modelId))?.params).toEqual({ a: '1', b: '2' });
    expect(await codeOf(tracker.loggedModels.logParams(modelId, { b: '3' }))).toBe('CONFLICT');
    expect(await codeOf(tracker.loggedModels.logParams(`m-${'f'.repeat(32)}`, { b: '3' }))).toBe('NOT_FOUND');
    const run = await newRun(tracker, experimentId);
    await tracker.runs.logModelInputs(run.runId, [modelId]);
    expect(await readRun(tracker, run.runId)).toMatchObject({ modelInputs: [modelId] });
  });

  test('an address that was copied from the browser, and a path that is not there', async () => {
    await expect(open(`${server().uri}/#/experiments/1`)).rejects.toMatchObject({ hint: `use ${server().uri}` });
    const tracker = await open(`${server().uri}/mlflow`);
    expect(await codeOf(tracker.runs.get('a'))).toBe('REMOTE_UNAVAILABLE');
    await tracker.close();
  });
}

/** Passes everything on, and loses the first answer to each call that makes something. */
async function losingProxy(to: string) {
  const target = new URL(to);
  const seen = new Set<string>();
  const proxy = http.createServer((request, response) => {
    const { method, headers } = request;
    const outgoing = http.request(new URL(request.url ?? '/', target), { method, headers }, answer => {
      const at = request.url?.split('?')[0] ?? '';
      const makes = /\/(experiments|runs|model-versions)\/create$|\/logged-models$/.test(at) && method === 'POST';
      if (!makes || seen.has(at)) {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
        return;
      }
      seen.add(at);
      answer.resume().on('end', () => response.destroy());
    });
    outgoing.on('error', () => response.destroy());
    request.pipe(outgoing);
  });
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    uri: `http://127.0.0.1:${port}`,
    lost: () => seen.size,
    close: async () => {
      proxy.closeAllConnections();
      await new Promise(resolve => proxy.close(resolve));
    },
  };
}

describe.skipIf(missingFor(mlflowEnvironment('3.17.2')))('a real MLflow server that asks who comes', () => {
  const auth = { username: 'admin', password: 'correct-horse-battery' };
  let server: MlflowServer;
  beforeAll(async () => {
    server = await startMlflowServer({ version: '3.17.2', auth });
  }, START_MS);
  afterAll(async () => await server?.stop());

  const attempt = async (env: Readonly<Record<string, string>>, uri = server.uri) => {
    const tracker = await open(uri, env);
    try {
      return await codeOf(tracker.experiments.search({ limit: 5 }));
    } finally {
      await tracker.close();
    }
  };

  test('lets in who has a name and a password, from wherever they come', async () => {
    const names = { MLFLOW_TRACKING_USERNAME: auth.username, MLFLOW_TRACKING_PASSWORD: auth.password };
    expect(await attempt(names)).toContain('no error');
    expect(await attempt({}, server.uri.replace('//', `//${auth.username}:${auth.password}@`))).toContain('no error');
    const home = path.join(server.folder, 'home');
    fs.mkdirSync(path.join(home, '.mlflow'), { recursive: true });
    const lines = [
      '[mlflow]',
      `mlflow_tracking_username = ${auth.username}`,
      `mlflow_tracking_password = ${auth.password}`,
    ];
    fs.writeFileSync(path.join(home, '.mlflow', 'credentials'), lines.join('\n'));
    expect(await attempt({ HOME: home })).toContain('no error');
  });

  test('and nobody else', async () => {
    expect(await attempt({})).toBe('AUTH_FAILED');
    expect(await attempt({ MLFLOW_TRACKING_TOKEN: 'abc' })).toBe('AUTH_FAILED');
    const wrong = { MLFLOW_TRACKING_USERNAME: auth.username, MLFLOW_TRACKING_PASSWORD: 'wrong-horse-battery' };
    expect(await attempt(wrong)).toBe('AUTH_FAILED');
  });

  test('who is let in and may not write is PERMISSION_DENIED', async () => {
    const reader = { username: 'reader', password: 'reader-horse-battery' };
    const basic = (who: typeof auth) => `Basic ${Buffer.from(`${who.username}:${who.password}`).toString('base64')}`;
    const headers = { authorization: basic(auth), 'content-type': 'application/json' };
    const made = await fetch(`${server.uri}/api/2.0/mlflow/users/create`, {
      method: 'POST',
      headers,
      body: JSON.stringify(reader),
    });
    expect(made.status).toBe(200);
    const admin = await open(server.uri, {
      MLFLOW_TRACKING_USERNAME: auth.username,
      MLFLOW_TRACKING_PASSWORD: auth.password,
    });
    const experimentId = await newExperiment(admin);
    const tracker = await open(server.uri, {
      MLFLOW_TRACKING_USERNAME: reader.username,
      MLFLOW_TRACKING_PASSWORD: reader.password,
    });
    expect(await tracker.experiments.get(experimentId)).toMatchObject({ experimentId });
    const work = tracker.runs.create({ experimentId });
    expect(await codeOf(work)).toBe('PERMISSION_DENIED');
    await expect(work).rejects.toThrow('Permission denied');
    await admin.close();
    await tracker.close();
  });

  test('a name that the server does not answer to is told with the flag, also behind a proxy', async () => {
    const target = new URL(server.uri);
    const proxy = http.createServer((request, response) => {
      const { pathname, search } = new URL(request.url ?? '/');
      const { method, headers } = request;
      const options = { host: target.hostname, port: target.port, path: `${pathname}${search}`, method, headers };
      const outgoing = http.request(options, answer => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      request.pipe(outgoing);
    });
    await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    const names = { MLFLOW_TRACKING_USERNAME: auth.username, MLFLOW_TRACKING_PASSWORD: auth.password };
    const tracker = await open('http://mlflow:5000', { ...names, http_proxy: `http://127.0.0.1:${port}` });
    await expect(tracker.experiments.search({ limit: 1 })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      hint: expect.stringContaining('--allowed-hosts mlflow:5000'),
    });
    await tracker.close();
    proxy.closeAllConnections();
    await new Promise(resolve => proxy.close(resolve));
  });
});

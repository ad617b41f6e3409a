import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EnvironmentName, missingFor, pythonEnvironment, runPython } from '../helpers/python.ts';
import { runCli } from '../helpers/run-cli.ts';
import { type ServeProcess, startServe } from '../helpers/serve-process.ts';

/** The real Python client against our server: what it logs, finds again, and what our own commands make of it. */
const script = (name: string) => path.join(import.meta.dirname, 'python', name);

/** On first use the packages come over the network. */
const PATIENCE = 1_800_000;
const TOKEN = 'token-of-the-stack-test';

interface Project {
  readonly folder: string;
  readonly server: ServeProcess;
}

/** A store of its own, behind a token. */
async function startProject(): Promise<Project> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-store-serve-'));
  fs.writeFileSync(path.join(folder, 'sentops.yaml'), 'version: 1\n');
  return { folder, server: await startServe(folder, ['-v'], { SENTOPS_STORE_TOKEN: TOKEN }) };
}

async function endProject(project: Project | undefined): Promise<void> {
  await project?.server.end();
  if (project) fs.rmSync(project.folder, { recursive: true, force: true });
}

async function python(
  name: EnvironmentName,
  { folder, server }: Project,
  file: string,
  args: string[],
  env: object = {},
) {
  // A folder of its own for what the client leaves behind, none of our settings, and no long waits for a server.
  const client = { HOME: folder, MLFLOW_TRACKING_URI: server.url, MLFLOW_HTTP_REQUEST_MAX_RETRIES: '2' };
  return runPython(await pythonEnvironment(name), script(file), args, { env: { ...client, ...env } });
}

const files = Object.fromEntries([
  ['config.json', expect.any(Number)],
  ['files/empty', 0],
  ['files/figure.png', 1_024_000],
  ['files/sub/deep.bin', 1_024_000],
  ['notes/hello ä.txt', 9],
  ['table.json', expect.any(Number)],
]);

describe.each([
  ['mlflow317', '3.17.2', { MLFLOW_TRACKING_TOKEN: TOKEN }],
  ['mlflow34', '3.4.0', { MLFLOW_TRACKING_USERNAME: 'ann', MLFLOW_TRACKING_PASSWORD: TOKEN }],
] as const)('%s', (name, version, credentials) => {
  const missing = missingFor(name);
  describe.skipIf(missing)('the Python client', () => {
    let project: Project;
    let told: Record<string, Record<string, unknown>>;
    beforeAll(async () => {
      project = await startProject();
      const printed = await python(name, project, 'store_client.py', [], credentials);
      // The client prints where to look at its runs, too.
      told = JSON.parse(printed.trim().split('\n').at(-1) ?? '');
    }, PATIENCE);
    afterAll(() => endProject(project));

    test('finds in a run what it logged, from any folder', () => {
      const runId = told['run_id'] as unknown as string;
      expect(told['version']).toBe(version);
      expect(told['run']).toMatchObject({
        status: 'FINISHED',
        uri: `mlflow-artifacts:/1/${runId}/artifacts`,
        params: { maxIter: '20', 'name with space': 'ä€😀', auto59: '59' },
        accuracy: 0.8,
        nan: true,
        history: [1, 2, 3, 4, 5].map(step => [step, 1_700_000_000_000 + step, 1 / step]),
        batch: 900,
        tags: { team: 'a', auto: 'yes' },
        note: 'a note',
        inputs: [['reviews', { 'mlflow.data.context': 'training', split: 'all' }]],
        outputs: [told['model_id']],
        files,
        listed: [['notes/hello ä.txt', false, 9]],
        text: 'hello ä\n',
        table: { q: ['a', 'b'], s: [1, 2] },
      });
    });

    test('searches with filters, orders and pages', () => {
      expect(told['search']).toEqual({
        best: ['svc'],
        filtered: ['parent'],
        children: ['lr', 'svc'],
        params: ['svc'],
        dataset: ['parent'],
        paged: ['lr', 'parent', 'svc'],
        frame: 3,
        experiments: ['stack one'],
        typo: 'INVALID_PARAMETER_VALUE',
      });
    });

    test('keeps logged models', () => {
      expect(told['logged']).toMatchObject({
        found: [told['model_id']],
        status: expect.stringMatching(/READY/),
        params: { depth: '3' },
        tag: 'v',
        files: expect.arrayContaining(['MLmodel', 'python_model.pkl']),
      });
    });

    test('registers, moves, copies, loads and deletes models', () => {
      expect(told['registry']).toEqual({
        predictions: Array(4).fill([4, 8]),
        stages: { '1': 'Archived', '2': 'Production' },
        production: ['2'],
        alias: '1',
        copied: ['1', 'models:/reviews/1'],
        tagged: ['2'],
        tags: { again: 'yes', validated: 'yes' },
        models: ['copied', 'reviews'],
        description: 'all of them',
        'no alias': 'INVALID_PARAMETER_VALUE',
        'no model': 'RESOURCE_DOES_NOT_EXIST',
        taken: 'RESOURCE_ALREADY_EXISTS',
        left: [['reviews', {}, ['2']]],
      });
    });

    test('deletes, restores, renames, and is told what cannot be', () => {
      expect(told['life']).toEqual({
        'while deleted': 'INVALID_PARAMETER_VALUE',
        changed: 'INVALID_PARAMETER_VALUE',
        deleted: 'deleted',
        status: 'FAILED',
        name: 'stack-renamed',
        again: 'RESOURCE_ALREADY_EXISTS',
        traces: 'ENDPOINT_NOT_FOUND',
      });
    });

    test('asks for nothing of runs, artifacts and models that is not there', () => {
      const absent = project.server.printed.stderr.split('\n').filter(line => / (404|405|50\d) /.test(line));
      const known = /traces|experiments\/get-by-name 404|registered-models\/(get|create) 404|runs\/get 404/;
      expect(absent.filter(line => !known.test(line))).toEqual([]);
    });

    test('what it logged is what our commands read', async () => {
      const run = async (...args: string[]) => {
        const { stdout, stderr, code } = await runCli([...args, '--json'], { cwd: project.folder });
        expect([code, stderr]).toEqual([0, '']);
        return JSON.parse(stdout) as Record<string, unknown>;
      };
      const best = JSON.stringify(await run('run', 'list', '--experiment', 'stack one'));
      for (const text of ['"parent"', '"svc"', '"lr"', '0.9']) expect(best).toContain(text);
      const described = JSON.stringify(await run('run', 'describe', String(told['run_id'])));
      for (const text of ['maxIter', 'ä€😀', 'reviews']) expect(described).toContain(text);
      expect(JSON.stringify(await run('model', 'versions', 'reviews'))).toContain('described');
    });
  });
});

describe.skipIf(missingFor('mlflow317'))('four Python programs and a command at once', () => {
  const PROGRAMS = 4;
  const TIMES = 8;
  let project: Project;
  beforeAll(async () => {
    project = await startProject();
  }, PATIENCE);
  afterAll(() => endProject(project));

  test(
    'lose nothing',
    async () => {
      const call = async (route: string, body: object) => {
        const answer = await fetch(`${project.server.url}/api/2.0/mlflow/${route}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
          body: JSON.stringify(body),
        });
        expect(answer.status).toBe(200);
        return (await answer.json()) as Record<string, never>;
      };
      const { experiment_id } = await call('experiments/create', { name: 'together' });
      await call('runs/create', { experiment_id, run_name: 'shared' });
      await call('registered-models/create', { name: 'together' });
      const names = Array.from({ length: PROGRAMS }, (_, index) => `w${index}`);
      const credentials = { MLFLOW_TRACKING_TOKEN: TOKEN };
      await Promise.all(
        names.map(name => python('mlflow317', project, 'store_writer.py', [name, String(TIMES)], credentials)),
      );

      const { runs } = (await call('runs/search', {
        experiment_ids: [experiment_id],
        max_results: 1000,
      })) as unknown as {
        runs: {
          info: { run_id: string; run_name: string; status: string };
          data: { params: { key: string }[]; metrics: object[] };
        }[];
      };
      const shared = runs.find(({ info }) => info.run_name === 'shared');
      const own = runs.filter(({ info }) => info.run_name !== 'shared');
      expect(own.map(({ info }) => info.run_name).sort()).toEqual(
        names.flatMap(name => Array.from({ length: TIMES }, (_, index) => `${name}-${index}`)).sort(),
      );
      expect(
        own.every(
          ({ info, data }) => info.status === 'FINISHED' && data.params.length === 1 && data.metrics.length === 1,
        ),
      ).toBe(true);
      expect(shared?.data.params).toHaveLength(PROGRAMS * TIMES);
      const count = async (key: string) => {
        const query = new URLSearchParams({ run_id: shared?.info.run_id ?? '', metric_key: key });
        const answer = await fetch(`${project.server.url}/api/2.0/mlflow/metrics/get-history?${query}`, {
          headers: { authorization: `Bearer ${TOKEN}` },
        });
        return ((await answer.json()) as { metrics: unknown[] }).metrics.length;
      };
      expect(await count('single')).toBe(PROGRAMS * TIMES);
      for (const name of names) expect(await count(`batch-${name}`)).toBe(TIMES * 50);
      const listed = await runCli(['model', 'versions', 'together', '--json', '--limit', '1000'], {
        cwd: project.folder,
      });
      const { items } = JSON.parse(listed.stdout) as { items: { version: number }[] };
      expect(items.map(({ version }) => version).sort((a, b) => a - b)).toEqual(
        Array.from({ length: PROGRAMS * TIMES }, (_, index) => index + 1),
      );
      const texts = fs.readdirSync(path.join(project.folder, '.sentops/mlflow/artifacts'), { recursive: true });
      expect(texts.filter(file => String(file).endsWith('.txt'))).toHaveLength(PROGRAMS * TIMES);
    },
    PATIENCE,
  );
});

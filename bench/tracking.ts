/**
 * What tracking costs: the same questions asked of the same MLflow server by us and by MLflow's own command line and
 * Python client, whole processes; then the embedded store beside that client on a database of its own, and our server
 * beside MLflow's.
 *
 *   npm run bench:tracking                  prints the tables
 *   npm run bench:tracking -- --save        also writes them into docs/benchmarks.md
 *   npm run bench:tracking -- --runs 5      more runs of each; the smallest counts
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import createEmbedded from '../src/lib/tracking/embedded/tracker.ts';
import createRest from '../src/lib/tracking/rest/tracker.ts';
import type { Tracker } from '../src/lib/tracking/types.ts';
import { createTestContext } from '../test/helpers/extension-context.ts';
import { startMlflowServer } from '../test/helpers/mlflow-server.ts';
import { installTarball } from '../test/helpers/pack.ts';
import { pythonEnvironment } from '../test/helpers/python.ts';
import { cleanEnv, pinnedNode } from '../test/helpers/run-cli.ts';
import { type Measured, measureRun } from './measure.ts';
import { openResults } from './results.ts';

const EXPERIMENT = 'bench';
const ARTIFACT_BYTES = 50_000_000;
const API = '/api/2.0/mlflow';
const FILTER = "metrics.f1 > 0.5 and params.depth = '3'";

interface World {
  readonly folder: string;
  readonly bin: string;
  readonly python: string;
  readonly runs: number;
}

const results = openResults('tracking');

async function main(): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-bench-tracking-'));
  const { python } = await pythonEnvironment('spark4');
  const world: World = { folder, bin: await ownInstallation(folder), python, runs: Number(optionValue('--runs') ?? 3) };
  results.say(
    `${os.availableParallelism()} × ${os.cpus()[0]?.model}, ${os.platform()} ${os.arch()}, Node.js ${process.version}, load ${os.loadavg()[0]?.toFixed(1)} at the start.`,
  );
  try {
    await againstServer(world);
    await embedded(world);
    results.save();
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** A copy of the installed package: the shared one gives way to newer ones while this runs. */
async function ownInstallation(folder: string): Promise<string> {
  const { prefix, bin } = await installTarball();
  fs.cpSync(prefix, path.join(folder, 'prefix'), { recursive: true, verbatimSymlinks: true });
  return path.join(folder, 'prefix', path.relative(prefix, bin));
}

async function againstServer(world: World): Promise<void> {
  const started = performance.now();
  const server = await startMlflowServer({ version: '3.17.2' });
  const ready = (performance.now() - started) / 1000;
  try {
    const database = path.join(server.folder, 'mlflow.db');
    const tracker = await openEmbedded(database);
    const runId = await seed(tracker, 1000, 'mlflow-artifacts:/bench');
    await tracker.close();
    const big = path.join(world.folder, 'big.bin');
    fs.writeFileSync(big, randomBytes(ARTIFACT_BYTES));
    const upload = await ours(world, ['artifact', 'upload', big, '--run', runId], server.uri);
    if (!upload.output.includes('big.bin')) throw new Error(`the file was not uploaded: ${upload.output}`);
    results.say('### The same MLflow server: 1,000 runs with 5 metrics and 5 parameters each');
    results.say(
      '`bare requests` is what the server needs for the requests that cannot be saved, asked by `fetch` in a process that runs already: nobody can be faster than that.',
    );
    results.table(await askBoth(world, server.uri, runId));
    results.say('### Servers');
    results.table(await compareServers(world, server.uri, ready, server.pid));
  } finally {
    await server.stop();
  }
}

interface Task {
  readonly title: string;
  readonly ours: readonly string[];
  /** The same asked of MLflow, in each way that it has. */
  readonly peers: Readonly<Record<string, readonly string[]>>;
  /** The requests that cannot be saved. */
  bare(): Promise<unknown>;
}

async function askBoth(world: World, uri: string, runId: string): Promise<object[]> {
  const rows = [];
  for (const { title, ours: args, peers, bare } of await listTasks(world, uri, runId)) {
    const mine = await ours(world, args, uri);
    let server = Number.POSITIVE_INFINITY;
    for (let turn = 0; turn < world.runs; turn++) server = Math.min(server, await secondsOf(bare));
    for (const [peer, argv] of Object.entries(peers)) {
      const theirs = await best(world, argv, { MLFLOW_TRACKING_URI: uri, MLFLOW_DISABLE_TELEMETRY: 'true' });
      rows.push({
        task: title,
        'wall s': mine.wall.toFixed(2),
        'CPU s': mine.cpu.toFixed(2),
        MB: megabytes(mine.memory),
        'bare requests, s': server.toFixed(2),
        peer,
        'its wall s': theirs.wall.toFixed(2),
        'its CPU s': theirs.cpu.toFixed(2),
        'its MB': megabytes(theirs.memory),
        'wall, ours = 1': (theirs.wall / mine.wall).toFixed(1),
        'CPU, ours = 1': (theirs.cpu / mine.cpu).toFixed(1),
      });
    }
  }
  return rows;
}

async function listTasks(world: World, uri: string, runId: string): Promise<Task[]> {
  const mlflow = path.join(path.dirname(world.python), 'mlflow');
  const client = (...args: string[]) => [world.python, path.join(import.meta.dirname, 'tracking-peer.py'), ...args];
  const into = path.join(world.folder, 'theirs');
  const from = ['--run-id', runId, '--artifact-path', 'big.bin', '--dst-path', into];
  const to = ['--run', runId, '--path', 'big.bin', '-d', path.join(world.folder, 'ours')];
  const find = () => askBare(`${uri}${API}/experiments/get-by-name?experiment_name=${EXPERIMENT}`);
  const search = async (body: object) => {
    const { experiment } = JSON.parse((await find()).toString()) as { experiment: { experiment_id: string } };
    return await askBare(`${uri}${API}/runs/search`, { experiment_ids: [experiment.experiment_id], ...body });
  };
  return [
    {
      title: 'list experiments',
      ours: ['experiment', 'list'],
      peers: { 'mlflow CLI': [mlflow, 'experiments', 'search'], 'Python client': client('experiments', uri) },
      bare: () => askBare(`${uri}${API}/experiments/search`, { max_results: 1000 }),
    },
    {
      title: '1,000 runs with metrics',
      ours: ['run', 'list', '--experiment', EXPERIMENT, '--limit', '1000', '--json'],
      peers: { 'Python client': client('list', uri, EXPERIMENT) },
      bare: () => search({ max_results: 1000 }),
    },
    {
      title: 'best run',
      ours: ['run', 'best', '--metric', 'f1', '--experiment', EXPERIMENT],
      peers: { 'Python client': client('best', uri, EXPERIMENT, 'f1') },
      bare: () => search({ max_results: 1, order_by: ['metrics.f1 DESC'] }),
    },
    {
      title: 'download 50 MB',
      ours: ['artifact', 'download', ...to],
      peers: {
        'mlflow CLI': [mlflow, 'artifacts', 'download', ...from],
        'Python client': client('download', uri, runId, 'big.bin', into),
      },
      bare: () => askBare(`${uri}/api/2.0/mlflow-artifacts/artifacts/bench/${runId}/artifacts/big.bin`),
    },
  ];
}

async function askBare(url: string, body?: object): Promise<Buffer> {
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch(url, body === undefined ? {} : post);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/** A start, and 10,000 metrics in batches of 1,000 through our REST client. */
async function compareServers(world: World, uri: string, ready: number, pid: number | undefined): Promise<object[]> {
  const own = await startOwn(world);
  try {
    return [
      {
        server: 'sentops store serve',
        'ready s': own.ready.toFixed(2),
        MB: megabytes(memoryOf(own.child.pid)),
        '10,000 metrics, s': (await logThrough(own.uri)).toFixed(2),
      },
      {
        server: 'mlflow server, 1 worker',
        'ready s': ready.toFixed(2),
        MB: megabytes(memoryOf(pid)),
        '10,000 metrics, s': (await logThrough(uri)).toFixed(2),
      },
      { server: 'node -e 0', 'ready s': (await best(world, [pinnedNode(), '-e', '0'], {})).wall.toFixed(2) },
    ];
  } finally {
    const gone = new Promise(resolve => own.child.once('exit', resolve));
    own.child.kill('SIGTERM');
    await gone;
  }
}

async function startOwn(world: World): Promise<{ child: ChildProcess; uri: string; ready: number }> {
  const started = performance.now();
  const args = [world.bin, 'store', 'serve', '--port', '0', '--json'];
  const child = spawn(pinnedNode(), args, {
    cwd: world.folder,
    env: cleanEnv(world.folder),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    text += chunk;
    const uri = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
    if (uri === undefined) continue;
    child.stdout.resume();
    await fetch(`${uri}/health`);
    return { child, uri, ready: (performance.now() - started) / 1000 };
  }
  throw new Error(`store serve ended: ${text}`);
}

async function logThrough(uri: string): Promise<number> {
  const context = createTestContext({ cwd: os.tmpdir(), env: { HOME: os.tmpdir() } });
  const tracker = await createRest({ uri, mode: 'write' }, context);
  try {
    return await logMetrics(tracker);
  } finally {
    await tracker.close();
  }
}

async function logMetrics(tracker: Tracker): Promise<number> {
  const experimentId = await tracker.experiments.create({ name: `metrics-${randomBytes(4).toString('hex')}` });
  const { runId } = await tracker.runs.create({ experimentId });
  const timestamp = Date.now();
  const metrics = Array.from({ length: 10_000 }, (_, step) => ({
    key: 'loss',
    value: 1 / (step + 1),
    step,
    timestamp,
  }));
  return await secondsOf(() => tracker.runs.log(runId, { metrics }));
}

async function embedded(world: World): Promise<void> {
  const database = path.join(world.folder, 'own', 'mlflow.db');
  const tracker = await openEmbedded(database);
  const mine = Math.min(await logMetrics(tracker), await logMetrics(tracker));
  await seed(tracker, 10_000);
  await tracker.close();
  const uri = `sqlite:///${database}`;
  const script = path.join(import.meta.dirname, 'tracking-peer.py');
  const query = ['run', 'list', '--experiment', EXPERIMENT, '--filter', FILTER, '--order-by', 'metrics.f1 DESC'];
  const start = await ours(world, ['version'], uri);
  const search = await ours(world, [...query, '--limit', '100', '--json'], uri);
  // The client migrates the database: it gets one of its own.
  const theirs = path.join(world.folder, 'theirs.db');
  fs.copyFileSync(database, theirs);
  const peer = (...args: string[]) =>
    best(world, [world.python, script, ...args], { MLFLOW_DISABLE_TELEMETRY: 'true' });
  const logged = Number((await peer('metrics', `sqlite:///${theirs}`)).output);
  const searched = await peer('search', `sqlite:///${theirs}`, EXPERIMENT, FILTER);
  const spent = search.wall - start.wall;
  results.say('### The embedded store beside the Python client on a database, without the start of either');
  results.table([
    {
      task: '10,000 metrics',
      'wall s': mine.toFixed(3),
      'Python client, s': logged.toFixed(2),
      ratio: (logged / mine).toFixed(0),
    },
    {
      task: 'search among 10,000 runs',
      'wall s': spent.toFixed(3),
      'Python client, s': Number(searched.output.split(' ')[0]).toFixed(2),
      ratio: (Number(searched.output.split(' ')[0]) / spent).toFixed(0),
    },
  ]);
}

async function openEmbedded(file: string): Promise<Tracker> {
  const context = createTestContext({ cwd: path.dirname(file), env: { HOME: os.tmpdir() } });
  return await createEmbedded({ uri: `sqlite:///${file}`, mode: 'write', file }, context);
}

/** The id of one of the runs. */
async function seed(tracker: Tracker, count: number, artifactLocation?: string): Promise<string> {
  const location = artifactLocation === undefined ? {} : { artifactLocation };
  const experimentId = await tracker.experiments.create({ name: EXPERIMENT, ...location });
  let last = '';
  for (let at = 0; at < count; at++) {
    const { runId } = await tracker.runs.create({ experimentId, name: `run-${at}` });
    const names = ['accuracy', 'auc', 'f1', 'precision', 'recall'];
    const metrics = names.map((key, index) => ({
      key,
      value: ((at * 7 + index * 13) % 997) / 997,
      step: 0,
      timestamp: 1,
    }));
    const params = { depth: String(at % 7), trees: '10', seed: String(at), maxBins: '32', input: 'reviews.csv' };
    await tracker.runs.log(runId, { metrics, params });
    await tracker.runs.update(runId, { status: 'FINISHED' });
    last = runId;
  }
  return last;
}

function ours(world: World, args: readonly string[], uri: string): Promise<Measured> {
  return best(world, [pinnedNode(), world.bin, ...args], { MLFLOW_TRACKING_URI: uri });
}

/** The run with the smallest wall time; what it downloads is removed in between. */
async function best({ folder, runs, python }: World, argv: readonly string[], env: object): Promise<Measured> {
  const run = {
    argv,
    cwd: folder,
    env: { ...cleanEnv(folder), PATH: `${path.dirname(python)}:/usr/bin:/bin`, ...env },
  };
  let smallest: Measured | undefined;
  for (let turn = 0; turn < runs; turn++) {
    for (const name of ['ours', 'theirs']) fs.rmSync(path.join(folder, name), { recursive: true, force: true });
    const measured = await measureRun(run);
    if (smallest === undefined || measured.wall < smallest.wall) smallest = measured;
  }
  if (smallest === undefined) throw new Error('--runs must be at least 1');
  return smallest;
}

/** Resident bytes of a process and of everything that it started. */
function memoryOf(pid: number | undefined): number {
  const read = (file: string) => fs.readFileSync(file, 'utf8');
  const children = read(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number);
  const own = Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
  return children.reduce((sum, child) => sum + memoryOf(child), own);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

function optionValue(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at === -1 ? undefined : process.argv[at + 1];
}

await main();

/**
 * What moving and checking data costs: the same files to and from the same emulator of Google Cloud Storage by us,
 * gsutil, Google's Python client and Google's Node.js client, each a whole process; then one pass of checks beside
 * pandas, and unpacking beside unzip and Python.
 *
 *   npm run bench:transfer                  prints the tables
 *   npm run bench:transfer -- --save        also writes them into docs/benchmarks.md
 *   npm run bench:transfer -- --runs 5      more runs of each; the one with the least processor time counts
 *   npm run bench:transfer -- --only small  one part: big, small, checks, unpack, sync
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startFakeGcsServer } from '../test/helpers/fake-gcs-server.ts';
import { installTool } from '../test/helpers/npm-tool.ts';
import { copyInstallation } from '../test/helpers/pack.ts';
import { pythonEnvironment } from '../test/helpers/python.ts';
import { cleanEnv, pinnedNode } from '../test/helpers/run-cli.ts';
import { sentiment140 } from '../test/helpers/sentiment140.ts';
import { type Measured, measureRun } from './measure.ts';
import { openResults } from './results.ts';

const BUCKET = 'bench';
const BIG_BYTES = 500 * 1024 * 1024;
const FILES = 2000;
const FILE_BYTES = 8 * 1024;

interface World {
  readonly folder: string;
  readonly bin: string;
  readonly runs: number;
  readonly gcs: string;
  readonly pandas: string;
  /** Folder whose node_modules hold the client. */
  readonly client: string;
}

const results = openResults('transfer');

async function main(): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-bench-transfer-'));
  const world: World = {
    folder,
    bin: await copyInstallation(folder),
    runs: Number(optionValue('--runs') ?? 3),
    gcs: path.dirname((await pythonEnvironment('gcs')).python),
    pandas: (await pythonEnvironment('spark4')).python,
    client: installTool('@google-cloud/storage', '8.4.0'),
  };
  results.say(
    `${os.availableParallelism()} × ${os.cpus()[0]?.model}, ${os.platform()} ${os.arch()}, Node.js ${process.version}, load ${os.loadavg()[0]?.toFixed(1)} at the start.`,
  );
  const parts = { big, small, checks, unpack, sync };
  const only = optionValue('--only');
  try {
    for (const [name, part] of Object.entries(parts)) if (only === undefined || only === name) await part(world);
    results.save();
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function big(world: World): Promise<void> {
  await withServer(world, async server => {
    const file = path.join(world.folder, 'big.bin');
    writeRandom(file, BIG_BYTES);
    const back = path.join(world.folder, 'back.bin');
    const uri = (who: string) => `gs://${BUCKET}/${who}.bin`;
    results.say('### One file of 500 MiB, to and from the same server, with CRC-32C');
    results.table(
      await compare(world, 'up', {
        'sentops storage cp': server.ours(['storage', 'cp', file, uri('ours'), '-q']),
        'Python client': server.python(['up', file, BUCKET, 'python.bin']),
        'Node.js client': server.node(['up', file, BUCKET, 'node.bin']),
        'gsutil cp': server.gsutil(['cp', file, uri('gsutil')]),
      }),
    );
    const clear = () => fs.rmSync(back, { force: true });
    results.table(
      await compare(
        world,
        'down',
        {
          'sentops storage cp': server.ours(['storage', 'cp', uri('ours'), back, '-q']),
          'Python client': server.python(['down', BUCKET, 'ours.bin', back]),
          'Node.js client': server.node(['down', BUCKET, 'ours.bin', back]),
          'gsutil cp': server.gsutil(['cp', uri('ours'), back]),
        },
        clear,
      ),
    );
    fs.rmSync(file);
  });
}

async function small(world: World): Promise<void> {
  await withServer(world, async server => {
    const folder = path.join(world.folder, 'small');
    fs.mkdirSync(folder);
    for (let at = 0; at < FILES; at++) fs.writeFileSync(path.join(folder, `part-${at}.bin`), randomBytes(FILE_BYTES));
    const back = path.join(world.folder, 'back');
    const clear = () => {
      fs.rmSync(back, { recursive: true, force: true });
      fs.mkdirSync(back);
    };
    results.say('### 2,000 files of 8 KiB, to and from the same server, with CRC-32C');
    results.table(
      await compare(world, 'up', {
        'sentops storage cp -r': server.ours(['storage', 'cp', '-r', `${folder}/`, `gs://${BUCKET}/ours/`, '-q']),
        'Python client, 16 threads': server.python(['up-many', folder, BUCKET, 'python']),
        'Node.js client, 16 at a time': server.node(['up-many', folder, BUCKET, 'node']),
        'gsutil -m cp -r': server.gsutil(['-m', 'cp', '-r', folder, `gs://${BUCKET}/gsutil`]),
      }),
    );
    results.table(
      await compare(
        world,
        'down',
        {
          'sentops storage cp -r': server.ours(['storage', 'cp', '-r', `gs://${BUCKET}/python/`, `${back}/`, '-q']),
          'Python client, 16 threads': server.python(['down-many', BUCKET, 'python', back]),
          'Node.js client, 16 at a time': server.node(['down-many', BUCKET, 'python', back]),
          'gsutil -m cp -r': server.gsutil(['-m', 'cp', '-r', `gs://${BUCKET}/python`, back]),
        },
        clear,
      ),
    );
  });
}

async function checks(world: World): Promise<void> {
  const file = path.join(world.folder, 'rows.csv');
  const bytes = sentiment140(file, 1_600_000);
  const env = cleanEnv(world.folder);
  const run = (...argv: string[]) => ({ argv, env, cwd: world.folder });
  results.say(`### Checks of a CSV of ${(bytes / 1e6).toFixed(0)} MB and 1.6 million rows, one pass`);
  const rows = await compare(world, 'check', {
    'sentops dataset validate': run(pinnedNode(), world.bin, 'dataset', 'validate', file, '--json'),
    'sentops dataset profile': run(pinnedNode(), world.bin, 'dataset', 'profile', file, '--json'),
    'pandas: read, nulls, duplicates, labels, lengths': run(
      world.pandas,
      path.join(import.meta.dirname, 'checks-peer.py'),
      file,
    ),
  });
  results.table(rows.map(row => ({ ...row, 'MB per CPU s': (bytes / 1e6 / Number(row['CPU s'])).toFixed(0) })));
  fs.rmSync(file);
}

async function unpack(world: World): Promise<void> {
  const csv = path.join(world.folder, 'rows.csv');
  const bytes = sentiment140(csv, 1_600_000);
  const archive = path.join(world.folder, 'rows.zip');
  execFileSync('python3', ['-m', 'zipfile', '-c', archive, csv]);
  results.say(`### Unpacking a zip of ${(bytes / 1e6).toFixed(0)} MB; ours also takes the SHA-256 of each file`);
  results.table(await unpackWith(world, archive));
  const parts = path.join(world.folder, 'parts');
  fs.mkdirSync(parts);
  const rows = fs.openSync(csv, 'r');
  const part = Buffer.alloc(FILE_BYTES);
  for (let at = 0; at < FILES; at++) {
    fs.readSync(rows, part, 0, FILE_BYTES, at * FILE_BYTES);
    fs.writeFileSync(path.join(parts, `part-${at}.csv`), part);
  }
  fs.closeSync(rows);
  fs.rmSync(csv);
  execFileSync('python3', ['-m', 'zipfile', '-c', archive, parts]);
  results.say(
    `### Unpacking a zip of ${FILES.toLocaleString('en')} files of 8 KiB; ours also sees to it that they are on the disk`,
  );
  results.table(await unpackWith(world, archive));
}

function unpackWith(world: World, archive: string): Promise<Record<string, string>[]> {
  const into = path.join(world.folder, 'unpacked');
  const clear = () => fs.rmSync(into, { recursive: true, force: true });
  // The sources without the work of stripping their types, as the package has none: the first run fills the cache.
  const env = { ...cleanEnv(world.folder), NODE_COMPILE_CACHE: path.join(world.folder, 'compiled') };
  const run = (...argv: string[]) => ({ argv, env, cwd: world.folder });
  const script = path.join(import.meta.dirname, 'unpack.ts');
  return compare(
    world,
    'unpack',
    {
      'sentops, as in dataset download --unzip': run(pinnedNode(), script, archive, into),
      ...(hasUnzip() ? { unzip: run('unzip', '-q', archive, '-d', into) } : {}),
      'Python zipfile, as the kaggle CLI': run('python3', '-m', 'zipfile', '-e', archive, into),
      'node -e 0': run(pinnedNode(), '-e', '0'),
    },
    clear,
  );
}

async function sync(world: World): Promise<void> {
  await withServer(world, async server => {
    const source = path.join(world.folder, 'training.csv');
    const bytes = sentiment140(source, 1_600_000);
    const ref = ['--source', 'local', '--dataset', source];
    const to = ['--gcs-bucket', `gs://${BUCKET}`, '--gcs-prefix', 'data_raw/sentiment140'];
    results.say(
      `### A file of ${(bytes / 1e6).toFixed(0)} MB and 1.6 million rows in the form of Sentiment140, end to end`,
    );
    const rows = [];
    const tasks = {
      'dataset sync, to a folder and to gs://': ['dataset', 'sync', ...ref, ...to, '--output-dir', 'raw', '--json'],
      'the same again': ['dataset', 'sync', ...ref, ...to, '--output-dir', 'raw', '--json'],
      'dataset validate gs://…': ['dataset', 'validate', `gs://${BUCKET}/data_raw/sentiment140/training.csv`, '--json'],
    };
    for (const [task, args] of Object.entries(tasks)) rows.push(show(task, await measureRun(server.ours(args))));
    results.table(rows);
  });
}

type Run = Parameters<typeof measureRun>[0];

interface Server {
  ours(args: readonly string[]): Run;
  python(args: readonly string[]): Run;
  node(args: readonly string[]): Run;
  gsutil(args: readonly string[]): Run;
}

/** A new emulator for each part: what it holds is in its memory. */
async function withServer(world: World, work: (server: Server) => Promise<void>): Promise<void> {
  const server = await startFakeGcsServer({ https: true });
  try {
    const made = await fetch(`${server.uri}/storage/v1/b?project=bench`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: BUCKET }),
    });
    if (!made.ok) throw new Error(`no bucket: ${made.status}`);
    const env = { ...cleanEnv(world.folder), STORAGE_EMULATOR_HOST: server.uri };
    const run = (argv: readonly string[], more: Readonly<Record<string, string>> = {}): Run => ({
      argv,
      cwd: world.folder,
      env: { ...env, ...more },
    });
    const boto = path.join(world.folder, 'boto');
    fs.writeFileSync(boto, botoFile(server.httpsUri ?? '', world.folder));
    const script = (name: string) => path.join(import.meta.dirname, name);
    await work({
      ours: args => run([pinnedNode(), world.bin, ...args]),
      python: args => run([path.join(world.gcs, 'python'), script('transfer-peer.py'), ...args]),
      node: args => run([pinnedNode(), script('transfer-peer.mjs'), world.client, server.uri, ...args]),
      gsutil: args => run([path.join(world.gcs, 'gsutil'), ...args], { BOTO_CONFIG: boto }),
    });
  } finally {
    await server.stop();
  }
}

/** gsutil reaches an emulator by https only. */
function botoFile(uri: string, folder: string): string {
  const { hostname, port } = new URL(uri);
  return [
    '[Credentials]',
    `gs_json_host = ${hostname}`,
    `gs_json_port = ${port}`,
    'gs_host = none',
    '[Boto]',
    'https_validate_certificates = False',
    '[GSUtil]',
    `state_dir = ${path.join(folder, 'gsutil')}`,
    'default_project_id = bench',
    'software_update_check_period = 0',
    '',
  ].join('\n');
}

/** Each in turn, round by round; of each the run with the least processor time. */
async function compare(
  { runs }: World,
  task: string,
  rows: Readonly<Record<string, Run>>,
  clear: () => void = () => {},
): Promise<Record<string, string>[]> {
  const best = new Map<string, Measured>();
  for (let turn = 0; turn < runs; turn++) {
    for (const [name, run] of Object.entries(rows)) {
      clear();
      const measured = await measureRun(run);
      if (measured.cpu < (best.get(name)?.cpu ?? Number.POSITIVE_INFINITY)) best.set(name, measured);
    }
  }
  const [mine] = best.values();
  if (mine === undefined) throw new Error('--runs must be at least 1');
  return [...best].map(([name, measured]) => ({
    task,
    ...show(name, measured),
    'CPU, ours = 1': (measured.cpu / mine.cpu).toFixed(1),
  }));
}

function show(name: string, { wall, cpu, memory }: Measured): Record<string, string> {
  return { program: name, 'wall s': wall.toFixed(2), 'CPU s': cpu.toFixed(2), MB: (memory / 1e6).toFixed(0) };
}

function writeRandom(file: string, bytes: number): void {
  const handle = fs.openSync(file, 'w');
  const block = 8 * 1024 * 1024;
  for (let at = 0; at < bytes; at += block) fs.writeSync(handle, randomBytes(Math.min(block, bytes - at)));
  fs.closeSync(handle);
}

function hasUnzip(): boolean {
  return (process.env['PATH'] ?? '').split(path.delimiter).some(folder => fs.existsSync(path.join(folder, 'unzip')));
}

function optionValue(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at === -1 ? undefined : process.argv[at + 1];
}

await main();

/**
 * What `sentops train --models ngram` costs and reaches beside its peers, each measured as a whole process in one run:
 * Vowpal Wabbit, NB-SVM of scikit-learn, and the reference pipeline on PySpark.
 *
 *   npm run bench:train                        IMDB and Sentiment140, with growth
 *   npm run bench:train -- --only imdb         one of imdb, s140, growth
 *   npm run bench:train -- --peers vw,spark    some of vw, nbsvm, spark; none for ours alone
 *   npm run bench:train -- --bin FILE          another sentops than the packed and installed one
 *
 * Data comes from SENTOPS_DATA (or ../shared/data). Python interpreters for the peers: SENTOPS_PYTHON, several
 * separated as in PATH; the first one that can import a peer runs it.
 */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { shuffle } from '../src/lib/learn/ngram/random.ts';
import { installTarball } from '../test/helpers/pack.ts';

interface Task {
  readonly name: string;
  readonly train: string;
  readonly test: string;
  readonly text: string;
  readonly label: string;
  readonly positive: string;
}

interface Run {
  readonly name: string;
  readonly code: number;
  readonly wall: number;
  readonly cpu: number;
  readonly memory: number;
  readonly output: string;
  readonly complaints: string;
}

interface Command {
  readonly name: string;
  readonly argv: readonly string[];
}

const PEERS = [
  { name: 'Vowpal Wabbit', id: 'vw', module: 'vowpalwabbit' },
  { name: 'NB-SVM, scikit-learn', id: 'nbsvm', module: 'sklearn' },
  { name: 'PySpark, reference', id: 'spark', module: 'pyspark' },
] as const;
const data = process.env['SENTOPS_DATA'] ?? path.join(import.meta.dirname, '..', '..', 'shared', 'data');
const TEST_ROWS = 8000;
const SEED = 42;

async function main(): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-bench-train-'));
  try {
    const bin = optionValue('--bin') ?? (await installTarball()).bin;
    const only = optionValue('--only');
    const pythons = listPythons();
    console.log(
      `${os.availableParallelism()} processors, Node.js ${process.version}, load ${os.loadavg()[0]?.toFixed(1)}`,
    );
    if (!only || only === 'imdb') await compare(imdb(folder), bin, pythons, folder);
    if (!only || only === 's140') await compare(sentiment140(folder), bin, pythons, folder);
    if (!only || only === 'growth') await grow(bin, pythons, folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(task: Task | undefined, bin: string, pythons: readonly string[], folder: string): Promise<void> {
  if (!task) return;
  const ours = { name: 'sentops ngram', argv: oursArgv(bin, task, folder) };
  const peers = findPeers(task, pythons, folder);
  const runs = await measure([ours, ...peers], folder, pythons);
  const [own] = runs;
  console.log(`\n${task.name}`);
  console.table(
    runs.map(run => ({
      trainer: run.name,
      ...metricsOf(run),
      'wall s': run.wall.toFixed(2),
      'CPU s': run.cpu.toFixed(2),
      MB: Math.round(run.memory / 2 ** 20),
      'wall, ours = 1': own ? (run.wall / own.wall).toFixed(2) : '-',
      'CPU, ours = 1': own ? (run.cpu / own.cpu).toFixed(2) : '-',
    })),
  );
}

/** The same rows again and again: time must grow as they do, memory must not. */
async function grow(bin: string, pythons: readonly string[], folder: string): Promise<void> {
  const task = sentiment140(folder);
  if (!task) return;
  const [head = '', ...rows] = fs.readFileSync(task.train, 'utf8').split('\n');
  const commands: Command[] = [];
  for (const count of [10_000, 100_000, 400_000, 1_600_000]) {
    const file = path.join(folder, `rows-${count}.csv`);
    fs.writeFileSync(file, `${head}\n`);
    for (let left = count; left > 0; left -= rows.length - 1)
      fs.appendFileSync(file, `${rows.slice(0, Math.min(left, rows.length - 1)).join('\n')}\n`);
    commands.push({ name: `${count}`, argv: oursArgv(bin, { ...task, train: file }, folder) });
  }
  const runs = await measure(commands, folder, pythons);
  console.log('\nGrowth, Sentiment140 repeated');
  console.table(
    runs.map(run => ({
      rows: run.name,
      'wall s': run.wall.toFixed(2),
      'CPU s': run.cpu.toFixed(2),
      'CPU us / row': ((run.cpu * 1e6) / Number(run.name)).toFixed(1),
      MB: Math.round(run.memory / 2 ** 20),
    })),
  );
}

function oursArgv(bin: string, task: Task, folder: string): string[] {
  return [
    ...[process.execPath, bin, 'train', '--models', 'ngram', '--backend', 'local', '--json'],
    ...['--input', task.train, '--test-input', task.test, '--output', path.join(folder, 'models')],
    ...['--text-column', task.text, '--label-column', task.label],
  ];
}

function findPeers(task: Task, pythons: readonly string[], folder: string): Command[] {
  const script = path.join(import.meta.dirname, 'train-peer.py');
  const wanted = optionValue('--peers')?.split(',') ?? PEERS.map(({ id }) => id);
  return PEERS.filter(({ id }) => wanted.includes(id)).flatMap(({ name, id, module }) => {
    const python = pythons.find(one => spawnSync(one, ['-c', `import ${module}`]).status === 0);
    if (python) {
      const { train, test, text, label, positive } = task;
      return [{ name, argv: [python, script, id, train, test, text, label, positive, folder] }];
    }
    console.log(`${name} is left out: no Python of SENTOPS_PYTHON can import ${module}`);
    return [];
  });
}

async function measure(commands: readonly Command[], cwd: string, pythons: readonly string[]): Promise<Run[]> {
  const env = { ...process.env, HOME: cwd, SENTOPS_NO_UPDATE: '1' };
  const child = spawn(pythons[0] ?? 'python3', [path.join(import.meta.dirname, 'train-times.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify({ runs: commands.map(command => ({ ...command, env, cwd })) }));
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  const lines = Buffer.concat(chunks).toString('utf8').split('\n');
  const runs = lines.filter(Boolean).map(line => JSON.parse(line) as Run);
  for (const run of runs)
    if (run.code !== 0) console.log(`${run.name} ended with exit code ${run.code}:\n${run.complaints}${run.output}`);
  return runs.filter(run => run.code === 0);
}

/** Ours prints an envelope with its models, a peer one line. */
function metricsOf(run: Run): Record<string, string> {
  const found = /"accuracy":\s*([\d.]+)/.exec(run.output);
  const area = /"auc":\s*([\d.]+)/.exec(run.output);
  const show = (match: RegExpExecArray | null) => (match ? Number(match[1]).toFixed(4) : '-');
  return { accuracy: show(found), AUC: show(area) };
}

function imdb(folder: string): Task | undefined {
  const [train, test] = ['imdb_train25k.csv', 'imdb_test25k.csv'].map(name => unpack(`${name}.zst`, folder, name));
  if (!train || !test) return undefined;
  return { name: 'IMDB, official split', train, test, text: 'review', label: 'sentiment', positive: 'positive' };
}

/** A seeded part of the tweets is the test; no tweet has a line break. */
function sentiment140(folder: string): Task | undefined {
  const all = unpack('s140_train_all.csv.gz', folder, 's140.csv');
  if (!all) return undefined;
  const [head = '', ...rows] = fs.readFileSync(all, 'utf8').trimEnd().split('\n');
  const order = Int32Array.from(rows, (_, row) => row);
  shuffle(order, SEED);
  const write = (name: string, chosen: Int32Array) => {
    const file = path.join(folder, name);
    fs.writeFileSync(file, `${[head, ...Array.from(chosen, row => rows[row])].join('\n')}\n`);
    return file;
  };
  const test = write('s140-test.csv', order.subarray(0, TEST_ROWS));
  const train = write('s140-train.csv', order.subarray(TEST_ROWS));
  return { name: 'Sentiment140, 8,000 of the rows to test', train, test, text: 'text', label: 'label', positive: '1' };
}

function unpack(name: string, folder: string, as: string): string | undefined {
  const source = path.join(data, name);
  if (!fs.existsSync(source)) {
    console.log(`left out: ${name} is not in ${data}; set SENTOPS_DATA to the folder that has it`);
    return undefined;
  }
  const target = path.join(folder, as);
  if (fs.existsSync(target)) return target;
  const bytes = fs.readFileSync(source);
  fs.writeFileSync(target, name.endsWith('.zst') ? zstdDecompressSync(bytes) : gunzipSync(bytes));
  return target;
}

function listPythons(): string[] {
  const given = (process.env['SENTOPS_PYTHON'] ?? '').split(path.delimiter).filter(Boolean);
  return given.length > 0 ? given : ['python3'];
}

function optionValue(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

await main();

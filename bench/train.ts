/**
 * What `sentops train --models ngram` costs and reaches beside its peers, each measured as a whole process in one run:
 * Vowpal Wabbit, NB-SVM of scikit-learn, and the reference pipeline on PySpark.
 *
 *   npm run bench:train                        IMDB and Sentiment140, with growth
 *   npm run bench:train -- --save              also writes the tables into docs/benchmarks.md
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
import { openResults } from './results.ts';

interface Task {
  readonly name: string;
  readonly train: string;
  readonly test: string;
  /** The same files as they are stored, for ours: the peers cannot read them. */
  readonly packed?: { readonly train: string; readonly test: string };
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
const GROWTH = [10_000, 100_000, 400_000, 1_600_000];
const SEED = 42;

async function main(): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-bench-train-'));
  try {
    const bin = optionValue('--bin') ?? (await installTarball()).bin;
    const only = optionValue('--only');
    const pythons = listPythons();
    const results = openResults('train');
    const add = (part: string | undefined) => {
      if (part !== undefined) results.say(part);
    };
    results.say(describeMachine());
    if (!only || only === 'imdb') add(await compare(imdb(folder), bin, pythons, folder));
    if (!only || only === 's140') add(await compare(sentiment140(folder), bin, pythons, folder));
    if (!only || only === 'growth') add(await grow(bin, pythons, folder));
    results.save();
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function describeMachine(): string {
  const cpu = os.cpus()[0]?.model.trim() ?? 'unknown processor';
  const load = os.loadavg()[0]?.toFixed(1);
  return `${os.availableParallelism()} × ${cpu}, ${os.platform()} ${os.arch()}, Node.js ${process.version}, load ${load} at the start.`;
}

async function compare(
  task: Task | undefined,
  bin: string,
  pythons: readonly string[],
  folder: string,
): Promise<string | undefined> {
  if (!task) return undefined;
  const ours = { name: 'sentops ngram', argv: oursArgv(bin, task, folder) };
  // The peers keep no record of what they did; what it costs is a row of its own.
  const recorded = {
    name: 'sentops ngram, recorded',
    argv: oursArgv(bin, task, folder).filter(word => word !== '--no-track'),
  };
  const peers = findPeers(task, pythons, folder);
  const runs = await measure([ours, recorded, ...peers], folder, pythons);
  const own = runs.find(({ name }) => name === ours.name);
  const ratio = (value: number, unit: number | undefined) => (unit === undefined ? '' : (value / unit).toFixed(2));
  return drawTable(
    task.name,
    ['trainer', 'accuracy', 'AUC', 'wall s', 'CPU s', 'peak MB', 'wall, ours = 1', 'CPU, ours = 1'],
    runs.flatMap(run => [
      [...[run.name, ...metricsOf(run), ...costsOf(run)], ...[ratio(run.wall, own?.wall), ratio(run.cpu, own?.cpu)]],
      ...alone(run).map(({ wall, cpu }) => [
        ...[`${run.name}, without reading CSV`, '', '', wall.toFixed(2), cpu.toFixed(2), ''],
        ...[ratio(wall, own?.wall), ratio(cpu, own?.cpu)],
      ]),
    ]),
  );
}

/** What a peer needs for its work once its input lies before it in its own format, where it says so. */
function alone({ output }: Run): { wall: number; cpu: number }[] {
  const [wall, cpu] = [/"alone_wall":\s*([\d.]+)/, /"alone_cpu":\s*([\d.]+)/].map(pattern => pattern.exec(output)?.[1]);
  return wall === undefined || cpu === undefined ? [] : [{ wall: Number(wall), cpu: Number(cpu) }];
}

/** The same rows again and again: time must grow as they do, memory must not. */
async function grow(bin: string, pythons: readonly string[], folder: string): Promise<string | undefined> {
  const task = sentiment140(folder);
  if (!task) return undefined;
  const [head = '', ...rows] = fs.readFileSync(task.train, 'utf8').trimEnd().split('\n');
  const commands: Command[] = [];
  for (const count of GROWTH) {
    const file = path.join(folder, `rows-${count}.csv`);
    fs.writeFileSync(file, `${head}\n`);
    for (let left = count; left > 0; left -= rows.length)
      fs.appendFileSync(file, `${rows.slice(0, Math.min(left, rows.length)).join('\n')}\n`);
    commands.push({ name: `${count}`, argv: oursArgv(bin, { ...task, train: file }, folder) });
  }
  const runs = await measure(commands, folder, pythons);
  return drawTable(
    'Growth: the tweets again and again',
    ['rows', 'wall s', 'CPU s', 'peak MB', 'CPU µs / row'],
    runs.map(run => [
      Number(run.name).toLocaleString('en'),
      ...costsOf(run),
      ((run.cpu * 1e6) / Number(run.name)).toFixed(1),
    ]),
  );
}

function drawTable(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [`### ${title}`, '', line(head), line(rule), ...rows.map(line)].join('\n');
}

function costsOf({ wall, cpu, memory }: Run): string[] {
  return [wall.toFixed(2), cpu.toFixed(2), String(Math.round(memory / 2 ** 20))];
}

function oursArgv(bin: string, task: Task, folder: string): string[] {
  const { train, test } = task.packed ?? task;
  return [
    ...[process.execPath, bin, 'train', '--models', 'ngram', '--backend', 'local', '--json'],
    ...['--input', train, '--test-input', test, '--output', fs.mkdtempSync(path.join(folder, 'models-'))],
    ...['--text-column', task.text, '--label-column', task.label, '--no-track'],
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

/** Accuracy and AUC: ours prints an envelope with its models, a peer one line. */
function metricsOf({ output }: Run): string[] {
  const found = [/"accuracy":\s*([\d.]+)/, /"auc":\s*([\d.]+)/].map(pattern => pattern.exec(output)?.[1]);
  return found.map(value => (value === undefined ? '-' : Number(value).toFixed(4)));
}

function imdb(folder: string): Task | undefined {
  const names = ['imdb_train25k.csv', 'imdb_test25k.csv'];
  const [train, test] = names.map(name => unpack(`${name}.zst`, folder, name));
  if (!train || !test) return undefined;
  const [packedTrain = train, packedTest = test] = names.map(name => path.join(data, `${name}.zst`));
  return {
    ...{ name: 'IMDB, official split', train, test, text: 'review', label: 'sentiment', positive: 'positive' },
    packed: { train: packedTrain, test: packedTest },
  };
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

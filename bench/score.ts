/**
 * What scoring costs, on tweets: pipelines of Tokenizer, StopWordsRemover, HashingTF (32,768), IDF and a classifier that
 * Spark fitted and saved, scored by us on one thread and by Spark on two cores, the same rows in the same run; then
 * the command line as a whole: from a cold start to the first prediction, and files from 10,000 to 1,600,000 rows.
 *
 *   node bench/score.ts                          all tables
 *   node bench/score.ts --only rows              one of rows, start, growth
 *   node bench/score.ts --rows 20000             fewer tweets in the first table
 *   node bench/score.ts --bin FILE               another sentops than the packed and installed one
 *
 * Tweets are those of s140_train_all.csv.gz in SENTOPS_DATA (or ../shared/data). Python with PySpark is SENTOPS_PYTHON
 * or the cached one of the tests; without it our own trainers fit the pipelines, and Spark's columns stay empty.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { FieldColumn } from '../src/lib/data/rows.ts';
import { compileModel } from '../src/lib/model/compile/compile.ts';
import type { Scorer } from '../src/lib/model/compile/types.ts';
import { loadModel } from '../src/lib/model/load.ts';
import { installTarball } from '../test/helpers/pack.ts';
import { missingFor, pythonEnvironment } from '../test/helpers/python.ts';
import { openResults } from './results.ts';

const PIPELINES = ['logisticregression', 'linearsvc', 'randomforest'];
const CORES = 2;
const ROUNDS = 10;
const SINGLE_ROWS = 20_000;
const STARTS = 12;
const FIT_ROWS = 20_000;
const GROWTH = [10_000, 100_000, 400_000, 1_600_000];
const data = process.env['SENTOPS_DATA'] ?? path.join(import.meta.dirname, '..', '..', 'shared', 'data');

interface Spent {
  readonly wall: number;
  readonly cpu: number;
}
interface Peer extends Spent {
  readonly name: string;
}
interface Run extends Spent {
  readonly name: string;
  readonly code: number;
  readonly memory: number;
  readonly complaints: string;
}
interface Tweets {
  readonly texts: readonly string[];
  readonly labels: readonly number[];
}

const results = openResults('score');

async function main(): Promise<void> {
  const file = path.join(data, 's140_train_all.csv.gz');
  if (!fs.existsSync(file)) {
    console.log(`no ${file}: set SENTOPS_DATA to the folder that has it`);
    return;
  }
  const only = optionValue('--only');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-bench-score-'));
  try {
    const tweets = readTweets(file, Number(optionValue('--rows') ?? 129_094));
    const python = await findPython();
    const needsBin = python === null || only !== 'rows';
    const bin = needsBin ? (optionValue('--bin') ?? (await installTarball()).bin) : '';
    const load = os.loadavg()[0]?.toFixed(1);
    results.say(`${os.availableParallelism()} processors, Node.js ${process.version}, load ${load}`);
    const peers =
      python === null ? await fitOurselves(bin, tweets, folder) : await fitWithSpark(python, tweets, folder);
    if (!only || only === 'rows') await compareRows(tweets.texts, peers, folder);
    if (!only || only === 'start') await compareStart(bin, folder);
    if (!only || only === 'growth') await grow(bin, tweets, folder);
    results.save();
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function compareRows(texts: readonly string[], peers: readonly Peer[], folder: string): Promise<void> {
  const column = toColumn(texts);
  const perSecond = (seconds: number | undefined) =>
    seconds === undefined ? '-' : (texts.length / seconds / 1e6).toFixed(3);
  const table = [];
  for (const name of PIPELINES) {
    const scorer = compileModel(await loadModel(path.join(folder, 'models', name)));
    const { bytes, strings } = scoreRounds(scorer, column, texts);
    const single = scoreOneByOne(scorer, texts.slice(0, SINGLE_ROWS));
    const peer = peers.find(one => one.name === name);
    table.push({
      pipeline: name,
      'bytes, M rows / CPU s': perSecond(bytes.cpu),
      'strings, M rows / CPU s': perSecond(strings.cpu),
      'Spark, M rows / CPU s': perSecond(peer?.cpu),
      'times per CPU s': peer ? (peer.cpu / bytes.cpu).toFixed(1) : '-',
      'times per s': peer ? (peer.wall / bytes.wall).toFixed(1) : '-',
      'one row, p50 us': single.p50.toFixed(2),
      'p99 us': single.p99.toFixed(2),
    });
  }
  results.say(`${texts.length} tweets, one thread; Spark on local[${CORES}]`);
  results.table(table);
}

/** By turns; of each the round with the least processor time: what a busy machine disturbs least. */
function scoreRounds(scorer: Scorer, column: FieldColumn, texts: readonly string[]) {
  let bytes: Spent = { cpu: Number.POSITIVE_INFINITY, wall: 0 };
  let strings = bytes;
  for (let round = 0; round < ROUNDS; round++) {
    bytes = lesser(
      bytes,
      timed(() => scorer.scoreColumn(column, texts.length)),
    );
    strings = lesser(
      strings,
      timed(() => texts.forEach(text => void scorer.score(text))),
    );
  }
  return { bytes, strings };
}

function lesser(one: Spent, other: Spent): Spent {
  return other.cpu < one.cpu ? other : one;
}

function timed(work: () => unknown): Spent {
  const before = process.cpuUsage();
  const start = performance.now();
  work();
  const wall = (performance.now() - start) / 1e3;
  const { user, system } = process.cpuUsage(before);
  return { wall, cpu: (user + system) / 1e6 };
}

function scoreOneByOne(scorer: Scorer, texts: readonly string[]) {
  const times = texts.map(text => {
    const start = process.hrtime.bigint();
    scorer.score(text);
    return Number(process.hrtime.bigint() - start) / 1e3;
  });
  times.sort((a, b) => a - b);
  return { p50: times[times.length >> 1] as number, p99: times[Math.floor(times.length * 0.99)] as number };
}

/** From the command line to the first prediction, beside a Node that does nothing. */
async function compareStart(bin: string, folder: string): Promise<void> {
  const node = { name: 'node -e 0', argv: [process.execPath, '-e', '0'] };
  const rows = PIPELINES.map(name => ({
    name: `sentops score TEXT, ${name}`,
    argv: [
      process.execPath,
      bin,
      'score',
      'what a lovely day',
      '--model-path',
      path.join(folder, 'models', name),
      '--json',
    ],
  }));
  const runs = await measure(Array.from({ length: STARTS }, () => [node, ...rows]).flat(), folder);
  const least = (name: string, pick: (run: Run) => number) =>
    Math.min(...runs.filter(run => run.name === name).map(pick));
  results.say(`From a cold start to the first prediction, least of ${STARTS}`);
  results.table(
    [node, ...rows].map(({ name }) => {
      const above = (pick: (run: Run) => number) => ((least(name, pick) - least(node.name, pick)) * 1e3).toFixed(0);
      return { command: name, 'ms above node': above(run => run.wall), 'CPU ms above node': above(run => run.cpu) };
    }),
  );
}

/** The same rows again and again: time must grow as they do, memory must not. */
async function grow(bin: string, { texts }: Tweets, folder: string): Promise<void> {
  const lines = texts.map(text => JSON.stringify({ text }));
  const commands = GROWTH.map(count => {
    const file = path.join(folder, `rows-${count}.jsonl`);
    fs.writeFileSync(file, '');
    for (let left = count; left > 0; left -= lines.length)
      fs.appendFileSync(file, `${lines.slice(0, Math.min(left, lines.length)).join('\n')}\n`);
    const model = path.join(folder, 'models', 'logisticregression');
    const output = path.join(folder, `scored-${count}.jsonl`);
    return {
      name: `${count}`,
      argv: [process.execPath, bin, 'score', '-i', file, '--model-path', model, '-o', output],
    };
  });
  const runs = await measure(commands, folder);
  results.say('sentops score FILE, JSON lines in and out, as a whole process');
  results.table(
    runs.map(({ name, wall, cpu, memory }) => ({
      rows: name,
      'wall s': wall.toFixed(2),
      'CPU s': cpu.toFixed(2),
      'CPU us / row': ((cpu * 1e6) / Number(name)).toFixed(2),
      MB: Math.round(memory / 2 ** 20),
    })),
  );
}

async function measure(
  commands: readonly { readonly name: string; readonly argv: readonly string[] }[],
  cwd: string,
): Promise<Run[]> {
  const env = { ...process.env, HOME: cwd, SENTOPS_NO_UPDATE: '1' };
  const plan = { runs: commands.map(command => ({ ...command, env, cwd })) };
  const runs = await runScript<Run>(process.env['SENTOPS_PYTHON'] ?? 'python3', 'train-times.py', plan);
  for (const { name, code, complaints } of runs)
    if (code !== 0) throw new Error(`${name} ended with exit code ${code}:\n${complaints}`);
  return runs;
}

async function findPython(): Promise<string | null> {
  const given = process.env['SENTOPS_PYTHON'];
  if (given) return given;
  const missing = missingFor('spark4');
  if (missing === undefined) return (await pythonEnvironment('spark4')).python;
  console.log(`no Spark to compare with: ${missing}; SENTOPS_PYTHON names a Python that has PySpark`);
  return null;
}

async function fitWithSpark(python: string, { texts, labels }: Tweets, folder: string): Promise<Peer[]> {
  const file = path.join(folder, 'texts.json');
  fs.writeFileSync(file, JSON.stringify(texts));
  const plan = {
    cores: CORES,
    folder: path.join(folder, 'models'),
    texts: file,
    labels,
    fitRows: FIT_ROWS,
    forestRows: 1_500,
    rounds: 4,
  };
  return runScript<Peer>(python, 'score-peer.py', plan);
}

async function fitOurselves(bin: string, { texts, labels }: Tweets, folder: string): Promise<Peer[]> {
  const file = path.join(folder, 'fit.jsonl');
  const step = Math.max(1, Math.floor(texts.length / FIT_ROWS));
  const rows = texts.map((text, row) => JSON.stringify({ text, label: labels[row] }));
  fs.writeFileSync(file, rows.filter((_, row) => row % step === 0).join('\n'));
  const argv = [
    ...[process.execPath, bin, 'train', '--models', PIPELINES.join(','), '--backend', 'local', '--min-accuracy', '0'],
    ...['--input', file, '--output', path.join(folder, 'models'), '--json'],
  ];
  await measure([{ name: 'sentops train', argv }], folder);
  return [];
}

/** Text and label of each line: `text,label`, the text quoted where it must be. */
function readTweets(file: string, count: number): Tweets {
  const content = gunzipSync(fs.readFileSync(file)).toString('utf8');
  const texts: string[] = [];
  const labels: number[] = [];
  for (const [, quoted, plain, label] of content.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*)),([01])\r?$/gm)) {
    if (texts.length === count) break;
    texts.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    labels.push(Number(label));
  }
  return { texts, labels };
}

function toColumn(texts: readonly string[]): FieldColumn {
  const starts = new Int32Array(texts.length);
  const ends = new Int32Array(texts.length);
  let at = 0;
  const parts = texts.map((text, row) => {
    const bytes = Buffer.from(text);
    starts[row] = at;
    at += bytes.length;
    ends[row] = at;
    return bytes;
  });
  return { bytes: Uint8Array.from(Buffer.concat(parts)), starts, ends };
}

/** Runs a Python program of this folder with a plan on its standard input; it prints JSON lines. */
function runScript<Line>(python: string, name: string, plan: unknown): Promise<Line[]> {
  const child = spawn(python, [path.join(import.meta.dirname, name)], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => {});
  child.stdin.end(JSON.stringify(plan));
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    output += part;
  });
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    errors = (errors + part).slice(-4000);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => {
      if (code !== 0) return reject(new Error(`${name} ended with ${code}:\n${errors}`));
      const lines = output.split('\n').filter(line => line.startsWith('{'));
      resolve(lines.map(line => JSON.parse(line) as Line));
    });
  });
}

function optionValue(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

await main();

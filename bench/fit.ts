/**
 * What fitting costs: our trainers beside Spark's on the same rows, in one run. Spark gets its features cached and is
 * fitted twice; the second fit counts, when its code is compiled. Rows are tweets of s140_train_all.csv.gz where
 * SENTOPS_DATA (or ../shared/data) has them, made-up ones otherwise.
 *
 *   npm run bench:fit                       both tables
 *   npm run bench:fit -- --rows 20000       fewer rows
 *   npm run bench:fit -- --python FILE      a Python that has PySpark; the cached one of the tests otherwise
 *   npm run bench:fit -- --no-peer          ours alone
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { applyIdf, countDocuments, fitIdf } from '../src/lib/learn/idf.ts';
import { createRandom } from '../src/lib/learn/random.ts';
import { scoreStage } from '../src/lib/learn/score/classifier.ts';
import type { FittedStage, LabelledRows, Parameters } from '../src/lib/learn/types.ts';
import { RowBuilder } from '../src/lib/train/fit/row-builder.ts';
import { loadOwnTrainer } from '../src/lib/train/fit/trainers.ts';
import { openResults } from './results.ts';

const COLUMNS = 32_768;
/** Spark's forest turns each row into a dense array of bins: 131 KB each at this width. */
const FOREST_ROWS = 2_000;

interface Case {
  readonly name: string;
  readonly trainer: string;
  readonly params: Parameters;
  readonly rows: 'all' | 'few';
}

const CASES: readonly Case[] = [
  { name: 'LR reg 0.1, 20 it.', trainer: 'logisticregression', params: { maxIter: 20, regParam: 0.1 }, rows: 'all' },
  {
    name: 'LR reg 0.01, 100 it.',
    trainer: 'logisticregression',
    params: { maxIter: 100, regParam: 0.01 },
    rows: 'all',
  },
  {
    name: 'LR elastic net',
    trainer: 'logisticregression',
    params: { maxIter: 20, regParam: 0.01, elasticNetParam: 0.5 },
    rows: 'all',
  },
  { name: 'SVC reg 0.1, 30 it.', trainer: 'linearsvc', params: { maxIter: 30, regParam: 0.1 }, rows: 'all' },
  { name: 'naive Bayes', trainer: 'naivebayes', params: {}, rows: 'all' },
  { name: 'RF 10 x 5, few rows', trainer: 'randomforest', params: { numTrees: 10, maxDepth: 5 }, rows: 'few' },
];

interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

interface Peer {
  readonly name: string;
  readonly fits: readonly Cost[];
  readonly accuracy: number;
  readonly coefficients?: readonly number[];
  readonly iterations?: number;
}

const results = openResults('fit');

async function main(): Promise<void> {
  const count = Number(optionValue('--rows') ?? 100_000);
  const rows = loadRows(count);
  const few = firstRows(rows, Math.min(FOREST_ROWS, rows.labels.length));
  const entries = rows.features.indices.length;
  results.say(
    `${rows.labels.length} rows x ${COLUMNS} columns, ${entries} entries, ${os.availableParallelism()} processors`,
  );
  const ours = new Map<string, { cost: Cost; stage: FittedStage; accuracy: number }>();
  for (const one of CASES) ours.set(one.name, await fitTwice(one, one.rows === 'all' ? rows : few));
  const peers = process.argv.includes('--no-peer') ? [] : await fitWithSpark(rows, few);
  results.table(
    CASES.map(({ name }) =>
      compare(
        name,
        ours.get(name),
        peers.find(peer => peer.name === name),
      ),
    ),
  );
  results.say('Our fits alone, and how they grow:');
  results.table([await forestOfAll(rows), ...(await growth(rows))]);
  results.save();
}

async function fitTwice({ trainer, params }: Pick<Case, 'trainer' | 'params'>, rows: LabelledRows) {
  await fitOnce(trainer, params, rows);
  return fitOnce(trainer, params, rows);
}

async function fitOnce(trainer: string, params: Parameters, rows: LabelledRows) {
  const learner = await loadOwnTrainer(trainer);
  const wall = performance.now();
  const before = process.cpuUsage();
  const { stage } = await learner.fit(rows, { params, seed: 42, signal: new AbortController().signal });
  const { user, system } = process.cpuUsage(before);
  const cost = { wall: (performance.now() - wall) / 1000, cpu: (user + system) / 1e6 };
  const { predictions } = scoreStage(stage, rows.features);
  const hits = predictions.reduce((sum, prediction, row) => sum + (prediction === rows.labels[row] ? 1 : 0), 0);
  return { cost, stage, accuracy: hits / predictions.length };
}

function compare(
  name: string,
  ours: { cost: Cost; stage: FittedStage; accuracy: number } | undefined,
  peer: Peer | undefined,
) {
  if (!ours) throw new Error(`${name} was not fitted`);
  const second = peer?.fits.at(-1);
  const { cost, stage, accuracy } = ours;
  const weights = stage.arrays['coefficients'] ?? stage.arrays['theta'];
  const farthest = peer?.coefficients?.reduce(
    (most, value, at) => Math.max(most, Math.abs(value - (weights?.[at] ?? 0))),
    0,
  );
  return {
    fit: name,
    'wall s': round(cost.wall),
    'CPU s': round(cost.cpu),
    'Spark wall s': round(second?.wall),
    'Spark CPU s': round(second?.cpu),
    'wall ratio': round(second && second.wall / cost.wall),
    'CPU ratio': round(second && second.cpu / cost.cpu),
    iterations: `${stage.params['iterations'] ?? '-'} / ${peer?.iterations ?? '-'}`,
    'largest difference': farthest?.toExponential(1) ?? '-',
    accuracy: `${accuracy.toFixed(4)} / ${peer?.accuracy.toFixed(4) ?? '-'}`,
  };
}

async function forestOfAll(rows: LabelledRows) {
  const { cost, accuracy } = await fitOnce('randomforest', { numTrees: 10, maxDepth: 5 }, rows);
  return growthRow('RF 10 x 5', rows.labels.length, cost, accuracy);
}

/** The same rows again and again: the time of a fixed number of iterations must grow as the rows do. */
async function growth(rows: LabelledRows) {
  const table = [];
  for (const count of [10_000, 100_000, 400_000, 1_600_000]) {
    const many = firstRows(rows, count);
    const { cost, accuracy } = await fitOnce('logisticregression', { maxIter: 10, regParam: 0.1, tol: 0 }, many);
    table.push(growthRow('LR, 10 it.', count, cost, accuracy));
  }
  return table;
}

function growthRow(fit: string, count: number, cost: Cost, accuracy: number) {
  return { fit, rows: count, 'wall s': round(cost.wall), 'CPU us / row': round((cost.cpu * 1e6) / count), accuracy };
}

async function fitWithSpark(rows: LabelledRows, few: LabelledRows): Promise<Peer[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-bench-fit-'));
  try {
    const files = { all: path.join(folder, 'all.libsvm'), few: path.join(folder, 'few.libsvm') };
    writeLibsvm(files.all, rows);
    writeLibsvm(files.few, few);
    const cases = CASES.map(one => ({ ...one, file: files[one.rows], columns: COLUMNS, params: peerParams(one) }));
    const plan = { cores: Math.min(os.availableParallelism(), 2), fits: 2, cases };
    const lines = await runPython(
      await findPython(),
      path.join(import.meta.dirname, 'fit-peer.py'),
      JSON.stringify(plan),
    );
    return lines.map(line => JSON.parse(line) as Peer);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function peerParams({ trainer, params }: Case): Parameters {
  return trainer === 'randomforest' ? { ...params, seed: 42 } : params;
}

async function findPython(): Promise<string> {
  const given = optionValue('--python');
  if (given) return given;
  const { pythonEnvironment } = await import('../test/helpers/python.ts');
  return (await pythonEnvironment('spark4')).python;
}

function runPython(python: string, script: string, input: string): Promise<string[]> {
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'pipe'] });
  const { promise, resolve, reject } = Promise.withResolvers<string[]>();
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const complaints: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
  child.on('error', reject);
  child.on('close', code => {
    const lines = Buffer.concat(chunks).toString('utf8').split('\n');
    if (code === 0) resolve(lines.filter(line => line.startsWith('{')));
    else
      reject(
        new Error(`Spark ended with exit code ${code}:\n${Buffer.concat(complaints).toString('utf8').slice(-2000)}`),
      );
  });
  child.stdin.end(input);
  return promise;
}

function writeLibsvm(file: string, { features, labels }: LabelledRows): void {
  const lines = Array.from(labels, (label, row) => {
    const parts = [String(label)];
    for (let entry = features.starts[row] ?? 0; entry < (features.starts[row + 1] ?? 0); entry++) {
      parts.push(`${(features.indices[entry] ?? 0) + 1}:${features.values[entry]}`);
    }
    return parts.join(' ');
  });
  fs.writeFileSync(file, `${lines.join('\n')}\n`);
}

/** Hashed words times idf, spread over the file so that both classes come. */
function loadRows(count: number): LabelledRows {
  const folder = process.env['SENTOPS_DATA'] ?? path.resolve(import.meta.dirname, '../../shared/data');
  const file = path.join(folder, 's140_train_all.csv.gz');
  const known = fs.existsSync(file);
  if (!known) console.log(`no ${file}: the rows are made up (SENTOPS_DATA names the folder)`);
  const texts = known ? readTweets(file) : makeTexts(count);
  const builder = new RowBuilder(COLUMNS);
  const labels: number[] = [];
  const step = Math.max(texts.length / count, 1);
  for (let at = 0; at < texts.length && labels.length < count; at += step) {
    const { text, label } = texts[Math.floor(at)] ?? { text: '', label: 0 };
    const counts = new Map<number, number>();
    for (const word of text.toLowerCase().split(/\s+/)) counts.set(hash(word), (counts.get(hash(word)) ?? 0) + 1);
    const sorted = [...counts].sort(([a], [b]) => a - b);
    builder.add({
      count: sorted.length,
      indices: Int32Array.from(sorted, ([column]) => column),
      values: Float64Array.from(sorted, ([, value]) => value),
    });
    labels.push(label);
  }
  const features = builder.build();
  applyIdf(features, fitIdf(countDocuments(features), labels.length));
  return { features, labels: Int32Array.from(labels), classes: 2 };
}

interface LabelledText {
  readonly text: string;
  readonly label: number;
}

function readTweets(file: string): LabelledText[] {
  const lines = gunzipSync(fs.readFileSync(file)).toString('utf8').split('\n').slice(1);
  const rows = lines.flatMap(line => {
    const [, text, label] = /^(.*),([01])\r?$/.exec(line) ?? [];
    return text === undefined ? [] : [{ text, label: Number(label) }];
  });
  return rows;
}

/** Words by Zipf's law; every word pulls a little to one side. */
function makeTexts(count: number): LabelledText[] {
  const random = createRandom(7);
  return Array.from({ length: count }, () => {
    const words = Array.from({ length: 4 + random.below(18) }, () => Math.floor(40_000 ** random.next()));
    const pull = words.reduce((sum, word) => sum + Math.sin(word * 12.9898), 0) + 2 * (random.next() - 0.5);
    return { text: words.map(word => `w${word}`).join(' '), label: pull > 0 ? 1 : 0 };
  });
}

/** FNV-1a. */
function hash(word: string): number {
  let state = 0x811c9dc5;
  for (let at = 0; at < word.length; at++) state = Math.imul(state ^ word.charCodeAt(at), 0x01000193);
  return (state ^ (state >>> 15)) & (COLUMNS - 1);
}

/** The first rows; from the start again where there are not enough. */
function firstRows({ features, labels, classes }: LabelledRows, count: number): LabelledRows {
  const builder = new RowBuilder(features.columns);
  for (let place = 0; place < count; place++) {
    const row = place % labels.length;
    const [from, to] = [features.starts[row] ?? 0, features.starts[row + 1] ?? 0];
    const [indices, values] = [features.indices.subarray(from, to), features.values.subarray(from, to)];
    builder.add({ count: to - from, indices, values });
  }
  return {
    features: builder.build(),
    labels: Int32Array.from({ length: count }, (_, place) => labels[place % labels.length] ?? 0),
    classes,
  };
}

function optionValue(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at === -1 ? undefined : process.argv[at + 1];
}

function round(value: number | undefined): number | string {
  return value === undefined ? '-' : Number(value.toPrecision(3));
}

await main();

/**
 * What scoring costs: pipelines that Spark fitted and saved (Tokenizer, StopWordsRemover, HashingTF 32,768, IDF and a
 * classifier), scored by us on one thread and by Spark on two, the same tweets in the same run. Rows are those of
 * s140_train_all.csv.gz in SENTOPS_DATA (or ../shared/data); Python is SENTOPS_PYTHON or the cached one of the tests.
 *
 *   node bench/score.ts                 the table
 *   node bench/score.ts --rows 20000    fewer rows
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
import { missingFor, pythonEnvironment } from '../test/helpers/python.ts';

const CORES = 2;
const ROUNDS = 8;
const SINGLE_ROWS = 20_000;

interface Peer {
  readonly name: string;
  readonly rows: number;
  readonly wall: number;
  readonly cpu: number;
}

async function main(): Promise<void> {
  const data = path.join(process.env['SENTOPS_DATA'] ?? '../shared/data', 's140_train_all.csv.gz');
  if (!fs.existsSync(data)) {
    console.log(`no ${data}: set SENTOPS_DATA to the folder of the bench's data`);
    return;
  }
  const python = await findPython();
  if (python === null) return;
  const { texts, labels } = readTweets(data, Number(optionValue('--rows') ?? 129_094));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-score-'));
  try {
    const file = path.join(folder, 'texts.json');
    fs.writeFileSync(file, JSON.stringify(texts));
    const plan = { cores: CORES, folder, texts: file, labels, fitRows: 20_000, forestRows: 1_500, rounds: 4 };
    const peers = await scoreWithSpark(python, plan);
    const column = toColumn(texts);
    const table = [];
    for (const peer of peers) {
      const scorer = compileModel(await loadModel(path.join(folder, peer.name)));
      table.push(compare(peer, scorer, column, texts));
    }
    console.table(table);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function compare(peer: Peer, scorer: Scorer, column: FieldColumn, texts: readonly string[]) {
  const ours = scoreColumns(scorer, column, texts.length);
  const single = scoreOneByOne(scorer, texts.slice(0, SINGLE_ROWS));
  const perSecond = (seconds: number) => texts.length / seconds / 1e6;
  return {
    pipeline: peer.name,
    'ours, M rows/CPU s': perSecond(ours.cpu).toFixed(2),
    'ours, M rows/s': perSecond(ours.wall).toFixed(2),
    'Spark, M rows/CPU s': perSecond(peer.cpu).toFixed(3),
    'Spark, M rows/s': perSecond(peer.wall).toFixed(3),
    'times per CPU s': (peer.cpu / ours.cpu).toFixed(1),
    'one row, p50 µs': single.p50.toFixed(2),
    'p99 µs': single.p99.toFixed(2),
  };
}

/** The round with the least processor time: what a busy machine disturbs least. */
function scoreColumns(scorer: Scorer, column: FieldColumn, rows: number) {
  let best = { cpu: Number.POSITIVE_INFINITY, wall: Number.POSITIVE_INFINITY };
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    const start = process.hrtime.bigint();
    scorer.scoreColumn(column, rows);
    const wall = Number(process.hrtime.bigint() - start) / 1e9;
    const { user, system } = process.cpuUsage(before);
    const cpu = (user + system) / 1e6;
    if (cpu < best.cpu) best = { cpu, wall };
  }
  return best;
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

/** Text and label of each line: `text,label`, the text quoted where it must be. */
function readTweets(file: string, count: number): { texts: string[]; labels: number[] } {
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

async function findPython(): Promise<string | null> {
  const given = process.env['SENTOPS_PYTHON'];
  if (given) return given;
  const missing = missingFor('spark4');
  if (missing === undefined) return (await pythonEnvironment('spark4')).python;
  console.log(`no Spark to compare with: ${missing}; SENTOPS_PYTHON names a Python that has PySpark`);
  return null;
}

function scoreWithSpark(python: string, plan: unknown): Promise<Peer[]> {
  const script = path.join(import.meta.dirname, 'score-peer.py');
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.end(JSON.stringify(plan));
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    output += part;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => {
      if (code !== 0) return reject(new Error(`${script} ended with ${code}`));
      const lines = output.split('\n').filter(line => line.startsWith('{'));
      resolve(lines.map(line => JSON.parse(line) as Peer));
    });
  });
}

function optionValue(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

await main();

/**
 * What a start costs: the packed and installed package beside bare Node, the same commands on the framework as it
 * was published, and a peer from PyPI. All rows are measured in one interleaved run; what counts is the ratio of the
 * smallest processor times, which a busy machine moves least.
 *
 *   npm run bench:startup              prints the table
 *   npm run bench:startup -- --save    also writes it into docs/startup.md
 *   npm run bench:startup -- --runs 50
 */
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { installTarball } from '../test/helpers/pack.ts';
import { cleanEnv, pinnedNode, repositoryRoot } from '../test/helpers/run-cli.ts';
import { buildStockPackage } from '../test/helpers/stock-package.ts';

interface Row {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Upper bounds for the ratio to bare Node; the others are shown for comparison. */
const BOUNDS: Readonly<Record<string, number>> = {
  'sentops --version': 1.15,
  'sentops --help': 1.25,
  'sentops config show --help': 1.25,
  'sentops version': 1.8,
  'sentops config show': 2.2,
};

const PROJECT = `version: 1
project:
  name: bench
  id: bench
variables:
  region: { default: us-central1 }
cluster:
  region: "\${var.region}"
  workers: { count: 2 }
train:
  seed: 7
  models: [logisticregression]
serve:
  sourceType: file
  batchIntervalSeconds: 30
`;

const run = promisify(execFile);

async function main(): Promise<void> {
  const runs = Number(optionValue('--runs') ?? 30);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-bench-'));
  fs.writeFileSync(path.join(folder, 'sentops.yaml'), PROJECT);
  const stock = await buildStockPackage();
  try {
    const peer = await findPeer();
    const rows = listRows(folder, (await installTarball()).bin, stock.bin, peer);
    const times = await measure({ cwd: folder, runs, rows });
    const table = drawTable(times, runs, peer);
    console.log(table);
    if (process.argv.includes('--save')) save(table);
  } finally {
    stock.remove();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function listRows(home: string, bin: string, stock: string, peer: Peer | undefined): Record<string, Row> {
  const env = { ...cleanEnv(home), SHELL: '/bin/sh' };
  fs.mkdirSync(path.join(home, '.cache'), { mode: 0o700 });
  const node = (...args: string[]): Row => ({ argv: [pinnedNode(), ...args], env });
  const words = ['--version', '--help', 'config show --help', 'version', 'config show'];
  return {
    'node -e 0': node('-e', '0'),
    ...Object.fromEntries(words.map(line => [`sentops ${line}`, node(bin, ...line.split(' '))])),
    'sentops version (full path)': { ...node(bin, 'version'), env: { ...env, SENTOPS_NO_FAST: '1' } },
    ...Object.fromEntries(
      ['--version', '--help', 'version', 'config show'].map(line => [
        `stock oclif: ${line}`,
        node(stock, ...line.split(' ')),
      ]),
    ),
    ...(peer ? { [`${peer.name} --version`]: { argv: [peer.file, '--version'], env } } : {}),
    ...(peer ? { [`${peer.name} --help`]: { argv: [peer.file, '--help'], env } } : {}),
  };
}

interface Peer {
  readonly name: string;
  readonly version: string;
  readonly file: string;
}

/** dvc, installed once into a virtual environment of the bench's own. */
async function findPeer(): Promise<Peer | undefined> {
  const venv = path.join(repositoryRoot, '.cache/bench/peers');
  const file = path.join(venv, 'bin/dvc');
  try {
    if (!fs.existsSync(file)) {
      await run('python3', ['-m', 'venv', venv]);
      await run(path.join(venv, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', 'dvc']);
    }
    const { stdout } = await run(file, ['--version']);
    return { name: 'dvc', version: stdout.trim(), file };
  } catch (error) {
    console.error(`no peer to compare with: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function measure(plan: { cwd: string; runs: number; rows: Record<string, Row> }): Promise<Record<string, number[]>> {
  return new Promise((resolve, reject) => {
    const script = path.join(import.meta.dirname, 'cpu-times.py');
    const child = spawn('python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    child.on('error', reject);
    child.on('close', code => {
      if (code === 0) resolve(JSON.parse(text) as Record<string, number[]>);
      else reject(new Error(`cpu-times.py ended with ${code}`));
    });
    child.stdin.end(JSON.stringify(plan));
  });
}

function drawTable(times: Readonly<Record<string, number[]>>, runs: number, peer: Peer | undefined): string {
  const bare = Math.min(...(times['node -e 0'] ?? []));
  const rows = Object.entries(times).map(([name, spent]) => {
    const sorted = spent.toSorted((a, b) => a - b);
    const [min = Number.NaN] = sorted;
    const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
    const ratio = min / bare;
    const bound = BOUNDS[name];
    const verdict = bound === undefined ? '' : `≤ ${bound.toFixed(2)} ${ratio <= bound ? 'met' : 'MISSED'}`;
    return `| \`${name}\` | ${min.toFixed(1)} | ${median.toFixed(1)} | ${ratio.toFixed(2)} | ${verdict} |`;
  });
  const cpu = os.cpus()[0]?.model ?? 'unknown processor';
  const versions = [`Node ${process.version}`, ...(peer ? [`${peer.name} ${peer.version}`] : [])].join(', ');
  return [
    `Processor time in ms, ${runs} interleaved runs, ${versions}, ${os.platform()} ${os.arch()}, ${cpu.trim()}.`,
    '',
    '| command | min | median | ratio of minima | bound |',
    '|---|---:|---:|---:|---|',
    ...rows,
  ].join('\n');
}

/** The part of docs/startup.md between its two marks is this program's output. */
function save(table: string): void {
  const file = path.join(repositoryRoot, 'docs/startup.md');
  const text = fs.readFileSync(file, 'utf8');
  const fresh = text.replace(
    /(<!-- bench -->\n)[\s\S]*?(<!-- \/bench -->)/,
    (_all, head, tail) => `${head}${table}\n${tail}`,
  );
  fs.writeFileSync(file, fresh);
}

function optionValue(flag: string): string | undefined {
  const at = process.argv.indexOf(flag);
  return at === -1 ? undefined : process.argv[at + 1];
}

await main();

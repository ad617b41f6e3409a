import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { loadModel } from '../../src/lib/model/load.ts';
import type { TrainReport } from '../../src/lib/train/result.ts';
import type { KillRun, Moment } from './kill-stories.ts';
import { cleanEnv, pinnedNode, runCli } from './run-cli.ts';

const ARGS = [
  ...['train', '--input', 'reviews.csv', '--output', 'models', '--models', 'nb,ngram'],
  ...['--num-features', '64', '--set', 'train.params.ngram.numFeatures=1024', '--min-accuracy', '0.1', '--json'],
];

/** Metrics of each model: the same rows and the same seed give the same ones, however often the job was killed before. */
type Expected = Readonly<Record<string, TrainReport['models'][number]['metrics']>>;

/**
 * A training that is killed again and again in one folder, with the store that it records into. A folder is never
 * copied: the store knows its files by absolute addresses.
 */
export class TrackedTraining {
  /** Of the last run that nobody killed: a machine is not always equally fast. */
  durationMs: number;
  /** How many files below the store the job changes. */
  readonly changes: number;
  readonly #bin: string;
  readonly #base: string;
  readonly #expected: Expected;
  /** Files of a model that is whole, by the name of its registered model. */
  readonly #files: ReadonlyMap<string, readonly string[]>;
  #versions: number;

  private constructor(bin: string, base: string, known: Pick<TrackedTraining, 'durationMs' | 'changes'>) {
    this.#bin = bin;
    this.#base = base;
    this.durationMs = known.durationMs;
    this.changes = known.changes;
    const versions = readVersions(this.#dir);
    this.#versions = versions.length;
    this.#files = new Map(versions.map(({ name, folder }) => [name, listFiles(folder)]));
    this.#expected = metricsOf(JSON.parse(fs.readFileSync(path.join(this.#dir, 'models/training.json'), 'utf8')));
  }

  get #dir(): string {
    return path.join(this.#base, 'project');
  }

  get #home(): string {
    return path.join(this.#base, 'home');
  }

  /** Trains once without a disturbance, to know what has to come of it. */
  static async open(bin: string): Promise<TrackedTraining> {
    const base = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-tracked-'));
    const [home, dir, counter] = ['home', 'project', 'changes'].map(name => path.join(base, name)) as [
      string,
      string,
      string,
    ];
    for (const folder of [home, dir]) fs.mkdirSync(folder);
    const run = async (args: readonly string[], env: Record<string, string> = {}) => {
      const { code, stderr, stdout } = await runCli(args, { bin: { file: bin }, home, cwd: dir, env });
      if (code !== 0) throw new Error(`sentops ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
    };
    await run(['dataset', 'generate', '--rows', '300', '--seed', '1', '--output', 'reviews.csv']);
    const started = performance.now();
    await run(ARGS, { ...watchStore(dir), DIE_COUNT: counter });
    const durationMs = performance.now() - started;
    return new TrackedTraining(bin, base, { durationMs, changes: Number(fs.readFileSync(counter, 'utf8')) });
  }

  close(): void {
    fs.rmSync(this.#base, { recursive: true, force: true });
  }

  /** Kills one run of the job and looks at the store. */
  async killAt(moment: Moment): Promise<KillRun> {
    const started = performance.now();
    const killed = await this.#spawn(moment);
    if (!killed) this.durationMs = performance.now() - started;
    const complaints = await this.#judgeStore();
    return { killed, complaints: complaints.map(text => `${text} (killed at ${JSON.stringify(moment)})`) };
  }

  /** Runs the job to its end: everything that it says and registers has to be as if nobody had ever been killed. */
  async finish(): Promise<string[]> {
    const { code, stdout, stderr } = await runCli(ARGS, { bin: { file: this.#bin }, home: this.#home, cwd: this.#dir });
    if (code !== 0) return [`the next run ended with ${code}: ${stderr}${stdout}`];
    const report = JSON.parse(stdout) as TrainReport;
    const complaints = await this.#judgeStore();
    if (JSON.stringify(metricsOf(report)) !== JSON.stringify(this.#expected)) complaints.push('the metrics are others');
    const made = [...report.models, ...(report.best ? [report.best] : [])].map(({ registered }) => registered);
    for (const version of made) {
      const newest = readVersions(this.#dir)
        .filter(({ name }) => name === version?.name)
        .at(-1)?.version;
      if (version === null || newest !== version.version)
        complaints.push(`${JSON.stringify(version)} is not the newest`);
    }
    const statuses = query(this.#dir, `SELECT DISTINCT status FROM runs WHERE run_uuid IN (${runIdsOf(report)})`);
    if (JSON.stringify(statuses) !== '[["FINISHED"]]') complaints.push(`its runs are ${JSON.stringify(statuses)}`);
    return complaints;
  }

  /** The database is whole, nothing that was there is gone, and what is registered or said to be ready is complete. */
  async #judgeStore(): Promise<string[]> {
    const complaints: string[] = [];
    for (const check of ['integrity_check', 'foreign_key_check']) {
      const found = JSON.stringify(query(this.#dir, `PRAGMA ${check}`));
      if (found !== '[["ok"]]' && found !== '[]') complaints.push(`PRAGMA ${check}: ${found}`);
    }
    const versions = readVersions(this.#dir);
    if (versions.length < this.#versions) complaints.push(`${this.#versions - versions.length} versions are gone`);
    const news = versions.slice(this.#versions);
    this.#versions = versions.length;
    for (const version of news) complaints.push(...(await this.#judgeVersion(version)));
    const ready = query(
      this.#dir,
      `SELECT r.name, m.artifact_location FROM logged_models m JOIN runs r ON r.run_uuid = m.source_run_id
       WHERE m.status = 2`,
    ) as [string, string][];
    for (const [name, uri] of ready) {
      const wanted = this.#files.get(`twitter-sentiment-model-${name.toLowerCase()}`) ?? ['files that are known'];
      const missing = wanted.filter(file => !fs.existsSync(path.join(fileURLToPath(uri), file)));
      if (missing.length > 0) complaints.push(`the logged model ${name} is ready without ${missing.join(', ')}`);
    }
    return complaints;
  }

  async #judgeVersion({ name, version, folder, runId }: Version): Promise<string[]> {
    const complaints: string[] = [];
    const title = `${name} version ${version}`;
    // Which model is the best one never changes here.
    const missing = (this.#files.get(name) ?? []).filter(file => !fs.existsSync(path.join(folder, file)));
    if (missing.length > 0) complaints.push(`${title} is there without ${missing.join(', ')}`);
    await loadModel(folder).catch(error => complaints.push(`${title} cannot be loaded: ${error}`));
    const described = path.join(folder, 'MLmodel');
    const isNamed = fs.existsSync(described) && fs.readFileSync(described, 'utf8').includes(`run_id: '${runId}'`);
    if (!isNamed) complaints.push(`${title} does not name its run`);
    const [run] = query(this.#dir, `SELECT status FROM runs WHERE run_uuid = '${runId}'`);
    if (run?.[0] !== 'FINISHED') complaints.push(`${title} is of a run that is ${run?.[0]}`);
    const known = query(this.#dir, `SELECT value FROM latest_metrics WHERE key = 'accuracy' AND run_uuid = '${runId}'`);
    const accuracies = Object.values(this.#expected).map(({ accuracy }) => accuracy);
    if (!accuracies.includes(known[0]?.[0] as number)) complaints.push(`${title} has the accuracy ${known[0]?.[0]}`);
    return complaints;
  }

  #spawn(moment: Moment): Promise<boolean> {
    const env = {
      ...cleanEnv(this.#home),
      ...('call' in moment ? { ...watchStore(this.#dir), ...dieAt(moment) } : {}),
    };
    const child = spawn(pinnedNode(), [this.#bin, ...ARGS], { cwd: this.#dir, env, stdio: 'ignore' });
    const timer = 'afterMs' in moment ? setTimeout(() => child.kill('SIGKILL'), moment.afterMs) : undefined;
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (_code, signal) => {
        clearTimeout(timer);
        resolve(signal === 'SIGKILL');
      });
    });
  }
}

interface Version {
  readonly name: string;
  readonly version: number;
  readonly folder: string;
  readonly runId: string;
}

/** In the order in which they were made. */
function readVersions(dir: string): Version[] {
  const rows = query(dir, 'SELECT name, version, storage_location, run_id FROM model_versions ORDER BY rowid');
  return (rows as [string, number, string, string][]).map(([name, version, place, runId]) => ({
    ...{ name, version, runId },
    folder: fileURLToPath(place),
  }));
}

function query(dir: string, sql: string): unknown[][] {
  const db = new DatabaseSync(path.join(dir, '.sentops/mlflow/mlflow.db'));
  try {
    db.exec('PRAGMA busy_timeout = 10000');
    return db
      .prepare(sql)
      .all()
      .map(row => Object.values(row));
  } finally {
    db.close();
  }
}

function metricsOf({ models }: TrainReport): Expected {
  return Object.fromEntries(models.map(({ name, metrics }) => [name, metrics]));
}

function runIdsOf({ models, tracking }: TrainReport): string {
  return [...models.map(({ runId }) => runId), tracking?.parentRunId].map(id => `'${id}'`).join(', ');
}

function listFiles(folder: string): string[] {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter(entry => entry.isFile())
    .map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

function watchStore(dir: string): Record<string, string> {
  const hook = path.join(import.meta.dirname, 'die-at.cjs');
  return { NODE_OPTIONS: `--require ${hook}`, DIE_BELOW: path.join(dir, '.sentops') };
}

function dieAt({ call, how }: Extract<Moment, { readonly call: number }>): Record<string, string> {
  return { DIE_AT: String(call), DIE_HOW: how };
}

import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cleanEnv, pinnedNode, runCli } from './run-cli.ts';

/** A command that changes files, and the folder in which it does. */
export interface KillStory {
  readonly name: string;
  readonly args: readonly string[];
  /** True where a second run of a complete one is refused: the thing is there. */
  readonly once?: true;
  /** A run takes a while: outside the soak a few moments have to be enough. */
  readonly slow?: true;
  /** Folders of which all files are the old ones or all are the new ones. */
  readonly folders?: readonly string[];
  /** Puts aside what no two runs have alike: times and what follows from them. */
  settle?(content: string): string;
  /** Fills the empty folder with what is there before the command. */
  prepare(dir: string, run: (args: readonly string[]) => Promise<void>): Promise<void>;
}

/** When the process ends by SIGKILL: after some time, or at the n-th change of a file. */
export type Moment =
  | { readonly afterMs: number }
  | { readonly call: number; readonly how: 'before' | 'half' | 'after' };

/** Path → mode and content. */
type Snapshot = ReadonlyMap<string, string>;

const PROJECT = ['init', '--no-input', '--template', 'imdb', '--name', 'reviews'];
const VARIABLES = {
  GCP_REGION: 'europe-west1',
  GCS_BUCKET: 'reviews',
  serving_batch_interval: '20',
  kafka_input_topic: 'in',
};

export const KILL_STORIES: readonly KillStory[] = [
  {
    name: 'init over an existing project',
    args: [
      'init',
      '--no-input',
      '--template',
      'sentiment140',
      '--name',
      'tweets',
      '--ci',
      'github',
      '--force',
      '--yes',
    ],
    async prepare(dir, run) {
      await run(PROJECT);
      for (const file of ['code/sentiment_multimodel.py', '.gitignore', '.env.example'])
        fs.writeFileSync(path.join(dir, file), '# mine\n');
    },
  },
  {
    name: 'config set',
    args: ['config', 'set', 'train.numFeatures', '1024'],
    prepare: (_dir, run) => run(PROJECT),
  },
  {
    name: 'config import airflow',
    args: ['config', 'import', 'airflow', 'variables.json'],
    async prepare(dir, run) {
      await run(PROJECT);
      fs.writeFileSync(path.join(dir, 'variables.json'), JSON.stringify(VARIABLES));
    },
  },
  {
    name: 'doctor --fix',
    args: ['doctor', '--fix', '--only', 'project,secrets'],
    async prepare(dir, run) {
      await run(PROJECT);
      execFileSync('git', ['init', '--quiet', dir]);
      fs.writeFileSync(path.join(dir, '.gitignore'), 'node_modules/\n');
      fs.writeFileSync(path.join(dir, '.env'), 'KAGGLE_KEY=\n', { mode: 0o644 });
      fs.chmodSync(path.join(dir, '.env'), 0o644);
    },
  },
  {
    name: 'plugin create',
    args: ['plugin', 'create', 'hello', '--no-install', '--kind', 'stream-sink', '--kind', 'doctor-check'],
    once: true,
    prepare: async () => {},
  },
  {
    name: 'dataset generate',
    args: ['dataset', 'generate', '--rows', '8000', '--output', 'reviews.csv', '--force'],
    prepare: (_dir, run) => run(generate(300, 7)),
  },
  {
    name: 'train over older models',
    slow: true,
    args: trainWith(42),
    folders: ['models/naivebayes', 'models/best-model-naivebayes'],
    settle: settleTimes,
    async prepare(_dir, run) {
      await run(generate(300, 1));
      await run(trainWith(7));
    },
  },
  {
    name: 'score into a file',
    slow: true,
    args: ['score', '--model-path', 'models', '-i', 'reviews.csv', '-o', 'scored.jsonl.gz'],
    async prepare(dir, run) {
      await run(generate(3000, 1));
      await run(trainWith(42));
      fs.writeFileSync(path.join(dir, 'scored.jsonl.gz'), 'old');
    },
  },
  {
    name: 'model convert',
    slow: true,
    args: ['model', 'convert', 'models/naivebayes', '--to', 'spark', '--output', 'converted', '--force'],
    folders: ['converted'],
    settle: settleTimes,
    async prepare(_dir, run) {
      await run(generate(300, 1));
      await run(trainWith(42));
      await run(['model', 'convert', 'models/naivebayes', '--to', 'native', '--output', 'converted']);
    },
  },
];

function generate(rows: number, seed: number): string[] {
  return ['dataset', 'generate', '--rows', String(rows), '--seed', String(seed), '--output', 'reviews.csv'];
}

function trainWith(seed: number): string[] {
  // Runs have ids of their own each time: what they leave is judged by kill-tracking.
  const small = ['--models', 'nb', '--num-features', '64', '--min-accuracy', '0.1', '--no-track'];
  return ['train', '--input', 'reviews.csv', '--output', 'models', ...small, '--seed', String(seed)];
}

/** Moments and durations, and in a file with a checksum the checksum of them. */
function settleTimes(content: string): string {
  return (
    content
      .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.\d{3}(000|Z)/g, '<time>')
      .replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, '<minute>')
      .replace(/"timestamp":\d+/g, '"timestamp":0')
      .replace(/"seconds(_fit)?": [\d.e-]+/g, '"seconds": 0')
      .replace(/model_uuid: '[0-9a-f]+'/, 'model_uuid: 0')
      .replace(/\b\d[\d.,e-]* m?s\b/g, '<duration>')
      // The checksum of our own form covers the time in its head.
      .replace(/^(\x89SOM[\s\S]{20})[\s\S]{4}/, '$1')
  );
}

/** What is told of one moment: nothing where the command survived it. */
export interface KillRun {
  readonly killed: boolean;
  /** Each is a sentence; empty is what everybody hopes for. */
  readonly complaints: readonly string[];
}

/** One story made ready: the folder before, what stands in it after, and how long the command takes. */
export class KillStage {
  readonly durationMs: number;
  /** How many changes of files the command makes. */
  readonly changes: number;
  readonly #story: KillStory;
  readonly #bin: string;
  readonly #base: string;
  readonly #before: Snapshot;
  readonly #after: Snapshot;
  #copies = 0;

  private constructor(story: KillStory, bin: string, base: string, known: [Snapshot, Snapshot, number, number]) {
    this.#story = story;
    this.#bin = bin;
    this.#base = base;
    [this.#before, this.#after, this.durationMs, this.changes] = known;
  }

  static async open(story: KillStory, bin: string): Promise<KillStage> {
    const base = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-kill-'));
    const [home, dir] = [path.join(base, 'home'), path.join(base, 'before')];
    for (const folder of [home, dir]) fs.mkdirSync(folder);
    const run = async (cwd: string, args: readonly string[], env: Record<string, string> = {}) => {
      const { code, stderr } = await runCli(args, { bin: { file: bin }, home, cwd, env });
      if (code !== 0) throw new Error(`sentops ${args.join(' ')} ended with ${code}: ${stderr}`);
    };
    await story.prepare(dir, args => run(dir, args));
    const done = path.join(base, 'after');
    fs.cpSync(dir, done, { recursive: true });
    const start = performance.now();
    const counter = path.join(base, 'changes');
    await run(done, story.args, { ...watchOf(done), DIE_COUNT: counter });
    const durationMs = performance.now() - start;
    const changes = Number(fs.readFileSync(counter, 'utf8'));
    return new KillStage(story, bin, base, [takeSnapshot(dir, story), takeSnapshot(done, story), durationMs, changes]);
  }

  close(): void {
    fs.rmSync(this.#base, { recursive: true, force: true });
  }

  /** Kills one run of the command per moment and looks at what is there; then it runs to its end and has to succeed. */
  async killAt(...moments: Moment[]): Promise<KillRun> {
    this.#copies += 1;
    const dir = path.join(this.#base, `copy-${this.#copies}`);
    fs.cpSync(path.join(this.#base, 'before'), dir, { recursive: true, preserveTimestamps: true });
    try {
      const complaints: string[] = [];
      let killed = false;
      for (const moment of moments) {
        killed = await this.#spawn(dir, moment);
        complaints.push(...this.#judgeHalfWay(bringBack(takeSnapshot(dir, this.#story), this.#story)));
        if (!killed || this.#isDone(dir)) break;
      }
      if (killed && !this.#isDone(dir)) complaints.push(...(await this.#runToEnd(dir)));
      return { killed, complaints: complaints.map(text => `${text} (killed at ${JSON.stringify(moments)})`) };
    } finally {
      fs.rmSync(dir, { recursive: true, force: true });
    }
  }

  async #runToEnd(dir: string): Promise<string[]> {
    const home = path.join(this.#base, 'home');
    const { code, stderr } = await runCli(this.#story.args, { bin: { file: this.#bin }, home, cwd: dir });
    return code === 0 ? this.#judgeEnd(takeSnapshot(dir, this.#story)) : [`the next run ended with ${code}: ${stderr}`];
  }

  #isDone(dir: string): boolean {
    return this.#story.once === true && this.#judgeEnd(takeSnapshot(dir, this.#story)).length === 0;
  }

  /** Every file is the old or the new one, whole; beside them there are only files that say what they are. */
  #judgeHalfWay(found: Snapshot): string[] {
    const names = new Set([...found.keys(), ...this.#before.keys(), ...this.#after.keys()]);
    const files = [...names].flatMap(name => {
      const now = found.get(name);
      if (now === this.#before.get(name) || now === this.#after.get(name)) return [];
      const isKnown = this.#before.has(name) || this.#after.has(name);
      if (!isKnown && LEFTOVER.test(name)) return [];
      const shown = now?.slice(0, 300) ?? 'missing';
      return [isKnown ? `${name} is neither the old nor the new one: ${shown}` : `${name} is left behind`];
    });
    return [...files, ...this.#judgeFolders([...names], found)];
  }

  /** Files of an old and of a new model side by side would be no model at all. */
  #judgeFolders(names: readonly string[], found: Snapshot): string[] {
    return (this.#story.folders ?? []).flatMap(folder => {
      const inside = names.filter(name => name.startsWith(`${folder}/`) && !LEFTOVER.test(name));
      const isLike = (other: Snapshot) => inside.every(name => found.get(name) === other.get(name));
      return isLike(this.#before) || isLike(this.#after) ? [] : [`${folder} is a mixture of old and new files`];
    });
  }

  #judgeEnd(found: Snapshot): string[] {
    const names = new Set([...found.keys(), ...this.#after.keys()]);
    return [...names].flatMap(name => {
      if (found.get(name) === this.#after.get(name)) return [];
      return [`after the next run ${name} is ${this.#after.has(name) ? 'not as it should be' : 'still there'}`];
    });
  }

  #spawn(dir: string, moment: Moment): Promise<boolean> {
    const env = { ...cleanEnv(path.join(this.#base, 'home')), ...envOf(dir, moment) };
    const child = spawn(pinnedNode(), [this.#bin, ...this.#story.args], { cwd: dir, env, stdio: 'ignore' });
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

/** Temporary files, locks, and folders that are being put together: each carries the number of its process. */
const LEFTOVER = /(^|\/)\.[^/]*\.(sentops-\d+-\d+\.tmp(\/|$)|lock(\.\d+)?$|former\/)/;

function watchOf(dir: string): Record<string, string> {
  return { NODE_OPTIONS: `--require=${path.join(import.meta.dirname, 'die-at.cjs')}`, DIE_BELOW: dir };
}

function envOf(dir: string, moment: Moment): Record<string, string> {
  if ('afterMs' in moment) return {};
  return { ...watchOf(dir), DIE_AT: String(moment.call), DIE_HOW: moment.how };
}

/**
 * A folder cannot take the place of another one in a single step: between two renames the old one stands aside, whole,
 * for the next run to put back.
 */
function bringBack(found: Snapshot, { folders = [] }: KillStory): Snapshot {
  const shown = new Map(found);
  for (const folder of folders) {
    const aside = `${path.join(path.dirname(folder), `.${path.basename(folder)}.former`)}/`;
    if ([...found.keys()].some(name => name.startsWith(`${folder}/`))) continue;
    for (const [name, content] of found)
      if (name.startsWith(aside) && shown.delete(name)) shown.set(`${folder}/${name.slice(aside.length)}`, content);
  }
  return shown;
}

function takeSnapshot(dir: string, { settle = content => content }: KillStory): Snapshot {
  const entries = fs.readdirSync(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile()).map(entry => path.join(entry.parentPath, entry.name));
  return new Map(
    files
      .map(file => [path.relative(dir, file), file] as const)
      .filter(([name]) => !name.startsWith(`.git${path.sep}`))
      .map(([name, file]) => [
        name,
        `${(fs.statSync(file).mode & 0o777).toString(8)} ${settle(withoutPlace(fs.readFileSync(file, 'latin1'), dir))}`,
      ]),
  );
}

/** Every copy of the folder has a place of its own beside the others, which reports name. */
function withoutPlace(content: string, dir: string): string {
  const [first = '', ...rest] = content.split(path.dirname(dir));
  return [first, ...rest.map(part => part.replace(/^\/[a-z]+(-\d+)?/, ''))].join('<place>');
}

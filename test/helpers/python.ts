import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { withLock } from '../../src/lib/core/lock-file.ts';

interface Requirements {
  readonly packages: readonly string[];
  /** Oldest and newest minor version of Python 3 that the packages work on. */
  readonly pythons: readonly [number, number];
  readonly java: boolean;
}

const ENVIRONMENTS = {
  spark4: {
    packages: ['pyspark==4.3.0', 'mlflow==3.17.2', 'pyarrow==25.0.1', 'pandas==2.3.3', 'numpy==2.4.6'],
    pythons: [11, 14],
    java: true,
  },
  mlflow317: { packages: ['mlflow[auth]==3.17.2'], pythons: [10, 14], java: false },
  // Of a time before the server checked host names; SQLAlchemy 2.1 came later and does not fit.
  mlflow34: { packages: ['mlflow==3.4.0', 'SQLAlchemy==2.0.44'], pythons: [10, 13], java: false },
  // Spark 3.3 imports what Python 3.13 no longer has, and speaks to NumPy 1.
  spark3: { packages: ['pyspark==3.3.2', 'numpy==1.26.4', 'setuptools==75.3.0'], pythons: [9, 12], java: true },
  // The tool imports six and does not say so.
  kaggle: { packages: ['kaggle==2.2.4', 'kagglesdk==0.1.37', 'six==1.17.0'], pythons: [11, 14], java: false },
  gcs: { packages: ['google-cloud-storage==3.17.1', 'gsutil==5.38'], pythons: [10, 13], java: false },
} as const satisfies Readonly<Record<string, Requirements>>;

export type EnvironmentName = keyof typeof ENVIRONMENTS;

export interface PythonEnvironment {
  readonly python: string;
}

const cache = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'), 'sentops-test', 'python');

/** Why the environment cannot be had on this machine; undefined where it can. In CI nothing is missing: the test fails. */
export function missingFor(name: EnvironmentName): string | undefined {
  const { java, pythons } = ENVIRONMENTS[name];
  const missing = [
    findPython(pythons) ? '' : `no Python from 3.${pythons[0]} to 3.${pythons[1]} on PATH`,
    java && !hasJava() ? 'no Java on PATH or in JAVA_HOME' : '',
  ].filter(reason => reason !== '');
  if (missing.length === 0) return undefined;
  const reason = `${name}: ${missing.join(', ')}`;
  if (['1', 'true'].includes(process.env['CI'] ?? '')) throw new Error(`CI has to bring this: ${reason}`);
  console.warn(`skipped, ${reason}`);
  return reason;
}

/**
 * A Python with pinned packages in the cache folder, made on first use. Two processes that want it at once: one makes
 * it, the other waits; a folder counts as made when its marker is there, which is written last.
 */
export async function pythonEnvironment(name: EnvironmentName): Promise<PythonEnvironment> {
  const { packages, pythons } = ENVIRONMENTS[name];
  const base = findPython(pythons);
  if (!base) throw new Error(missingFor(name));
  const hash = createHash('sha256')
    .update(`${base.version}\n${packages.join('\n')}`)
    .digest('hex')
    .slice(0, 12);
  const folder = path.join(cache, `${name}-${hash}`);
  const marker = path.join(folder, 'complete');
  const python = path.join(folder, 'bin', 'python');
  if (fs.existsSync(marker)) return { python };
  fs.mkdirSync(cache, { recursive: true });
  const make = async () => {
    if (fs.existsSync(marker)) return;
    fs.rmSync(folder, { recursive: true, force: true });
    await runProgram(base.program, ['-m', 'venv', folder], {});
    const options = ['--quiet', '--disable-pip-version-check', '--no-input', '--prefer-binary'];
    await runProgram(python, ['-m', 'pip', 'install', ...options, ...packages], {});
    fs.writeFileSync(marker, `${packages.join('\n')}\n`);
  };
  await withLock(folder, make, { waitMs: 1_800_000 });
  return { python };
}

export interface RunOptions {
  /** What the program reads from standard input. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** After so long the program is ended, with everything that it started. Less than what the tests wait. */
  readonly limitMs?: number;
}

const LIMIT_MS = 1_500_000;

/** Runs a script of ours; what it printed to standard output comes back, a failure carries the end of its errors. */
export async function runPython(
  environment: PythonEnvironment,
  script: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  return await runProgram(environment.python, ['-B', script, ...args], options);
}

function runProgram(
  program: string,
  args: readonly string[],
  { input = '', env = {}, limitMs = LIMIT_MS }: RunOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], {
      // A host name that does not resolve keeps Spark from starting; the programs find their own interpreter by PATH.
      env: {
        ...process.env,
        SPARK_LOCAL_IP: '127.0.0.1',
        PYSPARK_PYTHON: program,
        MLFLOW_DISABLE_TELEMETRY: 'true',
        PYTHONIOENCODING: 'utf-8',
        ...env,
        PATH: `${path.dirname(program)}${path.delimiter}${process.env['PATH'] ?? ''}`,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A process group of its own: the Java machine that Python starts must not outlive it.
      detached: true,
    });
    let output = '';
    let errors = '';
    let late = false;
    watch(child);
    const timer = setTimeout(() => {
      late = true;
      endGroup(child);
    }, limitMs);
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      output += part;
    });
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      errors = (errors + part).slice(-20_000);
    });
    child.stdin.on('error', () => {});
    child.on('error', error => {
      clearTimeout(timer);
      unwatch(child);
      reject(error);
    });
    // What it started may hold its output open, and `close` would wait for that.
    child.on('exit', () => endGroup(child));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      unwatch(child);
      if (code === 0) return resolve(output);
      const ending = errors.split('\n').slice(-60).join('\n');
      const how = late ? `was ended after ${limitMs / 1000} s` : `ended with ${signal ?? code}`;
      reject(new Error(`${program} ${args.slice(0, 4).join(' ')} ${how}:\n${ending}`));
    });
    child.stdin.end(input);
  });
}

const running = new Set<ChildProcess>();
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ends a child that leads a process group, with everything that it started. */
export function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}

function endAll(): void {
  for (const child of running) endGroup(child);
}

/** A group of its own does not hear the signals of the terminal: whoever ends the tests ends the programs, too. */
function onSignal(signal: NodeJS.Signals): void {
  endAll();
  unlisten();
  process.kill(process.pid, signal);
}

/** Until `unwatch`, the group of the child does not outlive the tests. */
export function watch(child: ChildProcess): void {
  if (running.size === 0) {
    process.on('exit', endAll);
    for (const signal of SIGNALS) process.on(signal, onSignal);
  }
  running.add(child);
}

export function unwatch(child: ChildProcess): void {
  running.delete(child);
  if (running.size === 0) unlisten();
}

function unlisten(): void {
  process.off('exit', endAll);
  for (const signal of SIGNALS) process.off(signal, onSignal);
}

interface FoundPython {
  readonly program: string;
  readonly version: string;
}

function findPython([oldest, newest]: readonly [number, number]): FoundPython | undefined {
  const minors = Array.from({ length: newest - oldest + 1 }, (_, index) => newest - index);
  for (const program of ['python3', ...minors.map(minor => `python3.${minor}`)]) {
    const version = tell(program, ['-c', 'import venv, ensurepip, sys; print("%d.%d" % sys.version_info[:2])']);
    const minor = Number(/^3\.(\d+)$/.exec(version?.trim() ?? '')?.[1]);
    if (minor >= oldest && minor <= newest) return { program, version: `3.${minor}` };
  }
  return undefined;
}

function hasJava(): boolean {
  const home = process.env['JAVA_HOME'];
  return tell(home ? path.join(home, 'bin', 'java') : 'java', ['-version']) !== undefined;
}

function tell(program: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(program, [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 60_000 });
  } catch {
    return undefined;
  }
}

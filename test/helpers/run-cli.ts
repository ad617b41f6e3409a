import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const repositoryRoot: string = path.resolve(import.meta.dirname, '../..');

export interface CliOptions {
  readonly cwd?: string;
  /** Added to a clean environment; a value of undefined removes the name. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** HOME of the run; a fresh temporary one, removed afterwards, where absent. */
  readonly home?: string;
  /** What standard input holds; it is empty and at its end where absent. */
  readonly input?: string | Uint8Array;
  /** Sends this signal as soon as what was printed so far (stdout and stderr) matches. */
  readonly signal?: { readonly name: NodeJS.Signals; readonly after: RegExp };
  /** The sources by type stripping, the built package of this checkout, or any other start file. */
  readonly bin?: 'dev' | 'dist' | { readonly file: string };
}

export interface CliResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const STUCK_MS = 120_000;
const STARTS = { dev: 'bin/dev.js', dist: 'bin/run.js' };

/** The Node that the repository pins; the one that runs the test where it is not installed. */
export function pinnedNode(): string {
  const pinned = path.join(repositoryRoot, 'node_modules/node/bin/node');
  return fs.existsSync(pinned) ? pinned : process.execPath;
}

/** An environment in which nothing of the machine shows through: no CI, no credentials, no colour, its own HOME. */
export function cleanEnv(home: string): Record<string, string> {
  return {
    PATH: [path.dirname(pinnedNode()), '/usr/local/bin', '/usr/bin', '/bin'].join(path.delimiter),
    HOME: home,
    XDG_CONFIG_HOME: path.join(home, '.config'),
    XDG_DATA_HOME: path.join(home, '.local/share'),
    XDG_CACHE_HOME: path.join(home, '.cache'),
    XDG_STATE_HOME: path.join(home, '.local/state'),
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    TERM: 'dumb',
  };
}

/** Stripping the types of the sources is most of what a run from them costs: Node.js may keep what comes out. */
function warm(bin: CliOptions['bin']): Readonly<Record<string, string>> {
  return bin === 'dev' ? { NODE_COMPILE_CACHE: path.join(os.tmpdir(), 'sentops-test-compiled') } : {};
}

/** Runs sentops as a user would, in a process of its own. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const home = options.home ?? fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-home-'));
  const bin = options.bin ?? 'dev';
  const file = typeof bin === 'object' ? bin.file : path.join(repositoryRoot, STARTS[bin]);
  const entries = Object.entries({ ...cleanEnv(home), ...warm(bin), ...options.env }).filter(
    ([, value]) => value !== undefined,
  );
  try {
    return await collect([file, ...args], Object.fromEntries(entries), options.cwd ?? home, options);
  } finally {
    if (!options.home) fs.rmSync(home, { recursive: true, force: true });
  }
}

function collect(argv: string[], env: NodeJS.ProcessEnv, cwd: string, options: CliOptions): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(pinnedNode(), argv, { cwd, env, stdio: 'pipe' });
    const printed = { stdout: '', stderr: '' };
    let pending = options.signal;
    const stuck = setTimeout(() => child.kill('SIGKILL'), STUCK_MS);
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8');
      child[name].on('data', (chunk: string) => {
        printed[name] += chunk;
        if (!pending?.after.test(printed.stdout + printed.stderr)) return;
        child.kill(pending.name);
        pending = undefined;
      });
    }
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(stuck);
      resolve({ ...printed, code, signal });
    });
  });
}

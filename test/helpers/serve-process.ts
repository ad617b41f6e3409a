import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { cleanEnv, pinnedNode, repositoryRoot } from './run-cli.ts';

export interface ServeProcess {
  readonly url: string;
  /** What it printed up to now. */
  readonly printed: { stdout: string; stderr: string };
  /** Sends the signal and waits for the end; the exit code, or the signal that ended it. */
  end(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

/** `sentops store serve` in a process of its own, ready for requests. Rejects with what it printed where it ends before. */
export async function startServe(
  cwd: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<ServeProcess> {
  const file = path.join(repositoryRoot, 'bin/dev.js');
  const child = spawn(pinnedNode(), [file, 'store', 'serve', '--port', '0', ...args], {
    cwd,
    env: { ...cleanEnv(cwd), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  const ended = new Promise<number | NodeJS.Signals | null>(resolve => {
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  const url = await Promise.race([readUrl(child, printed), ended.then(code => failed(code, printed))]);
  return {
    url,
    printed,
    end(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}

function readUrl(child: ChildProcess, printed: { stdout: string; stderr: string }): Promise<string> {
  return new Promise(resolve => {
    for (const name of ['stdout', 'stderr'] as const)
      child[name]?.setEncoding('utf8').on('data', (part: string) => {
        printed[name] += part;
        const url = /http:\/\/[\w.:[\]]+:\d+(?=["\s])/.exec(printed.stdout)?.[0];
        if (url !== undefined) resolve(url);
      });
  });
}

function failed(code: unknown, printed: { stdout: string; stderr: string }): never {
  throw new Error(`store serve ended with ${code}:\n${printed.stdout}${printed.stderr}`);
}

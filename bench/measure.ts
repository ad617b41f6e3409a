import { spawn } from 'node:child_process';
import path from 'node:path';

/** One run of a whole process: seconds, largest resident memory in bytes, and what it printed. */
export interface Measured {
  readonly wall: number;
  readonly cpu: number;
  readonly memory: number;
  readonly output: string;
}

export interface Run {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Measures a command line by bench/train-times.py; one that fails is an error with the end of what it complained of. */
export function measureRun(run: Run): Promise<Measured> {
  const { promise, resolve, reject } = Promise.withResolvers<Measured>();
  const child = spawn('python3', [path.join(import.meta.dirname, 'train-times.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  child.on('error', reject);
  child.on('close', () => {
    const measured = JSON.parse(text || '{"code":1}') as Measured & { code: number; complaints: string };
    if (measured.code === 0) resolve(measured);
    else reject(new Error(`${JSON.stringify(run)} ended with ${measured.code}: ${measured.complaints}`));
  });
  child.stdin.end(JSON.stringify({ runs: [{ name: run.argv[0], ...run }] }));
  return promise;
}

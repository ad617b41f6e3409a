import { SentopsError } from './errors.ts';

export interface Execution {
  /** False where the program is not there. */
  readonly found: boolean;
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ExecOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

/** Runs a program to its end and says what it printed; a program that is missing or fails is an answer, not an error. */
export async function runProgram(file: string, args: readonly string[], options: ExecOptions = {}): Promise<Execution> {
  const { execa } = await import('execa');
  const result = await execa(file, [...args], {
    reject: false,
    stdin: 'ignore',
    extendEnv: false,
    ...(options.env ? { env: { ...options.env } } : {}),
    ...(options.cwd ? { cwd: options.cwd } : {}),
    ...(options.signal ? { cancelSignal: options.signal } : {}),
  });
  if (options.signal?.aborted) throw options.signal.reason ?? new SentopsError('INTERRUPTED');
  const missing = result.code === 'ENOENT' || result.code === 'EACCES';
  return {
    found: !missing,
    code: result.exitCode,
    stdout: String(result.stdout ?? ''),
    stderr: String(result.stderr ?? ''),
  };
}

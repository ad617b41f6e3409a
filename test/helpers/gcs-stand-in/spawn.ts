import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Counts } from './counts.ts';
import type { Fault } from './faults.ts';
import type { GcsStandInOptions } from './start.ts';

/** The stand-in in another process: what is measured in this one is not its work. */
export interface SpawnedGcsStandIn {
  readonly uri: string;
  readonly pid: number;
  /** What it has seen since it started or was reset. */
  counts(): Promise<Counts>;
  resetCounts(): Promise<void>;
  addFaults(...faults: readonly Fault[]): Promise<void>;
  clearFaults(): Promise<void>;
  /** Upload sessions that were begun and never finished. */
  unfinished(): Promise<number>;
  stop(): Promise<void>;
}

export async function spawnGcsStandIn(options: GcsStandInOptions = {}): Promise<SpawnedGcsStandIn> {
  const script = fileURLToPath(new URL('./main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
  const first = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('error', reject);
    child.once('exit', code => reject(new Error(`the stand-in ended with ${code}`)));
  });
  const { uri } = JSON.parse(await first) as { uri: string };
  const ask = async (method: string, what: string, body?: unknown): Promise<unknown> => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const response = await fetch(`${uri}/_stand-in/${what}`, init);
    return await response.json();
  };
  return {
    uri,
    pid: child.pid ?? 0,
    counts: async () => new Counts((await ask('GET', 'counts')) as ConstructorParameters<typeof Counts>[0]),
    resetCounts: async () => void (await ask('DELETE', 'counts')),
    addFaults: async (...faults) => void (await ask('POST', 'faults', faults)),
    clearFaults: async () => void (await ask('DELETE', 'faults')),
    unfinished: async () => Number(await ask('GET', 'unfinished')),
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

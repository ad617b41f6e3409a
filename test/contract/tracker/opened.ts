import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { SentopsError } from '../../../src/lib/core/errors.ts';
import type { Run } from '../../../src/lib/tracking/entities.ts';
import type { Tracker } from '../../../src/lib/tracking/types.ts';

/** Gives the tracker under test: the same one every time, or a new one on the same store. */
export type Open = () => Tracker;

/** A name that nobody has used: a suite may run on a store that others used before. */
export function fresh(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString('hex')}`;
}

/** The code of the SentopsError that the work ends with. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  const outcome = await work.then(
    value => `no error but ${JSON.stringify(value)}`,
    (error: unknown) => error,
  );
  if (outcome instanceof SentopsError) {
    expect(outcome.message.length).toBeGreaterThan(10);
    return outcome.code;
  }
  return String(outcome);
}

export async function newExperiment(tracker: Tracker): Promise<string> {
  return await tracker.experiments.create({ name: fresh('experiment') });
}

export async function newRun(tracker: Tracker, experimentId?: string): Promise<Run> {
  return await tracker.runs.create({ experimentId: experimentId ?? (await newExperiment(tracker)) });
}

export async function readRun(tracker: Tracker, runId: string): Promise<Run> {
  const run = await tracker.runs.get(runId);
  if (run === null) throw new Error(`run ${runId} is gone`);
  return run;
}

export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

export async function* inChunks(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { openStore } from '../../../../src/lib/tracking/embedded/open-store.ts';
import type { Patience, Store } from '../../../../src/lib/tracking/embedded/store.ts';
import { embeddedTracker } from '../../../../src/lib/tracking/embedded/tracker.ts';
import type { Metric } from '../../../../src/lib/tracking/entities.ts';
import type { Tracker } from '../../../../src/lib/tracking/types.ts';

export function tempFolder(name = 'sentops-store-'): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), name));
  onTestFinished(() => fs.rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export interface Opened {
  readonly store: Store;
  readonly tracker: Tracker;
  readonly file: string;
}

export async function openTemp(
  mode: 'read' | 'write' = 'write',
  file = path.join(tempFolder(), 'mlflow.db'),
  patience: Omit<Patience, 'file'> = {},
): Promise<Opened> {
  const store = await openStore({ file, mode, ...patience });
  onTestFinished(() => store.close());
  return { store, tracker: embeddedTracker(store, `sqlite:///${file}`), file };
}

export function metric(key: string, value: number, more: Partial<Metric> = {}): Metric {
  return { key, value, timestamp: 1_700_000_000_000, step: 0, ...more };
}

/** What an error of ours says to scripts. */
export function failure(code: string, errorCode?: string): object {
  return errorCode === undefined ? { code } : { code, details: { errorCode } };
}

/** What `write` and `read` of a store are given, with the store at hand. */
export async function change(store: Store, ...statements: readonly string[]): Promise<void> {
  await store.write(() => {
    for (const statement of statements) store.run(statement);
  });
}

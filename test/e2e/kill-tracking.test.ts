import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Moment } from '../helpers/kill-stories.ts';
import { installTarball } from '../helpers/pack.ts';
import { TrackedTraining } from '../helpers/tracked-training.ts';

/**
 * A training that is killed while it records itself leaves a store that opens and no version without its files, and the
 * next one does everything that it has to. test/soak does the same for longer.
 */
const RANDOM_MOMENTS = 6;
const FILE_MOMENTS = 6;
const HOWS = ['before', 'half', 'after'] as const;

let training: TrackedTraining;
beforeAll(async () => {
  training = await TrackedTraining.open((await installTarball()).bin);
});
afterAll(() => training.close());

test('killed at any time, mostly near its end, where the registry is written', async () => {
  const complaints: string[] = [];
  for (let at = 0; at < RANDOM_MOMENTS; at += 1) {
    const share = at % 3 === 0 ? Math.random() : 0.6 + 0.4 * Math.random();
    complaints.push(...(await training.killAt({ afterMs: share * training.durationMs })).complaints);
  }
  expect([...complaints, ...(await training.finish())]).toEqual([]);
}, 180_000);

test('killed at changes of the files that it stores', async () => {
  const complaints: string[] = [];
  let killed = 0;
  for (let at = 0; at < FILE_MOMENTS; at += 1) {
    const call = 1 + Math.floor((at * training.changes) / FILE_MOMENTS);
    const run = await training.killAt({ call, how: HOWS[at % 3] ?? 'after' } satisfies Moment);
    killed += run.killed ? 1 : 0;
    complaints.push(...run.complaints);
  }
  expect([...complaints, ...(await training.finish())]).toEqual([]);
  expect(killed).toBe(FILE_MOMENTS);
}, 180_000);

import { expect, test } from 'vitest';
import type { Moment } from '../helpers/kill-stories.ts';
import { installTarball } from '../helpers/pack.ts';
import { TrackedTraining } from '../helpers/tracked-training.ts';

/** Run on purpose only; docs/soak.md tells how, and what came of it. */
const ROUNDS = Number(process.env['SOAK_ROUNDS'] ?? 60);
const HOWS = ['before', 'half', 'after'] as const;

test('train with its record', { timeout: 3_600_000 }, async () => {
  const training = await TrackedTraining.open((await installTarball()).bin);
  const complaints: string[] = [];
  const tally = { times: 0, changes: 0 };
  const kill = async (kind: keyof typeof tally, moment: Moment) => {
    const run = await training.killAt(moment);
    if (run.killed) tally[kind] += 1;
    complaints.push(...run.complaints);
  };
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      // Every other one falls into the part in which the record is written.
      const share = round % 2 === 0 ? Math.random() : 0.6 + 0.4 * Math.random();
      await kill('times', { afterMs: share * training.durationMs });
      const call = 1 + Math.floor(Math.random() * training.changes);
      await kill('changes', { call, how: HOWS[round % 3] ?? 'after' });
      if (round % 10 === 9) complaints.push(...(await training.finish()));
    }
    complaints.push(...(await training.finish()));
  } finally {
    training.close();
  }
  console.log(`train with its record: killed at ${tally.times} random times and ${tally.changes} changes of files`);
  expect(complaints).toEqual([]);
});

import { expect, test } from 'vitest';
import { KILL_STORIES, type KillRun, KillStage, type Moment } from '../helpers/kill-stories.ts';
import { installTarball } from '../helpers/pack.ts';

/** Run on purpose only; docs/soak.md tells how, and what came of it. */
const ROUNDS = Number(process.env['SOAK_ROUNDS'] ?? 60);
const HOWS = ['before', 'half', 'after'] as const;

test.for(KILL_STORIES)('$name', { timeout: 3_600_000 }, async story => {
  const stage = await KillStage.open(story, (await installTarball()).bin);
  const tally = { changes: 0, times: 0, again: 0 };
  const complaints: string[] = [];
  const note = (kind: keyof typeof tally, { killed, complaints: found }: KillRun) => {
    if (killed) tally[kind] += 1;
    complaints.push(...found);
    return killed;
  };
  const anyTime = (): Moment => ({ afterMs: Math.random() * stage.durationMs });
  try {
    for (const how of HOWS) for (let call = 1; note('changes', await stage.killAt({ call, how })); call += 1);
    for (let round = 0; round < ROUNDS; round += 1) note('times', await stage.killAt(anyTime()));
    for (let round = 0; round < ROUNDS / 4; round += 1) {
      const anyCall: Moment = { call: 1 + Math.floor(Math.random() * 8), how: HOWS[round % 3] ?? 'after' };
      note('again', await stage.killAt(anyCall, { ...anyCall, how: 'after' }, anyTime()));
    }
  } finally {
    stage.close();
  }
  console.log(
    `${story.name}: killed at ${tally.changes} changes, ${tally.times} random times, ${tally.again} in a row`,
  );
  expect(complaints).toEqual([]);
});

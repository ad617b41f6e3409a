import { expect, test } from 'vitest';
import { KILL_STORIES, type KillRun, KillStage, type KillStory, type Moment } from '../helpers/kill-stories.ts';
import { installTarball } from '../helpers/pack.ts';

/**
 * No moment of any command that writes is one at which the machine must not stop: every file is then the old or the
 * new one, and the next run succeeds and clears away what is left. test/soak does the same for longer.
 */
const RANDOM_MOMENTS = 8;
/** These all, of the later ones every third: where many files are written, the changes repeat. The soak takes them all. */
const FIRST_CALLS = 8;
const HOWS = ['before', 'half', 'after'] as const;

async function onStage(story: KillStory, play: (stage: KillStage) => Promise<void>): Promise<void> {
  const stage = await KillStage.open(story, (await installTarball()).bin);
  try {
    await play(stage);
  } finally {
    stage.close();
  }
}

const complaintsOf = (runs: readonly KillRun[]) => runs.flatMap(run => run.complaints);

test.for(KILL_STORIES)('$name may be killed while it changes files', async story => {
  await onStage(story, async stage => {
    const runs: KillRun[] = [];
    for (let call = 1; runs.at(-1)?.killed !== false; call += call < FIRST_CALLS ? 2 : 6) {
      const moments = [call, call + 1].map((at): Moment => ({ call: at, how: HOWS[at % 3] ?? 'after' }));
      runs.push(...(await Promise.all(moments.map(moment => stage.killAt(moment)))));
    }
    expect(complaintsOf(runs)).toEqual([]);
    expect(runs.filter(run => run.killed).length).toBeGreaterThan(3);
  });
});

test.for(KILL_STORIES)('$name may be killed at any time', async story => {
  await onStage(story, async stage => {
    const runs: KillRun[] = [];
    const anyTime = (): Moment => ({ afterMs: Math.random() * stage.durationMs });
    for (let run = 0; run < RANDOM_MOMENTS; run += 2)
      runs.push(...(await Promise.all([stage.killAt(anyTime()), stage.killAt(anyTime())])));
    expect(complaintsOf(runs)).toEqual([]);
  });
});

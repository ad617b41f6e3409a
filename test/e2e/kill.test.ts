import { afterAll, expect, test } from 'vitest';
import { KILL_STORIES, type KillRun, KillStage, type KillStory, type Moment } from '../helpers/kill-stories.ts';
import { installTarball } from '../helpers/pack.ts';

/**
 * No moment of any command that writes is one at which the machine must not stop: every file is then the old or the
 * new one, and the next run succeeds and clears away what is left. test/soak does the same for longer.
 */
const RANDOM_MOMENTS = 8;
/** These all, of the later ones a few: where many files are written, the changes repeat. The soak takes them all. */
const FIRST_CALLS = 8;
const LATER_CALLS = 6;
const HOWS = ['before', 'half', 'after'] as const;

const stages = new Map<KillStory, Promise<KillStage>>();
afterAll(async () => {
  for (const stage of stages.values()) (await stage).close();
});

/** Made ready once for each story. */
async function stageOf(story: KillStory): Promise<KillStage> {
  const stage = stages.get(story) ?? installTarball().then(({ bin }) => KillStage.open(story, bin));
  stages.set(story, stage);
  return stage;
}

const complaintsOf = (runs: readonly KillRun[]) => runs.flatMap(run => run.complaints);

/** The first of each pair of neighbouring changes; one that does not come any more ends the list. */
function* callsOf({ slow }: KillStory, { changes }: KillStage): Generator<number> {
  const stride = Math.max(slow ? 2 : 6, Math.ceil(changes / LATER_CALLS));
  for (let call = 1; call <= changes + 1; call += call < FIRST_CALLS && !slow ? 2 : stride) yield call;
}

test.for(KILL_STORIES)('$name may be killed while it changes files', async story => {
  const stage = await stageOf(story);
  const runs: KillRun[] = [];
  for (const call of callsOf(story, stage)) {
    const moments = [call, call + 1].map((at): Moment => ({ call: at, how: HOWS[at % 3] ?? 'after' }));
    runs.push(...(await Promise.all(moments.map(moment => stage.killAt(moment)))));
  }
  expect(complaintsOf(runs)).toEqual([]);
  expect(runs.filter(run => run.killed).length).toBeGreaterThan(3);
});

test.for(KILL_STORIES)('$name may be killed at any time', async story => {
  const stage = await stageOf(story);
  const runs: KillRun[] = [];
  const anyTime = (): Moment => ({ afterMs: Math.random() * stage.durationMs });
  for (let run = 0; run < RANDOM_MOMENTS / (story.slow ? 2 : 1); run += 2)
    runs.push(...(await Promise.all([stage.killAt(anyTime()), stage.killAt(anyTime())])));
  expect(complaintsOf(runs)).toEqual([]);
});

import { randomBytes } from 'node:crypto';
import { SentopsError } from '../../core/errors.ts';
import type { Run } from '../../tracking/entities.ts';
import type { Tracker } from '../../tracking/types.ts';
import { must, type Step } from './steps.ts';

/** Records a run in an experiment of its own, reads it back, and deletes both. */
export async function checkTracker(tracker: Tracker, step: Step): Promise<void> {
  const name = `sentops-check-${randomBytes(6).toString('hex')}`;
  try {
    let experimentId = '';
    await step('makes an experiment and finds it by its name', async () => {
      experimentId = await tracker.experiments.create({ name });
      const found = await tracker.experiments.find(name);
      must(found?.experimentId === experimentId, `${name} was made and is not found`);
    });
    await step('refuses a name that is taken, and knows nothing of others', async () => {
      must((await codeOf(tracker.experiments.create({ name }))) === 'CONFLICT', 'a name could be taken twice');
      must((await tracker.experiments.find(`${name}-other`)) === null, 'it finds what was never made');
    });
    await checkRuns(tracker, experimentId, step);
    await step('deletes the experiment', async () => {
      await tracker.experiments.delete(experimentId);
      const found = await tracker.experiments.get(experimentId);
      must(found === null || found.lifecycle === 'deleted', 'it is still active');
    });
  } finally {
    await tracker.close();
  }
}

async function checkRuns(tracker: Tracker, experimentId: string, step: Step): Promise<void> {
  let run: Run | undefined;
  await step('records a run and gives it back', async () => {
    run = await tracker.runs.create({ experimentId, name: 'check', tags: { a: 'b' } });
    const { runId } = run;
    const metrics = [1, 0].map(at => ({ key: 'loss', value: 1 - at / 2, step: at, timestamp: Date.now() }));
    await tracker.runs.log(runId, { params: { depth: '5' }, metrics, tags: { c: 'ü' } });
    await tracker.runs.update(runId, { status: 'FINISHED' });
    const found = await tracker.runs.get(runId);
    must(found?.status === 'FINISHED' && found.endTime !== null, 'it did not end');
    must(found.params['depth'] === '5' && found.tags['a'] === 'b' && found.tags['c'] === 'ü', 'values are missing');
    must(
      found.metrics.find(({ key }) => key === 'loss')?.value === 0.5,
      'the latest value is not that of the last step',
    );
  });
  if (run === undefined) return;
  const { runId } = run;
  await step('keeps the history of a metric', async () => {
    const { items } = await tracker.runs.history(runId, 'loss', { limit: 10 });
    must(items.map(({ step: at }) => at).join() === '0,1', `its steps are ${items.map(({ step: at }) => at).join()}`);
  });
  await step('writes a parameter once', async () => {
    await tracker.runs.log(runId, { params: { depth: '5' } });
    must((await codeOf(tracker.runs.log(runId, { params: { depth: '6' } }))) === 'CONFLICT', 'it was written over');
  });
  await step('lists the runs of an experiment', async () => {
    const { items } = await tracker.runs.search({ experimentIds: [experimentId], limit: 10 });
    must(items.map(item => item.runId).join() === runId, `it lists ${items.length} runs instead of one`);
  });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => '',
    (error: unknown) => (error instanceof SentopsError ? error.code : String(error)),
  );
}

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { localFolder } from '../../../../src/lib/tracking/artifacts/local-folder.ts';
import { exportStore } from '../../../../src/lib/tracking/maintain/transfer/export-store.ts';
import { importRecords } from '../../../../src/lib/tracking/maintain/transfer/import-records.ts';
import { trackerTarget } from '../../../../src/lib/tracking/maintain/transfer/tracker-target.ts';
import type { Tracker } from '../../../../src/lib/tracking/types.ts';
import { dump, inStore, type Place, placeIn, tempDir, trainOnce } from './maintenance.ts';

/** The port over a second store stands for a server: it gives ids of its own. */
async function exported(
  change: (place: Place, made: Awaited<ReturnType<typeof trainOnce>>) => Promise<void> = async () => {},
) {
  const dir = tempDir();
  const from = await placeIn(path.join(dir, 'a'));
  const made = await trainOnce(from);
  await change(from, made);
  const output = path.join(dir, 'store.jsonl');
  await exportStore({ ...from, output, artifacts: true, force: false, dryRun: false });
  return { from, made, output, to: await placeIn(path.join(dir, 'b')) };
}

async function bring(place: Place, file: string, wrap: (tracker: Tracker) => Tracker = tracker => tracker) {
  return inStore(place, async ({ tracker }) => {
    const target = trackerTarget(wrap(tracker));
    const made = await importRecords(file, target, tracker.artifacts, place);
    return { made, renamed: target.renamed };
  });
}

test('everything arrives under other ids, and what refers to something refers to the new one', async () => {
  const { made, output, to } = await exported();
  const { made: counts, renamed } = await bring(to, output);
  expect(counts).toMatchObject({
    experiments: 1,
    runs: 1,
    metricValues: 5,
    loggedModels: 1,
    models: 1,
    versions: 1,
    files: 2,
  });
  const ids = Object.fromEntries(renamed.map(({ from, to: id }) => [from, id]));
  const runId = ids[made.runId] ?? '';
  const modelId = ids[made.modelId] ?? '';
  expect(runId).toMatch(/^[0-9a-f]{32}$/);
  await inStore(to, async ({ tracker }) => {
    const run = await tracker.runs.get(runId);
    expect(run).toMatchObject({
      name: 'lr',
      userId: 'ada',
      status: 'FINISHED',
      startTime: 1_700_000_000_000,
      endTime: 1_700_000_003_000,
      params: { maxIter: '20' },
      tags: { kind: 'trial', 'sentops.importedFrom': made.runId },
      inputs: [{ name: 'train.csv' }],
      outputs: [{ modelId, step: 3 }],
      modelInputs: [modelId],
    });
    expect((await tracker.runs.history(runId, 'accuracy', { limit: 9 })).items.map(({ value }) => value)).toEqual([
      0.5,
      0.7,
      Number.NaN,
      0.9,
    ]);
    const model = await tracker.loggedModels.get(modelId);
    expect(model).toMatchObject({ status: 'READY', sourceRunId: runId, metrics: [{ key: 'f1', runId }] });
    const version = await tracker.models.find('sentiment', { alias: 'champion' });
    expect(version).toMatchObject({
      source: `models:/${modelId}`,
      runId,
      stage: 'Production',
      artifactUri: model?.artifactUri,
    });
    expect(fs.readFileSync(path.join(localFolder(model?.artifactUri ?? ''), 'MLmodel'), 'utf8')).toBe('flavors: {}');
  });
});

test('a second import finds what the first one made', async () => {
  const { output, to } = await exported();
  await bring(to, output);
  const before = await dump(to);
  const { made } = await bring(to, output);
  expect(Object.values(made)).toEqual(Object.values(made).map(() => 0));
  expect(await dump(to)).toBe(before);
});

test('what was changed since the first import stays changed', async () => {
  const { made, output, to } = await exported();
  const { renamed } = await bring(to, output);
  const runId = renamed.find(({ from }) => from === made.runId)?.to ?? '';
  await inStore(to, ({ tracker }) => tracker.runs.log(runId, { tags: { kind: 'changed' } }));
  await bring(to, output);
  await inStore(to, async ({ tracker }) => expect((await tracker.runs.get(runId))?.tags['kind']).toBe('changed'));
});

test('back into the store that it came from nothing changes', async () => {
  const { from, output } = await exported();
  const before = await dump(from);
  const { made, renamed } = await bring(from, output);
  expect([Object.values(made).every(count => count === 0), renamed]).toEqual([true, []]);
  expect(await dump(from)).toBe(before);
});

test('an import that broke off is completed by the next one, with nothing twice', async () => {
  const { output, to } = await exported();
  for (let calls = 1; ; calls += 1) {
    let left = calls;
    const failing = <T extends object>(part: T): T =>
      new Proxy(part, {
        get: (target, name) => {
          const value: unknown = Reflect.get(target, name);
          if (typeof value !== 'function') return value;
          return (...args: unknown[]) => {
            if (--left < 0) throw new Error('killed');
            return Reflect.apply(value, target, args);
          };
        },
      });
    const wrap = (tracker: Tracker): Tracker => ({
      ...tracker,
      experiments: failing(tracker.experiments),
      runs: failing(tracker.runs),
      loggedModels: failing(tracker.loggedModels),
      models: failing(tracker.models),
    });
    const outcome = await bring(to, output, wrap).catch(error => error);
    if (!(outcome instanceof Error)) break;
    expect(outcome.message).toBe('killed');
    expect(calls).toBeLessThan(60);
  }
  await inStore(to, async ({ store }) => {
    const count = (table: string) => store.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)?.n;
    expect(['runs', 'metrics', 'logged_models', 'registered_models', 'model_versions', 'inputs'].map(count)).toEqual([
      1, 5, 1, 1, 1, 3,
    ]);
  });
});

test('deleted runs and experiments end as deleted', async () => {
  const { made, output, to } = await exported((place, { experimentId }) =>
    inStore(place, ({ tracker }) => tracker.experiments.delete(experimentId)),
  );
  for (const _ of [1, 2]) await bring(to, output);
  await inStore(to, async ({ tracker }) => {
    const experiment = await tracker.experiments.find('reviews');
    expect(experiment?.lifecycle).toBe('deleted');
    const { items } = await tracker.runs.search({
      experimentIds: [experiment?.experimentId ?? ''],
      limit: 9,
      view: 'all',
    });
    expect(items).toMatchObject([
      { lifecycle: 'deleted', status: 'FINISHED', tags: { 'sentops.importedFrom': made.runId } },
    ]);
  });
});

test('an alias that is there stays where it points', async () => {
  const { output, to } = await exported();
  await inStore(to, async ({ tracker }) => {
    await tracker.models.create({ name: 'sentiment' });
    await tracker.models.createVersion({ name: 'sentiment', source: '/models/own', key: 'own' });
    await tracker.models.setAlias('sentiment', 'champion', 1);
  });
  const { renamed } = await bring(to, output);
  expect(renamed).toContainEqual({ kind: 'version', from: 'sentiment 1', to: 'sentiment 2' });
  await inStore(to, async ({ tracker }) =>
    expect(await tracker.models.find('sentiment', { alias: 'champion' })).toMatchObject({ version: 1 }),
  );
});

test('a model with a quote in its name is found again', async () => {
  const { output, to } = await exported(place =>
    inStore(place, ({ tracker }) => tracker.models.rename('sentiment', "Ada's")),
  );
  expect((await bring(to, output)).made).toMatchObject({ models: 1, versions: 1 });
  expect((await bring(to, output)).made).toMatchObject({ models: 0, versions: 0 });
});

import { describe, expect, test } from 'vitest';
import { codeOf, fresh, inChunks, newExperiment, newRun, type Open, readRun } from './opened.ts';

export function describeLoggedModels(open: Open): void {
  describe('logged models', () => {
    test('a model is pending until its files are there, and belongs to its run', async () => {
      const tracker = open();
      const experimentId = await newExperiment(tracker);
      const run = await newRun(tracker, experimentId);
      const made = await tracker.loggedModels.create({
        experimentId,
        name: 'lr',
        sourceRunId: run.runId,
        modelType: 'classifier',
        params: { maxIter: '20' },
        tags: { team: 'a' },
      });
      expect(made).toMatchObject({
        experimentId,
        name: 'lr',
        sourceRunId: run.runId,
        status: 'PENDING',
        modelType: 'classifier',
        params: { maxIter: '20' },
      });
      expect(made.tags).toMatchObject({ team: 'a' });
      expect(made.modelId).toMatch(/^m-[0-9a-f]{32}$/);
      const body = Buffer.from('flavors: {}\n');
      await tracker.artifacts.write(made.artifactUri, 'MLmodel', inChunks(body), body.length);
      await tracker.loggedModels.finish(made.modelId, 'READY');
      await tracker.runs.logOutputs(run.runId, [{ modelId: made.modelId, step: 3 }]);
      const measured = { key: 'accuracy', value: 0.8, step: 1, timestamp: 5, modelId: made.modelId };
      await tracker.runs.log(run.runId, { metrics: [measured] });
      const found = await tracker.loggedModels.get(made.modelId);
      expect(found).toMatchObject({ status: 'READY', name: 'lr' });
      expect(found?.metrics.map(({ key, value, runId }) => [key, value, runId])).toEqual([
        ['accuracy', 0.8, run.runId],
      ]);
      expect(await tracker.artifacts.list(made.artifactUri)).toEqual([{ path: 'MLmodel', isFolder: false, bytes: 12 }]);
      expect((await readRun(tracker, run.runId)).outputs).toEqual([{ modelId: made.modelId, step: 3 }]);
    });

    test('they are searched, tagged and deleted', async () => {
      const tracker = open();
      const experimentId = await newExperiment(tracker);
      const names = [fresh('a'), fresh('b'), fresh('c')];
      const models = [];
      for (const name of names) models.push(await tracker.loggedModels.create({ experimentId, name }));
      const { items } = await tracker.loggedModels.search({
        experimentIds: [experimentId],
        filter: `name = '${names[1]}'`,
        limit: 10,
      });
      expect(items.map(({ name }) => name)).toEqual([names[1]]);
      const id = models[0]?.modelId ?? '';
      await tracker.loggedModels.setTags(id, { a: '1', b: '2' });
      await tracker.loggedModels.deleteTag(id, 'a');
      const tags = (await tracker.loggedModels.get(id))?.tags ?? {};
      expect(tags['b']).toBe('2');
      expect(Object.keys(tags)).not.toContain('a');
      await tracker.loggedModels.delete(id);
      expect(await tracker.loggedModels.get(id)).toBeNull();
      const left = await tracker.loggedModels.search({ experimentIds: [experimentId], limit: 10 });
      expect(left.items).toHaveLength(2);
    });

    test('nothing is done with what is not there', async () => {
      const { loggedModels } = open();
      const nobody = `m-${'f'.repeat(32)}`;
      expect(await loggedModels.get(nobody)).toBeNull();
      expect(await codeOf(loggedModels.finish(nobody, 'READY'))).toBe('NOT_FOUND');
      expect(await codeOf(loggedModels.setTags(nobody, { a: 'b' }))).toBe('NOT_FOUND');
      expect(await codeOf(loggedModels.delete(nobody))).toBe('NOT_FOUND');
    });
  });
}

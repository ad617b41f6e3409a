import { describe, expect, test } from 'vitest';
import type { ModelVersion, Run, Stage } from '../../../src/lib/tracking/entities.ts';
import type { Tracker } from '../../../src/lib/tracking/types.ts';
import { codeOf, fresh, newRun, type Open } from './opened.ts';

interface Registered {
  readonly name: string;
  readonly run: Run;
  readonly versions: readonly ModelVersion[];
}

async function register(tracker: Tracker, count: number): Promise<Registered> {
  const name = fresh('model');
  await tracker.models.create({ name });
  const run = await newRun(tracker);
  const versions: ModelVersion[] = [];
  for (let index = 0; index < count; index++)
    versions.push(
      await tracker.models.createVersion({
        name,
        source: `${run.artifactUri}/model`,
        runId: run.runId,
        key: fresh('key'),
        description: `number ${index}`,
        tags: { index: String(index) },
      }),
    );
  return { name, run, versions };
}

const stages = async (tracker: Tracker, name: string) => {
  const { items } = await tracker.models.searchVersions({ filter: `name = '${name}'`, limit: 100 });
  return Object.fromEntries(items.map(({ version, stage }) => [version, stage]));
};

export function describeVersions(open: Open): void {
  describe('model versions', () => {
    test('they are numbered, and say where they come from', async () => {
      const tracker = open();
      const { name, run, versions } = await register(tracker, 2);
      expect(versions.map(({ version }) => version)).toEqual([1, 2]);
      expect(versions[1]).toMatchObject({
        name,
        version: 2,
        stage: 'None',
        status: 'READY',
        source: `${run.artifactUri}/model`,
        artifactUri: `${run.artifactUri}/model`,
        runId: run.runId,
        description: 'number 1',
        aliases: [],
      });
      expect(versions[1]?.tags).toMatchObject({ index: '1' });
      expect(await tracker.models.find(name, { version: 2 })).toEqual(versions[1]);
      expect((await tracker.models.get(name))?.latest.map(({ version }) => version)).toEqual([2]);
    });

    test('asked again with the same key, there is no second one', async () => {
      const tracker = open();
      const { name, run } = await register(tracker, 1);
      const request = { name, source: `${run.artifactUri}/model`, runId: run.runId, key: fresh('once') };
      const [first, second] = [
        await tracker.models.createVersion(request),
        await tracker.models.createVersion(request),
      ];
      expect([first.version, second.version]).toEqual([2, 2]);
      expect(Object.keys(await stages(tracker, name))).toEqual(['1', '2']);
    });

    test('several at once get a number each', async () => {
      const tracker = open();
      const { name, run } = await register(tracker, 0);
      const made = await Promise.all(
        Array.from({ length: 6 }, () =>
          tracker.models.createVersion({
            name,
            source: `${run.artifactUri}/model`,
            runId: run.runId,
            key: fresh('parallel'),
          }),
        ),
      );
      expect(made.map(({ version }) => version).sort()).toEqual([1, 2, 3, 4, 5, 6]);
    });

    test('a number is not given twice, also after a version is deleted', async () => {
      const tracker = open();
      const { name, run } = await register(tracker, 2);
      await tracker.models.deleteVersion(name, 2);
      expect(await tracker.models.find(name, { version: 2 })).toBeNull();
      expect(await codeOf(tracker.models.deleteVersion(name, 2))).toBe('NOT_FOUND');
      const next = await tracker.models.createVersion({
        name,
        source: `${run.artifactUri}/model`,
        runId: run.runId,
        key: fresh('next'),
      });
      expect(next.version).toBe(3);
      expect(Object.keys(await stages(tracker, name))).toEqual(['1', '3']);
    });

    test('sources that name a run or a logged model are resolved', async () => {
      const tracker = open();
      const { name, run } = await register(tracker, 0);
      const byRun = await tracker.models.createVersion({
        name,
        source: `runs:/${run.runId}/model`,
        runId: run.runId,
        key: fresh('by-run'),
      });
      expect(byRun).toMatchObject({ source: `runs:/${run.runId}/model`, artifactUri: `${run.artifactUri}/model` });
      const logged = await tracker.loggedModels.create({ experimentId: run.experimentId, name: 'lr' });
      const byModel = await tracker.models.createVersion({
        name,
        source: `models:/${logged.modelId}`,
        modelId: logged.modelId,
        key: fresh('by-model'),
      });
      expect(byModel.artifactUri).toBe(logged.artifactUri);
    });

    test('an alias points at one version, wherever it pointed before', async () => {
      const tracker = open();
      const { models } = tracker;
      const { name } = await register(tracker, 3);
      expect(await models.find(name, { alias: 'champion' })).toBeNull();
      await models.setAlias(name, 'champion', 1);
      await models.setAlias(name, 'champion', 2);
      await models.setAlias(name, 'challenger', 2);
      expect(await models.find(name, { alias: 'champion' })).toMatchObject({
        version: 2,
        aliases: ['challenger', 'champion'],
      });
      expect(await models.find(name, { version: 1 })).toMatchObject({ aliases: [] });
      expect((await models.get(name))?.aliases).toEqual({ challenger: 2, champion: 2 });
      const { items } = await models.searchVersions({ filter: `name = '${name}'`, limit: 10 });
      const aliases = Object.fromEntries(items.map(item => [item.version, item.aliases]));
      expect(aliases).toEqual({ 1: [], 2: ['challenger', 'champion'], 3: [] });
      await models.deleteAlias(name, 'challenger');
      await models.deleteAlias(name, 'challenger');
      await models.deleteVersion(name, 2);
      expect(await models.find(name, { alias: 'champion' })).toBeNull();
    });

    test.each(['latest', 'v12', 'V3', 'a b', ''])('the alias %j is refused', async alias => {
      const tracker = open();
      const { name } = await register(tracker, 1);
      expect(await codeOf(tracker.models.setAlias(name, alias, 1))).toBe('FLAG_INVALID');
    });

    test('stages move, and the one before is archived when that is asked', async () => {
      const tracker = open();
      const { models } = tracker;
      const { name } = await register(tracker, 3);
      expect(await models.find(name, { stage: 'Production' })).toBeNull();
      await models.transition(name, 1, 'Production', { archiveExisting: false });
      const moved = await models.transition(name, 2, 'Production', { archiveExisting: false });
      expect(moved).toMatchObject({ version: 2, stage: 'Production' });
      expect(await stages(tracker, name)).toEqual({ 1: 'Production', 2: 'Production', 3: 'None' });
      expect(await models.find(name, { stage: 'Production' })).toMatchObject({ version: 2 });
      await models.transition(name, 3, 'Production', { archiveExisting: true });
      expect(await stages(tracker, name)).toEqual({ 1: 'Archived', 2: 'Archived', 3: 'Production' });
      const latest = (await models.get(name))?.latest ?? [];
      expect(Object.fromEntries(latest.map(({ stage, version }) => [stage, version]))).toEqual({
        Archived: 2,
        Production: 3,
      });
      const odd = 'Prod' as Stage;
      expect(await codeOf(models.transition(name, 1, odd, { archiveExisting: false }))).toBe('FLAG_INVALID');
    });

    test('versions are described, tagged and found by their run', async () => {
      const tracker = open();
      const { models } = tracker;
      const { name, run } = await register(tracker, 2);
      await models.describeVersion(name, 1, 'better');
      await models.setVersionTag(name, 1, 'a', '1');
      await models.setVersionTag(name, 1, 'a', 'x'.repeat(4000));
      await models.setVersionTag(name, 1, 'b', '1');
      await models.deleteVersionTag(name, 1, 'b');
      const found = await models.find(name, { version: 1 });
      expect(found).toMatchObject({ description: 'better', tags: { a: 'x'.repeat(4000), index: '0' } });
      expect(Object.keys(found?.tags ?? {})).not.toContain('b');
      const { items } = await models.searchVersions({
        filter: `run_id = '${run.runId}'`,
        orderBy: ['version_number ASC'],
        limit: 10,
      });
      expect(items.map(({ version }) => version)).toEqual([1, 2]);
      const page = await models.searchVersions({
        filter: `name = '${name}'`,
        orderBy: ['version_number DESC'],
        limit: 1,
      });
      expect(page.items.map(({ version }) => version)).toEqual([2]);
      expect(page.nextPageToken).not.toBeNull();
    });

    test('versions follow the name of their model and go with it', async () => {
      const tracker = open();
      const { models } = tracker;
      const { name } = await register(tracker, 2);
      const to = fresh('moved');
      await models.setAlias(name, 'champion', 2);
      await models.rename(name, to);
      expect(await models.find(to, { alias: 'champion' })).toMatchObject({ name: to, version: 2 });
      expect(await models.find(name, { version: 2 })).toBeNull();
      await models.delete(to);
      expect(await models.find(to, { version: 2 })).toBeNull();
      expect(await codeOf(models.setAlias(to, 'champion', 2))).toBe('NOT_FOUND');
    });

    test('nothing is done with what is not there', async () => {
      const tracker = open();
      const { models } = tracker;
      const { name } = await register(tracker, 1);
      expect(await models.find(fresh('nobody'), { version: 1 })).toBeNull();
      expect(await models.find(name, { version: 7 })).toBeNull();
      expect(await codeOf(models.createVersion({ name: fresh('nobody'), source: 'gs://b/m', key: 'k' }))).toBe(
        'NOT_FOUND',
      );
      expect(await codeOf(models.setAlias(name, 'champion', 7))).toBe('NOT_FOUND');
      expect(await codeOf(models.transition(name, 7, 'Staging', { archiveExisting: false }))).toBe('NOT_FOUND');
      expect(await codeOf(models.setVersionTag(name, 7, 'a', 'b'))).toBe('NOT_FOUND');
      expect(await codeOf(models.describeVersion(name, 7, 'x'))).toBe('NOT_FOUND');
    });
  });
}

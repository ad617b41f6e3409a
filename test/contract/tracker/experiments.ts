import { describe, expect, test } from 'vitest';
import { allPages } from '../../../src/lib/tracking/all-pages.ts';
import { ensureExperiment, findExperiment } from '../../../src/lib/tracking/find-experiment.ts';
import { codeOf, fresh, newExperiment, type Open } from './opened.ts';

export function describeExperiments(open: Open): void {
  describe('experiments', () => {
    test('what is created is there by id and by name', async () => {
      const { experiments } = open();
      const before = Date.now();
      const name = fresh('naïve ✓');
      const id = await experiments.create({ name, tags: { team: 'a', 'mlflow.note.content': 'über\nzwei' } });
      const found = await experiments.get(id);
      expect(found).toMatchObject({
        experimentId: id,
        name,
        lifecycle: 'active',
        tags: { team: 'a', 'mlflow.note.content': 'über\nzwei' },
      });
      expect(found?.artifactLocation).toMatch(/^[a-z-]+:\/?/);
      expect(found?.createdAt).toBeGreaterThan(before - 60_000);
      expect(found?.createdAt).toBeLessThan(Date.now() + 60_000);
      expect(await experiments.find(name)).toEqual(found);
    });

    test('what is not there is null, and changing it is NOT_FOUND', async () => {
      const { experiments } = open();
      expect(await experiments.get('987654321')).toBeNull();
      expect(await experiments.find(fresh('nobody'))).toBeNull();
      expect(await codeOf(experiments.rename('987654321', fresh('x')))).toBe('NOT_FOUND');
      expect(await codeOf(experiments.delete('987654321'))).toBe('NOT_FOUND');
      expect(await codeOf(experiments.setTag('987654321', 'a', 'b'))).toBe('NOT_FOUND');
    });

    test('a name is taken once, and stays taken when the experiment is deleted', async () => {
      const { experiments } = open();
      const name = fresh('taken');
      const id = await experiments.create({ name });
      expect(await codeOf(experiments.create({ name }))).toBe('CONFLICT');
      await experiments.delete(id);
      expect(await experiments.find(name)).toMatchObject({ experimentId: id, lifecycle: 'deleted' });
      expect(await codeOf(experiments.create({ name }))).toBe('CONFLICT');
      const other = await newExperiment(open());
      expect(await codeOf(experiments.rename(other, name))).toBe('CONFLICT');
    });

    test('an empty name is refused', async () => {
      expect(await codeOf(open().experiments.create({ name: '' }))).toBe('FLAG_INVALID');
    });

    test('it is renamed, tagged and untagged', async () => {
      const { experiments } = open();
      const id = await newExperiment(open());
      const name = fresh('renamed');
      await experiments.rename(id, name);
      await experiments.setTag(id, 'owner', 'first');
      await experiments.setTag(id, 'owner', 'second');
      await experiments.setTag(id, 'other', '');
      await experiments.deleteTag(id, 'other');
      expect(await experiments.get(id)).toMatchObject({ name, tags: { owner: 'second' } });
      expect(Object.keys((await experiments.get(id))?.tags ?? {})).toEqual(['owner']);
      expect(await codeOf(experiments.deleteTag(id, 'other'))).toBe('NOT_FOUND');
    });

    test('deleting takes its runs along, and restoring brings them back', async () => {
      const { experiments, runs } = open();
      const id = await newExperiment(open());
      const { runId } = await runs.create({ experimentId: id });
      await experiments.delete(id);
      expect(await experiments.get(id)).toMatchObject({ lifecycle: 'deleted' });
      expect(await runs.get(runId)).toMatchObject({ lifecycle: 'deleted' });
      expect(await codeOf(runs.create({ experimentId: id }))).toBe('CONFLICT');
      expect(await codeOf(experiments.delete(id))).toBe('NOT_FOUND');
      await experiments.restore(id);
      expect(await experiments.get(id)).toMatchObject({ lifecycle: 'active' });
      expect(await runs.get(runId)).toMatchObject({ lifecycle: 'active' });
      expect(await codeOf(experiments.restore(id))).toBe('NOT_FOUND');
    });

    test('a search is filtered, ordered and complete page after page', async () => {
      const { experiments } = open();
      const prefix = fresh('many');
      const names = Array.from({ length: 5 }, (_, index) => `${prefix}-${index}`);
      for (const name of names) await experiments.create({ name, tags: { odd: String(names.indexOf(name) % 2) } });
      const query = { filter: `name LIKE '${prefix}%'`, orderBy: ['name DESC'], limit: 2 };
      const sizes: number[] = [];
      const found = await allPages(async pageToken => {
        const page = await experiments.search({ ...query, ...(pageToken === undefined ? {} : { pageToken }) });
        sizes.push(page.items.length);
        return page;
      });
      expect(found.map(({ name }) => name)).toEqual(names.toReversed());
      expect(sizes).toEqual([2, 2, 1]);
      const odd = await experiments.search({ filter: `name LIKE '${prefix}%' AND tags.odd = '1'`, limit: 10 });
      expect(odd.items.map(({ name }) => name).sort()).toEqual([names[1], names[3]]);
      expect(await codeOf(experiments.search({ filter: 'nme = 1', limit: 10 }))).toBe('FLAG_INVALID');
    });

    test('deleted ones are searched for when that is asked', async () => {
      const { experiments } = open();
      const prefix = fresh('gone');
      await experiments.create({ name: `${prefix}-kept` });
      await experiments.delete(await experiments.create({ name: `${prefix}-lost` }));
      const names = async (view: 'active' | 'deleted' | 'all') => {
        const { items } = await experiments.search({ filter: `name LIKE '${prefix}%'`, view, limit: 10 });
        return items.map(({ name }) => name.slice(prefix.length + 1)).sort();
      };
      expect([await names('active'), await names('deleted'), await names('all')]).toEqual([
        ['kept'],
        ['lost'],
        ['kept', 'lost'],
      ]);
    });

    test('whoever needs one gets it, made, found or brought back, also several at once', async () => {
      const tracker = open();
      const name = fresh('ensured');
      const all = await Promise.all(Array.from({ length: 6 }, () => ensureExperiment(tracker, name)));
      expect(new Set(all.map(({ experimentId }) => experimentId)).size).toBe(1);
      const id = all[0]?.experimentId ?? '';
      await tracker.experiments.delete(id);
      for (const back of await Promise.all(Array.from({ length: 6 }, () => ensureExperiment(tracker, name))))
        expect(back).toMatchObject({ experimentId: id, lifecycle: 'active' });
      expect(await tracker.experiments.get(id)).toMatchObject({ lifecycle: 'active' });
      expect(await findExperiment(tracker, id)).toMatchObject({ name });
      expect(await codeOf(findExperiment(tracker, `${name}x`))).toBe('NOT_FOUND');
    });
  });
}

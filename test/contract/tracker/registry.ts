import { describe, expect, test } from 'vitest';
import { allPages } from '../../../src/lib/tracking/all-pages.ts';
import { codeOf, fresh, type Open } from './opened.ts';

export function describeRegistry(open: Open): void {
  describe('registered models', () => {
    test('what is created is there, once', async () => {
      const { models } = open();
      const name = fresh('modèle ✓');
      await models.create({ name, description: 'first', tags: { team: 'a' } });
      expect(await models.get(name)).toMatchObject({
        name,
        description: 'first',
        tags: { team: 'a' },
        aliases: {},
        latest: [],
      });
      expect(await codeOf(models.create({ name }))).toBe('CONFLICT');
      expect(await models.get(fresh('nobody'))).toBeNull();
    });

    test.each(['', 'a/b', 'a:b'])('the name %j is refused', async name => {
      expect(await codeOf(open().models.create({ name }))).toBe('FLAG_INVALID');
    });

    test('it is described, tagged, renamed and deleted', async () => {
      const { models } = open();
      const [name, to, taken] = [fresh('model'), fresh('renamed'), fresh('taken')];
      await models.create({ name });
      await models.create({ name: taken });
      await models.describe(name, 'what it does');
      await models.setTag(name, 'a', '1');
      await models.setTag(name, 'a', '2');
      await models.setTag(name, 'b', '');
      await models.deleteTag(name, 'b');
      expect(await models.get(name)).toMatchObject({ description: 'what it does', tags: { a: '2' } });
      expect(await codeOf(models.rename(name, taken))).toBe('CONFLICT');
      await models.rename(name, to);
      expect(await models.get(name)).toBeNull();
      expect(await models.get(to)).toMatchObject({ name: to, tags: { a: '2' } });
      await models.delete(to);
      expect(await models.get(to)).toBeNull();
      expect(await codeOf(models.delete(to))).toBe('NOT_FOUND');
      expect(await codeOf(models.describe(to, 'x'))).toBe('NOT_FOUND');
      expect(await codeOf(models.setTag(to, 'a', 'b'))).toBe('NOT_FOUND');
    });

    test('a search is filtered, ordered and complete', async () => {
      const { models } = open();
      const prefix = fresh('search');
      const names = Array.from({ length: 5 }, (_, index) => `${prefix}-${index}`);
      for (const name of names) await models.create({ name, tags: { last: name.slice(-1) } });
      const found = await allPages(pageToken =>
        models.search({
          filter: `name LIKE '${prefix}%'`,
          orderBy: ['name DESC'],
          limit: 2,
          ...(pageToken === undefined ? {} : { pageToken }),
        }),
      );
      expect(found.map(({ name }) => name)).toEqual(names.toReversed());
      const tagged = await models.search({ filter: `name LIKE '${prefix}%' AND tags.last = '3'`, limit: 10 });
      expect(tagged.items.map(({ name }) => name)).toEqual([names[3]]);
      expect(await codeOf(models.search({ filter: 'nam = 3', limit: 10 }))).toBe('FLAG_INVALID');
    });
  });
}

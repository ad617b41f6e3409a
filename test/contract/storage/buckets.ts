import { describe, expect, test } from 'vitest';
import { calm, codeOf, type Lacking, needed, type Open, put, textAt } from './opened.ts';

export function describeBuckets(open: Open, lacking: Lacking): void {
  describe('buckets', () => {
    test('one is made, described, listed and used', async () => {
      const { storage, newBucket } = open();
      const buckets = needed(storage.buckets, 'buckets');
      expect(await buckets.describe(newBucket, calm)).toBeNull();
      const made = await buckets.create(newBucket, { ...calm, project: 'test-project', location: 'europe-west1' });
      expect(made.uri).toBe(newBucket);
      const found = await buckets.describe(newBucket, calm);
      expect(found).toEqual(made);
      if (found?.location && !lacking.bucketSettings) expect(found.location.toLowerCase()).toBe('europe-west1');
      if (found?.created) expect(Number.isNaN(Date.parse(found.created))).toBe(false);
      const listed: string[] = [];
      for await (const { uri } of buckets.list({ ...calm, project: 'test-project' })) listed.push(uri);
      expect(listed.includes(newBucket)).toBe(!lacking.bucketLists);
      await put(storage, `${newBucket}/a`, 'x');
      expect(await textAt(storage, `${newBucket}/a`)).toBe('x');
    });

    test('a name that is taken is CONFLICT', async () => {
      const { storage, newBucket } = open();
      const buckets = needed(storage.buckets, 'buckets');
      await buckets.create(newBucket, { ...calm, project: 'test-project' });
      const again = await codeOf(buckets.create(newBucket, { ...calm, project: 'test-project' }));
      if (!lacking.answers) expect(again).toBe('CONFLICT');
      expect(await buckets.describe(newBucket, calm)).not.toBeNull();
    });

    test('rules by which objects are deleted are replaced as a whole', async () => {
      const { storage, newBucket } = open();
      const buckets = needed(storage.buckets, 'buckets');
      const lifecycle = [{ prefix: 'tmp/', days: 3 }];
      const made = await buckets.create(newBucket, { ...calm, project: 'test-project', lifecycle });
      // What keeps no rules says so, instead of promising what nobody does.
      if (lacking.bucketSettings) return expect(made.lifecycle).toEqual([]);
      expect(made.lifecycle).toEqual(lifecycle);
      const rules = [
        { prefix: '', days: 30 },
        { prefix: 'a/', days: 7 },
      ];
      expect((await buckets.setLifecycle(newBucket, rules, calm)).lifecycle).toEqual(rules);
      expect((await buckets.describe(newBucket, calm))?.lifecycle).toEqual(rules);
      expect((await buckets.setLifecycle(newBucket, [], calm)).lifecycle).toEqual([]);
      expect((await buckets.describe(newBucket, calm))?.lifecycle).toEqual([]);
    });

    test('rules for a bucket that nobody has made', async () => {
      const { storage, newBucket } = open();
      const buckets = needed(storage.buckets, 'buckets');
      expect(await codeOf(buckets.setLifecycle(newBucket, [], calm))).toBe('NOT_FOUND');
    });
  });
}

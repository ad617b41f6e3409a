import { describe, expect, test } from 'vitest';
import { calm, namesBelow, type Open, put } from './opened.ts';

export function describeLists(open: Open): void {
  describe('lists', () => {
    test('are in the order of the bytes of their names, recursive or not', async () => {
      const { storage, root } = open();
      // "-" comes before "/", "/" before "0"; U+FF5E comes before an emoji in UTF-8, after it in UTF-16.
      const names = ['B', 'a', 'b-c', 'b/c', 'b/d/e', 'b0', 'bb', 'z', 'ü', '～', '😀'];
      for (const name of [...names].reverse()) await put(storage, root + name, name);
      expect(await namesBelow(storage, root)).toEqual(names);
      const level = ['B', 'a', 'b-c', 'b/', 'b0', 'bb', 'z', 'ü', '～', '😀'];
      expect(await namesBelow(storage, root, false)).toEqual(level);
    });

    test('a level shows folders as such, once, and objects in full', async () => {
      const { storage, root } = open();
      await put(storage, `${root}a/1`, 'x');
      await put(storage, `${root}a/2/3`, 'x');
      const written = await put(storage, `${root}b`, 'four');
      const found = [];
      for await (const object of storage.list(root, { ...calm, recursive: false })) found.push(object);
      expect(found).toHaveLength(2);
      expect(found[0]).toMatchObject({ uri: `${root}a/`, isFolder: true, updated: '', generation: '' });
      expect(found[1]).toMatchObject({ uri: `${root}b`, bytes: 4, generation: written.generation });
      expect(found[1]?.isFolder ?? false).toBe(false);
      expect(found[1]?.updated.slice(0, 19)).toBe(written.updated.slice(0, 19));
    });

    test('a recursive list has no folders', async () => {
      const { storage, root } = open();
      await put(storage, `${root}a/1`, 'x');
      await put(storage, `${root}a/2/3`, 'x');
      const found = [];
      for await (const object of storage.list(root, { ...calm, recursive: true })) found.push(object);
      expect(found.map(({ uri, isFolder }) => [uri, isFolder ?? false])).toEqual([
        [`${root}a/1`, false],
        [`${root}a/2/3`, false],
      ]);
    });

    test('a prefix may end inside of a name', async () => {
      const { storage, root } = open();
      for (const name of ['part-0', 'part-1', 'part/2', 'pa', 'q']) await put(storage, root + name, name);
      expect(await namesBelow(storage, `${root}part`, true, root)).toEqual(['part-0', 'part-1', 'part/2']);
      expect(await namesBelow(storage, `${root}part`, false, root)).toEqual(['part-0', 'part-1', 'part/']);
      expect(await namesBelow(storage, `${root}part/`, false, root)).toEqual(['part/2']);
      expect(await namesBelow(storage, `${root}part-0`, true, root)).toEqual(['part-0']);
      expect(await namesBelow(storage, `${root}part-0`, false, root)).toEqual(['part-0']);
    });

    test('an object beside a prefix of its name is not below it', async () => {
      const { storage, root } = open();
      await put(storage, `${root}data.csv`, 'x');
      await put(storage, `${root}data/a`, 'x');
      expect(await namesBelow(storage, `${root}data/`, true, root)).toEqual(['data/a']);
    });

    test('where nothing is, the list is empty', async () => {
      const { storage, root } = open();
      expect(await namesBelow(storage, root)).toEqual([]);
      expect(await namesBelow(storage, `${root}no/where/`, false)).toEqual([]);
      expect(await namesBelow(storage, `${root}no/where`)).toEqual([]);
    });

    test('what begins a list sees every object of a long one', async () => {
      const { storage, root } = open();
      const names = Array.from({ length: 120 }, (_, index) => `n${String(index).padStart(4, '0')}`);
      await Promise.all(names.map(name => put(storage, root + name, '')));
      expect(await namesBelow(storage, root)).toEqual(names);
    });

    test('who was stopped does not go on', async () => {
      const { storage, root } = open();
      await put(storage, `${root}a`, 'x');
      const listing = async () => {
        const options = { signal: AbortSignal.abort(new Error('stopped')), recursive: true };
        for await (const _ of storage.list(root, options));
      };
      await expect(listing()).rejects.toThrow();
    });
  });
}

import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { crc32c, encodeCrc32c } from '../../helpers/gcs-stand-in/crc32c.ts';
import { calm, codeOf, collect, have, type Lacking, namesBelow, needed, type Open, put, textAt } from './opened.ts';

export function describeJoining(open: Open, lacking: Lacking): void {
  describe('joining and copying', () => {
    test('parts are joined in the given order and stay', async () => {
      const { storage, root } = open();
      const parts = ['x/2', 'x/1', 'x/3'].map(name => root + name);
      for (const [index, uri] of parts.entries()) await put(storage, uri, `part ${index};`);
      const joined = await needed(storage.compose, 'compose').call(storage, parts, `${root}all 100 %`, calm);
      expect(joined).toMatchObject({ uri: `${root}all 100 %`, bytes: 21 });
      expect(await textAt(storage, `${root}all 100 %`)).toBe('part 0;part 1;part 2;');
      expect((await have(storage, joined.uri)).generation).toBe(joined.generation);
      if (joined.crc32c !== undefined)
        expect(joined.crc32c).toBe(encodeCrc32c(crc32c(Buffer.from('part 0;part 1;part 2;'))));
      for (const [index, uri] of parts.entries()) expect(await textAt(storage, uri)).toBe(`part ${index};`);
    });

    test.each([32, 40])('%i parts: joined, or refused where a store does not take so many; never half', async count => {
      const { storage, root } = open();
      const parts = Array.from({ length: count }, (_, index) => `${root}p/${index}`);
      await Promise.all(parts.map((uri, index) => put(storage, uri, `${index},`)));
      const work = needed(storage.compose, 'compose').call(storage, parts, `${root}all`, calm);
      const code = await codeOf(work);
      const left = (await namesBelow(storage, root)).filter(name => !name.startsWith('p/'));
      if (code === 'FLAG_INVALID' && count > 32) return expect(left).toEqual([]);
      expect(await textAt(storage, `${root}all`)).toBe(parts.map((_, index) => `${index},`).join(''));
      expect(left).toEqual(['all']);
    });

    test('something is appended to itself', async () => {
      const { storage, root } = open();
      await put(storage, `${root}log`, 'one,');
      await put(storage, `${root}new`, 'two');
      const { generation } = await have(storage, `${root}log`);
      const how = { ...calm, ifGeneration: generation };
      const work = needed(storage.compose, 'compose').call(storage, [`${root}log`, `${root}new`], `${root}log`, how);
      if (lacking.answers && (await codeOf(work)) === 'CONFLICT') return;
      await work;
      expect(await textAt(storage, `${root}log`)).toBe('one,two');
    });

    test('a missing part is NOT_FOUND, and nothing is made', async () => {
      const { storage, root } = open();
      if (lacking.missingParts) return;
      await put(storage, `${root}a`, 'a');
      const work = needed(storage.compose, 'compose').call(storage, [`${root}a`, `${root}nobody`], `${root}c`, calm);
      expect(await codeOf(work)).toBe('NOT_FOUND');
      expect(await storage.stat(`${root}c`, calm)).toBeNull();
    });

    test('a copy is the same bytes under another name', async () => {
      const { storage, root } = open();
      const bytes = randomBytes(700_000);
      const from = await put(storage, `${root}a ü`, bytes, { contentType: 'application/x-thing' });
      const copied = await needed(storage.copy, 'copy').call(storage, from.uri, `${root}deep/b %41`, calm);
      expect(copied).toMatchObject({ uri: `${root}deep/b %41`, bytes: 700_000 });
      expect(copied.crc32c).toBe(from.crc32c);
      expect(copied.contentType).toBe(from.contentType);
      expect((await collect(storage.read(copied.uri, calm))).equals(bytes)).toBe(true);
      expect((await have(storage, from.uri)).generation).toBe(from.generation);
    });

    test('what is not there is not copied', async () => {
      const { storage, root } = open();
      await put(storage, `${root}b`, 'b');
      const work = needed(storage.copy, 'copy').call(storage, `${root}nobody`, `${root}b`, calm);
      expect(await codeOf(work)).toBe('NOT_FOUND');
      expect(await textAt(storage, `${root}b`)).toBe('b');
    });
  });
}

import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32c, encodeCrc32c } from '../../helpers/gcs-stand-in/crc32c.ts';
import { bodyOf, calm, codeOf, collect, have, type Lacking, type Open, put, textAt } from './opened.ts';

const ODD_NAMES = [
  'plain.txt',
  'deep/er/still/x',
  'a b.csv',
  '100 %.csv',
  '%41%2F.txt',
  'über/straße-日本語-😀.txt',
  'a+b&c=d;e,f.txt',
  '#1?x=y.txt',
  '[a]*{b}.txt',
  'it\'s "quoted".txt',
  'back\\slash',
  '.hidden',
  'date=2026-01-02/part-00000.snappy.parquet',
  '~tilde@at:colon',
];

export function describeObjects(open: Open, lacking: Lacking): void {
  describe('one object', () => {
    test('what was written is there, as long as it is, and reads the same', async () => {
      const { storage, root } = open();
      const before = Date.now();
      const written = await put(storage, `${root}a.txt`, 'hello', { contentType: 'text/plain' });
      const found = await have(storage, `${root}a.txt`);
      expect(written).toMatchObject({ uri: `${root}a.txt`, bytes: 5 });
      expect(found).toMatchObject({ uri: `${root}a.txt`, bytes: 5, generation: written.generation });
      expect(found.generation).not.toBe('');
      expect(found.isFolder ?? false).toBe(false);
      expect(new Date(found.updated).toISOString().slice(0, 19)).toBe(found.updated.slice(0, 19));
      expect(Math.abs(Date.parse(found.updated) - before)).toBeLessThan(600_000);
      if (found.crc32c !== undefined) expect(found.crc32c).toBe(encodeCrc32c(crc32c(Buffer.from('hello'))));
      if (found.contentType !== undefined && !lacking.contentTypes) expect(found.contentType).toBe('text/plain');
      expect(await textAt(storage, `${root}a.txt`)).toBe('hello');
    });

    test.each(ODD_NAMES)('a name is taken as it is: %s', async name => {
      const { storage, root } = open();
      const uri = root + name;
      expect((await put(storage, uri, name)).uri).toBe(uri);
      expect((await have(storage, uri)).uri).toBe(uri);
      expect(await textAt(storage, uri)).toBe(name);
      const listed: string[] = [];
      for await (const object of storage.list(root, { ...calm, recursive: true })) listed.push(object.uri);
      expect(listed).toEqual([uri]);
      expect(await storage.delete(uri, calm)).toBe(true);
      expect(await storage.stat(uri, calm)).toBeNull();
    });

    test('nothing is null; a folder is nothing', async () => {
      const { storage, root } = open();
      await put(storage, `${root}folder/a`, 'x');
      expect(await storage.stat(`${root}nobody`, calm)).toBeNull();
      expect(await storage.stat(`${root}no/where`, calm)).toBeNull();
      expect(await storage.stat(`${root}folder`, calm)).toBeNull();
      expect(await storage.stat(`${root}folder/`, calm)).toBeNull();
      expect(await storage.stat(`${root}folder/a/below`, calm)).toBeNull();
    });

    test('an empty object is an object', async () => {
      const { storage, root } = open();
      expect((await put(storage, `${root}empty`, '')).bytes).toBe(0);
      expect((await have(storage, `${root}empty`)).bytes).toBe(0);
      expect(await collect(storage.read(`${root}empty`, calm))).toHaveLength(0);
      expect(await collect(storage.read(`${root}empty`, { ...calm, start: 0, end: 10 }))).toHaveLength(0);
    });

    test('a new write replaces the old bytes and changes the generation, even for the same bytes', async () => {
      const { storage, root } = open();
      const generations = new Set<string>();
      for (const text of ['first, and longer', 'second', lacking.answers ? 'third' : 'second', ''])
        generations.add((await put(storage, `${root}a`, text)).generation);
      expect(generations.size).toBe(4);
      expect(await textAt(storage, `${root}a`)).toBe('');
    });

    test('what is missing is NOT_FOUND before the first byte', async () => {
      const { storage, root } = open();
      expect(await codeOf(collect(storage.read(`${root}nobody`, calm)))).toBe('NOT_FOUND');
      expect(await codeOf(collect(storage.read(`${root}nobody`, { ...calm, start: 5, end: 9 })))).toBe('NOT_FOUND');
    });

    test('delete says whether there was something', async () => {
      const { storage, root } = open();
      await put(storage, `${root}a`, 'x');
      expect(await storage.delete(`${root}a`, calm)).toBe(true);
      const again = [await storage.delete(`${root}a`, calm), await storage.delete(`${root}no/where`, calm)];
      if (!lacking.answers) expect(again).toEqual([false, false]);
      expect(await storage.stat(`${root}a`, calm)).toBeNull();
    });
  });

  describe('reading', () => {
    test('megabytes come back bit by bit', async () => {
      const { storage, root } = open();
      const bytes = randomBytes(3_000_001);
      const written = await put(storage, `${root}big`, bytes);
      if (written.crc32c !== undefined) expect(written.crc32c).toBe(encodeCrc32c(crc32c(bytes)));
      expect((await collect(storage.read(`${root}big`, calm))).equals(bytes)).toBe(true);
    });

    test('any range is what a slice of the bytes is, also beyond the end', async () => {
      const { storage, root } = open();
      const bytes = randomBytes(1000);
      const { generation } = await put(storage, `${root}a`, bytes);
      const place = fc.integer({ min: 0, max: 1100 });
      const property = fc.asyncProperty(place, fc.option(place, { nil: undefined }), async (start, end) => {
        const range = { start, ...(end === undefined ? {} : { end: Math.max(start, end) }) };
        const read = await collect(storage.read(`${root}a`, { ...calm, ...range, generation }));
        expect(read).toEqual(bytes.subarray(range.start, range.end));
      });
      await fc.assert(property, {
        numRuns: 25,
        examples: [
          [0, 0],
          [0, 1000],
          [999, 1000],
          [1000, undefined],
          [1000, 1000],
        ],
      });
    });

    test('a reader who stops early leaves nothing open that hinders others', async () => {
      const { storage, root } = open();
      await put(storage, `${root}big`, randomBytes(2_000_000));
      for (let round = 0; round < 20; round++)
        for await (const chunk of storage.read(`${root}big`, calm)) {
          expect(chunk.length).toBeGreaterThan(0);
          break;
        }
      expect(await storage.delete(`${root}big`, calm)).toBe(true);
    });

    test('an aborted reader hears of it', async () => {
      const { storage, root } = open();
      await put(storage, `${root}big`, randomBytes(5_000_000));
      const { signal } = stopped();
      await expect(collect(storage.read(`${root}big`, { signal }))).rejects.toThrow();
      const late = new AbortController();
      const reading = async () => {
        for await (const _ of storage.read(`${root}big`, { signal: late.signal })) late.abort(new Error('enough'));
      };
      await expect(reading()).rejects.toThrow();
    });
  });

  describe('writing the whole or nothing', () => {
    test('a body that fails leaves nothing, and what was there as it was', async () => {
      const { storage, root } = open();
      await put(storage, `${root}old`, 'old');
      for (const name of ['old', 'new'])
        await expect(storage.write(root + name, broken(300_000), calm)).rejects.toThrow('the body broke');
      expect(await textAt(storage, `${root}old`)).toBe('old');
      expect(await storage.stat(`${root}new`, calm)).toBeNull();
      const left: string[] = [];
      for await (const { uri } of storage.list(root, { ...calm, recursive: true })) left.push(uri);
      expect(left).toEqual([`${root}old`]);
    });

    test('an aborted write leaves nothing', async () => {
      const { storage, root } = open();
      await expect(storage.write(`${root}a`, bodyOf('x'), stopped())).rejects.toThrow();
      const controller = new AbortController();
      const body = async function* () {
        yield randomBytes(100_000);
        controller.abort(new Error('enough'));
        yield randomBytes(100_000);
      };
      await expect(storage.write(`${root}a`, body(), { signal: controller.signal })).rejects.toThrow();
      expect(await storage.stat(`${root}a`, calm)).toBeNull();
    });

    test('many at once do not disturb each other', async () => {
      const { storage, root } = open();
      const names = Array.from({ length: 30 }, (_, index) => `d${index % 3}/n${index}`);
      await Promise.all(names.map(name => put(storage, root + name, name.repeat(100))));
      const read = await Promise.all(names.map(name => textAt(storage, root + name)));
      expect(read).toEqual(names.map(name => name.repeat(100)));
    });
  });
}

function stopped(): { readonly signal: AbortSignal } {
  return { signal: AbortSignal.abort(new Error('stopped before')) };
}

async function* broken(after: number): AsyncGenerator<Uint8Array> {
  yield randomBytes(after);
  throw new Error('the body broke');
}

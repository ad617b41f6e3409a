import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Tracker } from '../../../src/lib/tracking/types.ts';
import { codeOf, collect, inChunks, newRun, type Open } from './opened.ts';

const text = (value: string) => Buffer.from(value);

async function put(tracker: Tracker, root: string, path: string, bytes: Uint8Array): Promise<void> {
  await tracker.artifacts.write(root, path, inChunks(bytes), bytes.length);
}

export function describeArtifacts(open: Open): void {
  describe('artifacts', () => {
    test('what was written is listed and read, whatever it is called', async () => {
      const tracker = open();
      const { artifactUri } = await newRun(tracker);
      const files = ['plain.txt', 'model/MLmodel', 'model/data/a b.bin', 'model/über 100%.txt', 'model/1?x=y&z.txt'];
      for (const file of files) await put(tracker, artifactUri, file, text(file));
      expect(await tracker.artifacts.list(artifactUri)).toEqual([
        { path: 'model', isFolder: true, bytes: null },
        { path: 'plain.txt', isFolder: false, bytes: 9 },
      ]);
      expect((await tracker.artifacts.list(artifactUri, 'model')).map(({ path }) => path)).toEqual([
        'model/1?x=y&z.txt',
        'model/MLmodel',
        'model/data',
        'model/über 100%.txt',
      ]);
      for (const file of files)
        expect((await collect(tracker.artifacts.read(artifactUri, file))).toString()).toBe(file);
    });

    test('megabytes come back bit by bit, from any place on', async () => {
      const tracker = open();
      const { artifactUri } = await newRun(tracker);
      const bytes = randomBytes(3_000_000);
      await put(tracker, artifactUri, 'big.bin', bytes);
      expect((await collect(tracker.artifacts.read(artifactUri, 'big.bin'))).equals(bytes)).toBe(true);
      const tail = await collect(tracker.artifacts.read(artifactUri, 'big.bin', { start: 2_999_000 }));
      expect(tail.equals(bytes.subarray(2_999_000))).toBe(true);
    });

    test('a file is replaced, may be empty, and is deleted alone or with its folder', async () => {
      const tracker = open();
      const { artifactUri } = await newRun(tracker);
      await put(tracker, artifactUri, 'a/b.txt', text('first, and longer'));
      await put(tracker, artifactUri, 'a/b.txt', text('second'));
      await put(tracker, artifactUri, 'a/empty', text(''));
      expect((await collect(tracker.artifacts.read(artifactUri, 'a/b.txt'))).toString()).toBe('second');
      expect(await collect(tracker.artifacts.read(artifactUri, 'a/empty'))).toHaveLength(0);
      await tracker.artifacts.delete(artifactUri, 'a/b.txt');
      expect((await tracker.artifacts.list(artifactUri, 'a')).map(({ path }) => path)).toEqual(['a/empty']);
      await tracker.artifacts.delete(artifactUri, 'a');
      expect(await tracker.artifacts.list(artifactUri, 'a')).toEqual([]);
    });

    test('what is not there is not found, and a folder of nothing is empty', async () => {
      const tracker = open();
      const { artifactUri } = await newRun(tracker);
      expect(await tracker.artifacts.list(artifactUri)).toEqual([]);
      expect(await tracker.artifacts.list(artifactUri, 'no/where')).toEqual([]);
      expect(await codeOf(collect(tracker.artifacts.read(artifactUri, 'nobody.txt')))).toBe('NOT_FOUND');
    });

    test.each(['../out.txt', 'a/../../out.txt', '/etc/passwd', 'a//../../b', '', 'a\0b'])(
      'a path does not leave its folder: %j',
      async path => {
        const tracker = open();
        const { artifactUri } = await newRun(tracker);
        expect(await codeOf(put(tracker, artifactUri, path, text('x')))).toBe('FLAG_INVALID');
        expect(await codeOf(collect(tracker.artifacts.read(artifactUri, path)))).toBe('FLAG_INVALID');
      },
    );
  });
}

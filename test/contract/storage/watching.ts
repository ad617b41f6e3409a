import { describe, expect, test } from 'vitest';
import type { StorageChange } from '../../../src/lib/storage/types.ts';
import { calm, needed, type Open, put } from './opened.ts';

export function describeWatching(open: Open): void {
  describe('watching', () => {
    test('tells what is there, what comes, changes and goes, until it is stopped', async () => {
      const { storage, root } = open();
      await put(storage, `${root}in/old`, 'x');
      await put(storage, `${root}beside`, 'x');
      const controller = new AbortController();
      const options = { signal: controller.signal, intervalMs: 20, existing: true };
      const changes = needed(storage.watch, 'watch').call(storage, `${root}in/`, options)[Symbol.asyncIterator]();
      const next = async () => short(root, (await changes.next()).value);
      expect(await next()).toBe('added in/old');
      await put(storage, `${root}in/deep/new`, 'y');
      expect(await next()).toBe('added in/deep/new');
      await put(storage, `${root}in/old`, 'longer');
      expect(await next()).toBe('changed in/old');
      await storage.delete(`${root}in/deep/new`, calm);
      expect(await next()).toBe('removed in/deep/new');
      const last = changes.next();
      controller.abort(new Error('enough'));
      const ended = await last.then(
        ({ done }) => done,
        () => true,
      );
      expect(ended).toBe(true);
    });

    test('without `existing` it begins with what comes', async () => {
      const { storage, root } = open();
      await put(storage, `${root}old`, 'x');
      const controller = new AbortController();
      const options = { signal: controller.signal, intervalMs: 20 };
      const changes = needed(storage.watch, 'watch').call(storage, root, options)[Symbol.asyncIterator]();
      const first = changes.next();
      // Whoever watches may need a moment to see what is there.
      const writing = async () => {
        for (let round = 0; !controller.signal.aborted; round++) {
          await put(storage, `${root}new-${round}`, 'y');
          await new Promise(resolve => setTimeout(resolve, 50));
        }
      };
      const [{ value }] = await Promise.all([first.finally(() => controller.abort()), writing()]);
      expect(short(root, value)).toMatch(/^added new-\d+$/);
      await changes.return?.(undefined)?.catch(() => {});
    });
  });
}

function short(root: string, change: StorageChange | undefined): string {
  return change === undefined ? 'the end' : `${change.type} ${change.object.uri.slice(root.length)}`;
}

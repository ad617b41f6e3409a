import { describe, expect, test } from 'vitest';
import { bodyOf, calm, codeOf, collect, type Lacking, type Open, put, textAt } from './opened.ts';

export function describePreconditions(open: Open, lacking: Lacking): void {
  describe('preconditions', () => {
    test('only where nothing is', async () => {
      const { storage, root } = open();
      await put(storage, `${root}a`, 'first', { ifGeneration: null });
      expect(await codeOf(put(storage, `${root}a`, 'second', { ifGeneration: null }))).toBe('CONFLICT');
      expect(await textAt(storage, `${root}a`)).toBe('first');
      await storage.delete(`${root}a`, calm);
      await put(storage, `${root}a`, 'third', { ifGeneration: null });
      expect(await textAt(storage, `${root}a`)).toBe('third');
    });

    test('only over the state that was seen', async () => {
      const { storage, root } = open();
      const first = await put(storage, `${root}a`, 'first');
      const second = await put(storage, `${root}a`, 'second', { ifGeneration: first.generation });
      expect(await codeOf(put(storage, `${root}a`, 'late', { ifGeneration: first.generation }))).toBe('CONFLICT');
      expect(await textAt(storage, `${root}a`)).toBe('second');
      await storage.delete(`${root}a`, calm);
      expect(await codeOf(put(storage, `${root}a`, 'late', { ifGeneration: second.generation }))).toBe('CONFLICT');
      expect(await storage.stat(`${root}a`, calm)).toBeNull();
    });

    test('of many who want to be the first, one is', async () => {
      const { storage, root } = open();
      const attempts = Array.from({ length: 8 }, (_, index) =>
        storage.write(`${root}a`, bodyOf(`writer ${index}`), { ...calm, ifGeneration: null }).then(
          () => index,
          (error: { code?: string }) => error.code,
        ),
      );
      const outcomes = await Promise.all(attempts);
      const winners = outcomes.filter(outcome => typeof outcome === 'number');
      expect(winners).toHaveLength(1);
      expect(outcomes.filter(outcome => outcome === 'CONFLICT')).toHaveLength(7);
      expect(await textAt(storage, `${root}a`)).toBe(`writer ${winners[0]}`);
    });

    test('delete only the state that was seen', async () => {
      const { storage, root } = open();
      const first = await put(storage, `${root}a`, 'first');
      const second = await put(storage, `${root}a`, 'second');
      const stale = storage.delete(`${root}a`, { ...calm, ifGeneration: first.generation });
      if (lacking.conditions) return expect(await stale).toBe(true);
      expect(await codeOf(stale)).toBe('CONFLICT');
      expect(await textAt(storage, `${root}a`)).toBe('second');
      expect(await storage.delete(`${root}a`, { ...calm, ifGeneration: second.generation })).toBe(true);
    });

    test('read only the state that was seen', async () => {
      const { storage, root } = open();
      const first = await put(storage, `${root}a`, 'first');
      const read = (range: object) =>
        collect(storage.read(`${root}a`, { ...calm, ...range, generation: first.generation }));
      expect((await read({})).toString()).toBe('first');
      expect((await read({ start: 1, end: 3 })).toString()).toBe('ir');
      await put(storage, `${root}a`, 'other');
      expect(await codeOf(read({}))).toBe('CONFLICT');
      expect(await codeOf(read({ start: 1 }))).toBe('CONFLICT');
    });

    test('hold for what is joined and copied, too', async () => {
      const { storage, root } = open();
      const a = await put(storage, `${root}a`, 'a');
      await put(storage, `${root}b`, 'b');
      if (lacking.conditions) return;
      const how = { ...calm, ifGeneration: null };
      if (storage.compose) expect(await codeOf(storage.compose([`${root}a`], `${root}b`, how))).toBe('CONFLICT');
      if (storage.copy) expect(await codeOf(storage.copy(`${root}a`, `${root}b`, how))).toBe('CONFLICT');
      const other = { ...calm, ifGeneration: a.generation };
      if (storage.copy) expect(await codeOf(storage.copy(`${root}a`, `${root}b`, other))).toBe('CONFLICT');
      expect(await textAt(storage, `${root}b`)).toBe('b');
    });
  });
}

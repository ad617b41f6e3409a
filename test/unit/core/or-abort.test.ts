import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { orAbort } from '../../../src/lib/core/or-abort.ts';
import { openInput } from '../../../src/lib/data/open-input.ts';
import { createWorld } from '../score/world.ts';

const forever = () => new Promise<never>(() => {});

test('the work ends first: its result or its error comes, and the signal is let go of', async () => {
  const { signal } = new AbortController();
  const listeners = () => getEventListeners(signal, 'abort').length;
  expect(await orAbort(Promise.resolve(7), signal)).toBe(7);
  await expect(orAbort(Promise.reject(new Error('mine')), signal)).rejects.toThrow('mine');
  expect(listeners()).toBe(0);
});

test('an abort does not wait for work that never ends, and says why', async () => {
  const abort = new AbortController();
  const work = orAbort(forever(), abort.signal);
  abort.abort(new Error('interrupted'));
  await expect(work).rejects.toThrow('interrupted');
  await expect(orAbort(forever(), abort.signal)).rejects.toThrow('interrupted');
});

test("work that fails after the abort is nobody's unhandled rejection", async () => {
  const abort = new AbortController();
  const late = Promise.withResolvers<never>();
  const work = orAbort(late.promise, abort.signal);
  abort.abort(new Error('interrupted'));
  late.reject(new Error('late'));
  await expect(work).rejects.toThrow('interrupted');
  await expect(orAbort(Promise.reject(new Error('later still')), abort.signal)).rejects.toThrow('interrupted');
});

test('an input that says nothing kept the command waiting after an abort', async () => {
  const abort = new AbortController();
  const { world } = createWorld('/');
  const stdin = {
    async *[Symbol.asyncIterator]() {
      yield await forever();
    },
  };
  const work = openInput('-', {}, { ...world, stdin: stdin as never, signal: abort.signal });
  setImmediate(() => abort.abort(new Error('interrupted')));
  await expect(work).rejects.toThrow('interrupted');
});

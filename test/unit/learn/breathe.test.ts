import { expect, test } from 'vitest';
import { breathe } from '../../../src/lib/learn/breathe.ts';

/** Keeps the thread busy, as a fit does. */
function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

test('lets a signal in that comes while the thread is busy', async () => {
  const stop = new AbortController();
  const rest = breathe(stop.signal);
  setTimeout(() => stop.abort(new Error('stopped')), 0);
  work(60);
  await expect(rest()).rejects.toThrow('stopped');
});

test('costs nothing while little time has passed', async () => {
  const order: string[] = [];
  const rest = breathe(new AbortController().signal);
  setTimeout(() => order.push('timer'), 0);
  await rest();
  order.push('after the first rest');
  work(60);
  await rest();
  order.push('after the second rest');
  expect(order).toEqual(['after the first rest', 'timer', 'after the second rest']);
});

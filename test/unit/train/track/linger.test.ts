import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { linger } from '../../../../src/lib/train/track/linger.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('follows another signal after a while, with its reason', () => {
  const stop = new AbortController();
  const { signal } = linger(stop.signal, 5000);
  vi.advanceTimersByTime(60_000);
  expect(signal.aborted).toBe(false);
  stop.abort(new Error('Ctrl-C'));
  vi.advanceTimersByTime(4999);
  expect(signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(signal.reason).toEqual(new Error('Ctrl-C'));
});

test('follows one that was aborted before', () => {
  const { signal } = linger(AbortSignal.abort('long ago'), 100);
  vi.advanceTimersByTime(100);
  expect(signal.reason).toBe('long ago');
});

test('once let go, it follows no more and keeps no timer', () => {
  const stop = new AbortController();
  const late = linger(stop.signal, 100);
  late.dispose();
  stop.abort();
  expect(vi.getTimerCount()).toBe(0);
  const other = linger(AbortSignal.abort(), 100);
  other.dispose();
  expect(vi.getTimerCount()).toBe(0);
});

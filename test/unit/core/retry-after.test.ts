import { describe, expect, test } from 'vitest';
import { readRetryAfter } from '../../../src/lib/core/retry-after.ts';

describe('readRetryAfter', () => {
  test.each([
    ['3', 3000],
    [' 0.5 ', 500],
    ['Wed, 21 Oct 2015 07:28:00 GMT', 0],
    ['soon', null],
    [undefined, null],
  ])('Retry-After %j', (text, ms) => {
    expect(readRetryAfter(text)).toBe(ms);
  });

  test('Retry-After as a date to come', () => {
    const wait = readRetryAfter(new Date(Date.now() + 30_000).toUTCString());
    expect(wait).toBeGreaterThan(25_000);
    expect(wait).toBeLessThanOrEqual(30_000);
  });
});

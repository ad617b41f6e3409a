import { afterEach, describe, expect, test, vi } from 'vitest';
import { redactor } from '../../../src/lib/core/redact.ts';
import { keepToken, type Token } from '../../../src/lib/gcp/credentials.ts';

afterEach(() => {
  vi.useRealTimers();
});

const never = new AbortController().signal;
const HOUR = 3_600_000;

function source(life = HOUR) {
  let asked = 0;
  const fetch = async (): Promise<Token> => ({ text: `token-number-${++asked}`, endsAt: Date.now() + life });
  return { who: 'x', fetch, asked: () => asked };
}

describe('a token', () => {
  test('is fetched when it is needed, and kept', async () => {
    const from = source();
    const credentials = keepToken(from);
    expect([credentials.ready(), from.asked()]).toEqual([null, 0]);
    expect(await credentials.token(never)).toBe('token-number-1');
    expect(credentials.ready()).toBe('token-number-1');
    expect(await credentials.token(never)).toBe('token-number-1');
  });

  test('is asked for once by many at the same time', async () => {
    const from = source();
    const credentials = keepToken(from);
    const all = await Promise.all(Array.from({ length: 20 }, () => credentials.token(never)));
    expect([new Set(all).size, from.asked()]).toEqual([1, 1]);
  });

  test('is replaced shortly before its end', async () => {
    vi.useFakeTimers();
    const credentials = keepToken(source());
    await credentials.token(never);
    vi.setSystemTime(Date.now() + HOUR - 240_000);
    expect(credentials.ready()).toBe('token-number-1');
    vi.setSystemTime(Date.now() + 30_000);
    expect(credentials.ready()).toBeNull();
    expect(await credentials.token(never)).toBe('token-number-2');
  });

  test('of a short life is used for a while all the same', async () => {
    vi.useFakeTimers();
    const credentials = keepToken(source(60_000));
    await credentials.token(never);
    expect(credentials.ready()).toBe('token-number-1');
    vi.setSystemTime(Date.now() + 11_000);
    expect(credentials.ready()).toBeNull();
  });

  test('that was refused is forgotten, unless another one took its place meanwhile', async () => {
    const credentials = keepToken(source());
    const first = await credentials.token(never);
    expect(credentials.renew(first)).toBe(true);
    expect(credentials.ready()).toBeNull();
    const second = await credentials.token(never);
    expect(credentials.renew(first)).toBe(true);
    expect(credentials.ready()).toBe(second);
  });

  test('that is given once cannot be renewed', async () => {
    const credentials = keepToken({ ...source(), fixed: true });
    expect(credentials.renew(await credentials.token(never))).toBe(false);
  });

  test('never shows in what is printed', async () => {
    const token = await keepToken({
      who: 'x',
      fetch: async () => ({ text: 'ya29.very-secret-token', endsAt: Date.now() + HOUR }),
    }).token(never);
    expect(redactor.redact(`Bearer ${token}`)).not.toContain('very-secret');
  });

  test('that cannot be had may be asked for again', async () => {
    let times = 0;
    const credentials = keepToken({
      who: 'x',
      async fetch() {
        if (times++ === 0) throw new Error('not now');
        return { text: 'later', endsAt: Date.now() + HOUR };
      },
    });
    await expect(credentials.token(never)).rejects.toThrow('not now');
    expect(await credentials.token(never)).toBe('later');
  });

  test('is had by whoever waits, also where the one who asked was stopped', async () => {
    let times = 0;
    const credentials = keepToken({
      who: 'x',
      async fetch(signal) {
        times++;
        await new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          if (times > 1) resolve(undefined);
        });
        return { text: 'token', endsAt: Date.now() + HOUR };
      },
    });
    const abort = new AbortController();
    const stopped = credentials.token(abort.signal);
    const other = credentials.token(never);
    abort.abort(new Error('stopped'));
    await expect(stopped).rejects.toThrow('stopped');
    expect(await other).toBe('token');
  });
});

import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../../src/lib/core/redact.ts';

function redacting(...values: string[]): (text: string) => string {
  const redactor = createRedactor();
  for (const value of values) redactor.add(value);
  return text => redactor.redact(text);
}

describe('a redactor', () => {
  test('hides each value wherever it stands', () => {
    expect(redacting('hunter2')('a hunter2, "hunter2"; xhunter2x')).toBe('a ***, "***"; x***x');
  });

  test('knows nothing at first', () => {
    expect(redacting()('hunter2')).toBe('hunter2');
  });

  test('leaves values alone that are too short to be told from words', () => {
    expect(redacting('abc', '', '    ')('abc    abc')).toBe('abc    abc');
  });

  test('hides the longer of two values that overlap as a whole', () => {
    expect(redacting('pass', 'password-1')('password-1 pass')).toBe('*** ***');
    expect(redacting('password-1', 'pass')('password-1 pass')).toBe('*** ***');
  });

  test('takes marks of patterns for what they are', () => {
    expect(redacting('a.b*[c]$(d)')('a.b*[c]$(d) axbbc')).toBe('*** axbbc');
  });

  test.each([
    ['JSON', 'say "x"\\\n\tgrün', (value: string) => JSON.stringify({ value })],
    ['a URL', 'p@ss/w:rd ü%', (value: string) => `https://u:${encodeURIComponent(value)}@host`],
    ['a URL with small digits', 'p@ss/w:rd', (value: string) => encodeURIComponent(value).toLowerCase()],
    ['form data', 'two words&more', (value: string) => new URLSearchParams({ value }).toString()],
    [
      'form data with marks',
      "it's (mine)!*",
      (value: string) => new URLSearchParams({ value }).toString().replace('*', '%2A'),
    ],
  ])('hides a value inside %s', (_what, value, write) => {
    const written = write(value);
    const hidden = redacting(value)(written);
    expect(hidden).toContain('***');
    expect(hidden.length).toBeLessThan(written.length);
  });

  test('hides each line of a key file, as logs show them one by one', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\nshort\n-----END PRIVATE KEY-----\n';
    const redact = redacting(key);
    expect(redact('log: MIIEvQIBADANBgkqhkiG9w0BAQ')).toBe('log: ***');
    expect(redact('short')).toBe('short');
    expect(redact(key.trim())).toBe('***');
  });

  test('learns as it goes', () => {
    const redactor = createRedactor();
    redactor.add('first-secret');
    expect(redactor.redact('first-secret second-secret')).toBe('*** second-secret');
    redactor.add('second-secret');
    expect(redactor.redact('first-secret second-secret')).toBe('*** ***');
  });

  test('half a surrogate pair is no reason to fail', () => {
    expect(redacting('abcd\uD800')('abcd\uD800')).toBe('***');
  });
});

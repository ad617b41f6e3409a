import { expect, test } from 'vitest';
import { fieldOf, tryJson } from '../../../src/lib/core/try-json.ts';

test('what is JSON is read, a bare value too, and what is none is undefined', () => {
  expect(tryJson('{"a": [1, null]}')).toEqual({ a: [1, null] });
  expect(tryJson('null')).toBeNull();
  for (const text of ['', '<html></html>', '{"a":']) expect(tryJson(text)).toBeUndefined();
});

test.each([null, undefined, 7, 'text'])('%j has no fields', value => {
  expect(fieldOf(value, 'message')).toBeUndefined();
});

test('a field of an object', () => {
  expect(fieldOf({ message: 'no' }, 'message')).toBe('no');
  expect(fieldOf({}, 'message')).toBeUndefined();
});

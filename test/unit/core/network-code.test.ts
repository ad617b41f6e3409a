import { expect, test } from 'vitest';
import { networkCode } from '../../../src/lib/core/network-code.ts';

const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });

test.each([
  ['an error of the system', refused, 'ECONNREFUSED'],
  ['one of a name with several addresses', new AggregateError([refused, new Error('other')]), 'ECONNREFUSED'],
  ['an error without a code', new Error('broken'), ''],
  ['a code that is no word', Object.assign(new Error('broken'), { code: 7 }), ''],
  ['what is no error', 'ECONNREFUSED', ''],
])('%s', (_what, cause, code) => {
  expect(networkCode(cause)).toBe(code);
});

import { expect, test } from 'vitest';
import { readPageToken, writePageToken } from '../../../../src/lib/tracking/filter/page-token.ts';

const encode = (text: string) => Buffer.from(text).toString('base64');

test("a token is MLflow's", () => {
  expect(Buffer.from(writePageToken(1000), 'base64').toString()).toBe('{"offset":1000}');
  // What MLflow 3.17 gives for the same.
  expect(readPageToken('eyJvZmZzZXQiOiAxMDAwfQ==')).toBe(1000);
  expect(readPageToken(writePageToken(7))).toBe(7);
  expect(readPageToken(encode('{"offset": "12", "filter_string": null}'))).toBe(12);
});

test('no token is the first page', () => {
  expect([readPageToken(undefined), readPageToken('')]).toEqual([0, 0]);
});

test.each([
  'x',
  '====',
  encode('[]'),
  encode('null'),
  encode('{"offset":0}'),
  encode('{"offset":-5}'),
  encode('{"offset":1.5}'),
  encode('{"offset":{}}'),
  encode('{"ofset":1}'),
])('what is no token is refused: %s', token => {
  expect(() => readPageToken(token)).toThrow(
    expect.objectContaining({ code: 'FLAG_INVALID', details: { pageToken: token } }),
  );
});

import { describe, expect, test } from 'vitest';
import { ifRange, isSame, readContentRange, tagOf } from '../../../../../src/lib/data/remote/fetch/tags.ts';

const DATE = 'Mon, 06 May 2024 07:08:09 GMT';

test('the ETag counts more than the date', () => {
  expect(tagOf({ etag: '"a"', 'last-modified': DATE })).toBe('"a"');
  expect(tagOf({ 'last-modified': DATE })).toBe(DATE);
  expect(tagOf({})).toBeNull();
});

test('only what identifies every byte makes a condition', () => {
  expect(ifRange('"a"')).toEqual({ 'if-range': '"a"' });
  expect(ifRange(DATE)).toEqual({ 'if-range': DATE });
  expect(ifRange('W/"a"')).toEqual({});
  expect(ifRange(null)).toEqual({});
});

describe('the same content', () => {
  test.each([
    ['"a"', { etag: '"a"' }, true],
    ['"a"', { etag: '"b"' }, false],
    ['W/"a"', { etag: '"a"' }, true],
    ['"a"', { etag: 'W/"a"' }, true],
    ['"a"', {}, true],
    ['"a"', { 'last-modified': DATE }, true],
    ['a-without-quotes', { etag: 'b-without-quotes', 'last-modified': DATE }, false],
    [DATE, { 'last-modified': DATE, etag: '"new"' }, true],
    [DATE, { 'last-modified': 'Mon, 06 May 2024 07:08:10 GMT' }, false],
    [null, { etag: '"a"' }, true],
  ])('%j and %j: %j', (tag, headers, same) => {
    expect(isSame(tag, headers)).toBe(same);
  });
});

test.each([
  ['bytes 5-9/10', { start: 5, bytes: 10 }],
  ['bytes 5-9/*', { start: 5, bytes: null }],
  ['bytes */10', { start: null, bytes: 10 }],
  ['Bytes 0-0/1', { start: 0, bytes: 1 }],
  ['items 0-1/2', { start: null, bytes: null }],
  [undefined, { start: null, bytes: null }],
])('Content-Range %j', (text, range) => {
  expect(readContentRange(text)).toEqual(range);
});

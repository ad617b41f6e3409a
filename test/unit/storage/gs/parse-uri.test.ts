import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bucketPath, objectPath, parseGs, parseGsObject, toGs } from '../../../../src/lib/storage/gs/parse-uri.ts';

describe('the URI of an object', () => {
  test.each([
    ['gs://data/a.csv', 'data', 'a.csv'],
    ['gs://data/x/y//z/', 'data', 'x/y//z/'],
    ['gs://data//leading', 'data', '/leading'],
    ['gs://data/100 %25.txt', 'data', '100 %25.txt'],
    ['gs://data/a#b?c=d', 'data', 'a#b?c=d'],
    ['GS://data/ü/😀', 'data', 'ü/😀'],
    ['gs://data', 'data', ''],
    ['gs://data/', 'data', ''],
    ['gs://my.domain_0-x/line\u2028break', 'my.domain_0-x', 'line\u2028break'],
  ])('%s', (uri, bucket, name) => {
    expect(parseGs(uri)).toEqual({ bucket, name });
  });

  test.each([
    ['data/a.csv', 'write it as gs://bucket/name'],
    ['s3://data/a', 'write it as gs://bucket/name'],
    ['gs:///a', 'is a variable in it empty?'],
    ['gs://', 'is a variable in it empty?'],
    ['gs://Data/a', 'small letters'],
    ['gs://-data/a', 'small letters'],
    ['gs://ab/a', 'small letters'],
    ['gs://a b c/a', 'small letters'],
    ['gs://data/\ud800', 'valid Unicode'],
  ])('%s is refused with a hint', (uri, hint) => {
    expect(() => parseGs(uri)).toThrow(
      expect.objectContaining({ code: 'FLAG_INVALID', hint: expect.stringContaining(hint) }),
    );
  });

  test.each([
    'gs://data',
    'gs://data/',
    'gs://data/.',
    'gs://data/..',
    'gs://data/a\nb',
    `gs://data/${'ü'.repeat(513)}`,
  ])('no object can be %j', uri => {
    expect(() => parseGsObject(uri)).toThrow(expect.objectContaining({ code: 'FLAG_INVALID' }));
  });

  test('a name of exactly 1024 bytes is taken', () => {
    expect(parseGsObject(`gs://data/${'ü'.repeat(512)}`).name).toHaveLength(512);
  });

  test('any name survives being written and read, and is one segment of a path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), name => {
        const place = parseGs(toGs({ bucket: 'data', name }));
        expect(place).toEqual({ bucket: 'data', name });
        const path = objectPath(place);
        expect(path).toMatch(/^\/storage\/v1\/b\/data\/o\/[^/?#\s]+$/);
        expect(decodeURIComponent(path.slice('/storage/v1/b/data/o/'.length))).toBe(name);
      }),
    );
  });

  test('a bucket has a path of its own', () => {
    expect(bucketPath('my.data')).toBe('/storage/v1/b/my.data');
  });
});

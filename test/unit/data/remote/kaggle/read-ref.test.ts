import { describe, expect, test } from 'vitest';
import { endpointsOf } from '../../../../../src/lib/data/remote/kaggle/endpoints.ts';
import { readRef } from '../../../../../src/lib/data/remote/kaggle/read-ref.ts';

describe('names of datasets', () => {
  test.each([
    ['kazanova/sentiment140', null],
    [' kazanova/sentiment140 ', null],
    ['kazanova/sentiment140/', null],
    ['kazanova/sentiment140/2', 2],
    ['kazanova/sentiment140/versions/2', 2],
    ['https://www.kaggle.com/datasets/kazanova/sentiment140', null],
    ['https://www.kaggle.com/datasets/kazanova/sentiment140?select=x.csv#top', null],
    ['http://kaggle.com/kazanova/sentiment140', null],
    ['https://www.kaggle.com/datasets/kazanova/sentiment140/versions/2', 2],
  ])('%s', (ref, version) => {
    expect(readRef(ref, undefined)).toEqual({ owner: 'kazanova', name: 'sentiment140', version });
  });

  test.each([
    '',
    'sentiment140',
    '/x',
    'x/',
    'a/b/c',
    'a/b/0',
    'a/b/1/2',
    'a/b/versions',
    'a/b/versions/x',
    '../etc/passwd',
    'a/b%2f',
    'a b/c',
    'https://example.test/a/b',
  ])('%j is none', ref => {
    expect(() => readRef(ref, undefined)).toThrow(expect.objectContaining({ code: 'FLAG_INVALID' }));
  });

  test('a version is a number, and one number', () => {
    expect(readRef('a/b', '3').version).toBe(3);
    expect(readRef('a/b/3', '3').version).toBe(3);
    expect(() => readRef('a/b', 'latest')).toThrow('versions on Kaggle are numbers');
    expect(() => readRef('a/b/3', '4')).toThrow('a/b/3 names version 3, and version 4 was asked for');
  });
});

describe('the server', () => {
  const KAGGLE = { calls: 'https://api.kaggle.com/v1', paths: 'https://www.kaggle.com/api/v1' };

  test.each([
    ['', KAGGLE],
    ['https://www.kaggle.com', KAGGLE],
    ['https://api.kaggle.com/v1', KAGGLE],
    ['http://127.0.0.1:8080', { calls: 'http://127.0.0.1:8080/api/v1', paths: 'http://127.0.0.1:8080/api/v1' }],
    [
      'https://proxy.test/kaggle/',
      { calls: 'https://proxy.test/kaggle/api/v1', paths: 'https://proxy.test/kaggle/api/v1' },
    ],
    ['https://proxy.test/api/v1/', { calls: 'https://proxy.test/api/v1', paths: 'https://proxy.test/api/v1' }],
    ['https://notkaggle.com', { calls: 'https://notkaggle.com/api/v1', paths: 'https://notkaggle.com/api/v1' }],
  ])('KAGGLE_API_ENDPOINT=%s', (value, endpoints) => {
    expect(endpointsOf({}, { KAGGLE_API_ENDPOINT: value })).toEqual(endpoints);
    expect(endpointsOf({ apiEndpoint: value }, {})).toEqual(endpoints);
  });

  test('the option counts more than the variable; what is no address is refused', () => {
    const { calls } = endpointsOf({ apiEndpoint: 'http://a.test' }, { KAGGLE_API_ENDPOINT: 'http://b.test' });
    expect(calls).toBe('http://a.test/api/v1');
    for (const value of ['kaggle.test', 'ftp://kaggle.test'])
      expect(() => endpointsOf({}, { KAGGLE_API_ENDPOINT: value })).toThrow('which is no address');
  });
});

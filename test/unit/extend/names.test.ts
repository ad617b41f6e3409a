import { describe, expect, test } from 'vitest';
import { SentopsError } from '../../../src/lib/core/errors.ts';
import { KINDS } from '../../../src/lib/extend/contract.ts';
import { normaliseName, readKind } from '../../../src/lib/extend/names.ts';

describe('names', () => {
  test.each([
    ['hello', 'hello'],
    ['Hello', 'hello'],
    [' hello_world ', 'hello-world'],
    ['hello   world', 'hello-world'],
    ['gcp.credentials', 'gcp.credentials'],
    ['svn+ssh', 'svn+ssh'],
    ['s3', 's3'],
    ['7z', '7z'],
  ])('%j is %j', (text, name) => expect(normaliseName(text)).toBe(name));

  test.each(['', ' ', '-a', 'a-', '.', '..', 'a/b', 'a\\b', 'a:b', 'ä', 'a\0b', 'x'.repeat(65)])('%j is none', text => {
    expect(normaliseName(text)).toBeUndefined();
  });
});

describe('kinds', () => {
  test('every kind is read, in each spelling', () => {
    for (const kind of Object.keys(KINDS)) {
      expect(readKind(kind)).toBe(kind);
      expect(readKind(kind.replaceAll('-', '_').toUpperCase())).toBe(kind);
    }
  });

  test.each(['stream-sinc', 'StreamSink', 'toString', ''])('%j is none, and the error lists all', text => {
    const read = () => readKind(text);
    expect(read).toThrow(SentopsError);
    expect(read).toThrow(`${JSON.stringify(text)} is no kind of extension`);
    try {
      read();
    } catch (error) {
      expect((error as SentopsError).code).toBe('FLAG_INVALID');
      expect((error as SentopsError).hint).toContain(Object.keys(KINDS).join(', '));
      expect((error as SentopsError).details['suggestion']).toBe(
        text.toLowerCase().startsWith('stream') ? 'stream-sink' : null,
      );
    }
  });
});

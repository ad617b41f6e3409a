import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  encodeJavaUtf8,
  finishHash,
  finishViewHash,
  hashBytes,
  hashText,
  mixViewWords,
  mixWords,
  SPARK_SEED,
} from '../../../src/lib/text/murmur3.ts';

// From Spark's own Murmur3_x86_32: hashUnsafeBytes2 (Spark 3 and later) and hashUnsafeBytes (Spark 2).
const RECORDED: readonly [string, number, number][] = [
  ['', 142593372, 142593372],
  ['a', -1293573533, 1485273170],
  ['ab', -684913081, -97053317],
  ['abc', 1313807976, 1322437556],
  ['abcd', -396302900, -396302900],
  ['abcde', -1361433616, 814637928],
  ['movie', -1359268561, -429498695],
  ['\u00e9', 1023967903, 2119106806],
  ['\u03c3\u03b1\u03c2', -286108320, -1198109935],
  ['\ud83d\ude00', 1877935379, 1877935379],
  ['word123 two', -13378646, 1060770125],
];

const utf8 = (text: string) => new TextEncoder().encode(text);

describe('murmur3 as Spark uses it', () => {
  test.each(RECORDED)('%j', (text, spark3, spark2) => {
    expect(hashText(text)).toBe(spark3);
    expect(hashText(text, 'spark2')).toBe(spark2);
    expect(hashBytes(utf8(text), 0, utf8(text).length)).toBe(spark3);
  });

  test('half a surrogate pair is a question mark, as Java writes it', () => {
    expect(hashText('a\ud83d b')).toBe(hashText('a? b'));
    expect(hashText('\ude00')).toBe(hashText('?'));
    const bytes = new Uint8Array(8);
    expect([...bytes.subarray(0, encodeJavaUtf8('\ud83dx\ude00', bytes, 0))]).toEqual([0x3f, 0x78, 0x3f]);
  });

  test.each([0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff])(
    'code point %i is written in UTF-8',
    code => {
      const text = String.fromCodePoint(code);
      const bytes = new Uint8Array(8);
      expect([...bytes.subarray(0, encodeJavaUtf8(text, bytes, 0))]).toEqual([...utf8(text)]);
    },
  );

  test('a well-formed text of any length is hashed over its UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), text => {
        const bytes = utf8(text);
        expect(hashText(text)).toBe(hashBytes(bytes, 0, bytes.length));
      }),
    );
  });

  test('the hash of "a b" goes on from the full words of "a", by bytes or by a view', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ maxLength: 20 }), (first, second) => {
        const joined = new Uint8Array([...first, 0x20, ...second, 1, 2, 3, 4]);
        const end = joined.length - 4;
        const view = new DataView(joined.buffer);
        const done = first.length & ~3;
        const expected = hashBytes(joined, 0, end);
        const state = mixWords(SPARK_SEED, joined, 0, first.length);
        expect(finishHash(mixWords(state, joined, done, end), joined, end, end)).toBe(expected);
        const viewed = mixViewWords(SPARK_SEED, view, 0, first.length);
        expect(viewed).toBe(state);
        expect(finishViewHash(mixViewWords(viewed, view, done, end), view, end, end)).toBe(expected);
      }),
    );
  });
});

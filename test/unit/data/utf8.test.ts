import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guessEncoding, repairUtf8, wholeCharacters } from '../../../src/lib/data/read/utf8.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

describe('bytes that are not UTF-8', () => {
  /** As `new String(bytes, UTF_8)` of Java 17 gives them. */
  test.each([
    ['61 ff 62', 'a\ufffdb'],
    ['c3', '\ufffd'],
    ['c3 28', '\ufffd('],
    ['c0 af', '\ufffd\ufffd'],
    ['e2 82', '\ufffd'],
    ['e2 82 41', '\ufffdA'],
    ['e0 80 80', '\ufffd\ufffd\ufffd'],
    ['f0 9f 98', '\ufffd'],
    ['f0 9f 41', '\ufffdA'],
    ['f4 90 80 80', '\ufffd\ufffd\ufffd\ufffd'],
    ['80 80', '\ufffd\ufffd'],
    ['f0 9f 98 80 ef bb bf', '😀\ufeff'],
    // Where Java differs from browsers: a surrogate is one mistake of three bytes.
    ['ed a0 80 41', '\ufffdA'],
  ])('%s', (hex, expected) => {
    expect(repairUtf8(bytes(hex)).toString()).toBe(expected);
  });

  test('become what browsers make of them, surrogates apart', () => {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const surrogate = /\xed[\xa0-\xbf]/;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), given => {
        fc.pre(!surrogate.test(Buffer.from(given).toString('latin1')));
        expect(repairUtf8(given).toString()).toBe(decoder.decode(given));
      }),
      { numRuns: 2000 },
    );
  });

  test('are Latin-1 unless most of the letters beyond ASCII are whole', () => {
    expect(guessEncoding(Buffer.from('plain'))).toBe('utf8');
    expect(guessEncoding(Buffer.from('schön', 'latin1'))).toBe('latin1');
    expect(guessEncoding(Buffer.concat([Buffer.from('äöü ß'), bytes('ff')]))).toBe('utf8');
  });

  test('at the end of a piece are no mistake where the rest may follow', () => {
    for (const text of ['a', 'ä', '€', '😀', 'x😀']) {
      const whole = Buffer.from(text);
      expect(wholeCharacters(whole)).toEqual(whole);
      for (let cut = 1; cut < Buffer.byteLength(text.slice(-2)); cut++) {
        expect(wholeCharacters(whole.subarray(0, whole.length - cut)).toString()).not.toContain('\ufffd');
      }
    }
  });
});

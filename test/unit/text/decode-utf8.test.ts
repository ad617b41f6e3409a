import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeJavaUtf8 } from '../../../src/lib/text/decode-utf8.ts';

const decode = (hex: string) => {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], pair => Number.parseInt(pair, 16));
  return decodeJavaUtf8(new Uint8Array([0x41, ...bytes, 0x42]), 1, 1 + bytes.length);
};

// What new String(bytes, UTF_8) of Java 17 gives.
test.each([
  ['edbb', '\ufffd'],
  ['eda0bd', '\ufffd'],
  ['eda0bdedb880', '\ufffd\ufffd'],
  ['edbfed90df80', '\ufffd\ufffd\u07c0'],
  ['f5eeeda0', '\ufffd\ufffd\ufffd'],
  ['f09f98', '\ufffd'],
  ['c080', '\ufffd\ufffd'],
  ['f4908080', '\ufffd\ufffd\ufffd\ufffd'],
  ['e28261', '\ufffda'],
  ['efbbbf61', '\ufeffa'],
  ['ed', '\ufffd'],
  ['ed9fbf', '\ud7ff'],
])('bytes %s', (hex, expected) => {
  expect(decode(hex)).toBe(expected);
});

test('well-formed text comes back, whatever stands around it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const bytes = new TextEncoder().encode(`\ud7ff${text}\u{10ffff}`);
      expect(decodeJavaUtf8(bytes, 3, bytes.length - 4)).toBe(text);
    }),
  );
});

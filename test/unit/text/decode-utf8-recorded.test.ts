import { expect, test } from 'vitest';
import { decodeJavaUtf8 } from '../../../src/lib/text/decode-utf8.ts';

// new String(bytes, UTF_8) of Java 17 on random bytes.
test.each([
  ['eda5a4aaeb9a88', '\ufffd\ufffd\ub688'],
  ['eff7ece3edf19a', '\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd'],
  ['e9c0ffd798968886', '\ufffd\ufffd\ufffd\u05d8\ufffd\ufffd\ufffd'],
  ['eedbafe9ccf8', '\ufffd\u06ef\ufffd\ufffd\ufffd'],
  ['fad2c0', '\ufffd\ufffd\ufffd'],
  ['4be0ed87f4e6ee', 'K\ufffd\ufffd\ufffd\ufffd\ufffd'],
  ['c18490f38f', '\ufffd\ufffd\ufffd\ufffd'],
  ['ee64', '\ufffdd'],
  ['e061a7', '\ufffda\ufffd'],
  ['f5e083fd', '\ufffd\ufffd\ufffd\ufffd'],
  ['bd96f1edb988b5f0', '\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd'],
  ['95ed87eef1', '\ufffd\ufffd\ufffd\ufffd'],
  ['9e55', '\ufffdU'],
  ['c5f4dde0aac0c0', '\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd'],
  ['a6fde0ededf0', '\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd'],
  ['c8bcbaaec1e4868e', '\u023c\ufffd\ufffd\ufffd\u418e'],
  ['fcf0edfab390eb', '\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd'],
  ['a4ad87e3', '\ufffd\ufffd\ufffd\ufffd'],
  ['ade0f4', '\ufffd\ufffd\ufffd'],
  ['f488bfc0fd', '\ufffd\ufffd\ufffd'],
  ['f2f0', '\ufffd\ufffd'],
  ['eec4', '\ufffd\ufffd'],
  ['a9f2b9e0', '\ufffd\ufffd\ufffd'],
  ['8cd1f486ef', '\ufffd\ufffd\ufffd\ufffd'],
  ['f0e4e087', '\ufffd\ufffd\ufffd\ufffd'],
  ['c1f8cec05e835ef4', '\ufffd\ufffd\ufffd\ufffd^\ufffd^\ufffd'],
  ['8c98f7e0', '\ufffd\ufffd\ufffd\ufffd'],
  ['e7f47d80', '\ufffd\ufffd}\ufffd'],
  ['6e80b8f2', 'n\ufffd\ufffd\ufffd'],
  ['dced93', '\ufffd\ufffd'],
  ['a3f0f0a2e9eaf4f0', '\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd'],
  ['f0f0e981bb92c18d', '\ufffd\ufffd\u907b\ufffd\ufffd\ufffd'],
  ['f5eeedc9', '\ufffd\ufffd\ufffd\ufffd'],
  ['efabf0c0e097dcf0', '\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd'],
  ['f9eff0ac969d', '\ufffd\ufffd\ud871\udd9d'],
  ['c3e0ecc8', '\ufffd\ufffd\ufffd\ufffd'],
  ['b2a9aaf0e0f4f4', '\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd'],
  ['f1b8', '\ufffd'],
  ['a55eee75', '\ufffd^\ufffdu'],
  ['e0f4c1f490fd', '\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd'],
  ['b5f1f5f0', '\ufffd\ufffd\ufffd\ufffd'],
  ['ed6eeefe83', '\ufffdn\ufffd\ufffd\ufffd'],
  ['80fc', '\ufffd\ufffd'],
  ['edb1e2b1e1d9b8', '\ufffd\ufffd\ufffd\u0678'],
  ['93a5acd9ac', '\ufffd\ufffd\ufffd\u066c'],
  ['d7ba99f2f0a4fe', '\u05fa\ufffd\ufffd\ufffd\ufffd'],
  ['ee70f2aeee', '\ufffdp\ufffd\ufffd'],
  ['9ab87fc0f5e3c8', '\ufffd\ufffd\u007f\ufffd\ufffd\ufffd\ufffd'],
])('bytes %s', (hex, expected) => {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], pair => Number.parseInt(pair, 16));
  expect(decodeJavaUtf8(bytes, 0, bytes.length)).toBe(expected);
});

test('every four bytes out of those where something changes: the checksum that Java computed', () => {
  const edges = [
    0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff,
  ];
  let checksum = 0;
  for (const a of edges)
    for (const b of edges)
      for (const c of edges)
        for (const d of edges) {
          const text = decodeJavaUtf8(Uint8Array.of(a, b, c, d), 0, 4);
          for (let at = 0; at < text.length; at++) checksum = (Math.imul(checksum, 31) + text.charCodeAt(at)) | 0;
          checksum = (Math.imul(checksum, 31) + text.length) | 0;
        }
  expect(checksum).toBe(-1564344972);
});

test('the bytes around a field have no say', () => {
  const bytes = Uint8Array.of(0xf0, 0x9f, 0x98, 0x80, 0x41, 0xed, 0xa0, 0x80, 0x42);
  expect(decodeJavaUtf8(bytes, 0, 4)).toBe('\u{1f600}');
  expect(decodeJavaUtf8(bytes, 0, 3)).toBe('\ufffd');
  expect(decodeJavaUtf8(bytes, 4, 6)).toBe('A\ufffd');
  expect(decodeJavaUtf8(bytes, 4, 7)).toBe('A\ufffd');
  expect(decodeJavaUtf8(bytes, 4, 9)).toBe('A\ufffdB');
  expect(decodeJavaUtf8(bytes, 4, 4)).toBe('');
});

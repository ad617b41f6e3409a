import fc from 'fast-check';
import { expect, test } from 'vitest';
import { combineCrc32c, crc32c, decodeCrc32c, encodeCrc32c } from '../../../src/lib/storage/crc32c.ts';
import { noise } from './gs/upload/fixture.ts';

/** Bit by bit, as the definition has it. */
function slowly(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}

// RFC 3720, appendix B.4, and the check value of the catalogue of CRCs.
test.each([
  ['nothing', Buffer.alloc(0), 0],
  ['123456789', Buffer.from('123456789'), 0xe3069283],
  ['32 zeros', Buffer.alloc(32), 0x8a9136aa],
  ['32 ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['counting up', Buffer.from(Array.from({ length: 32 }, (_, at) => at)), 0x46dd794e],
  ['counting down', Buffer.from(Array.from({ length: 32 }, (_, at) => 31 - at)), 0x113fdb5c],
])('gives the published value of %s', (_, bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected);
});

test('is that of the definition for every length and every place in memory', () => {
  const memory = noise(400, 7);
  for (let offset = 0; offset < 5; offset++)
    for (let length = 0; length < 200; length++) {
      const bytes = memory.subarray(offset, offset + length);
      expect(crc32c(bytes)).toBe(slowly(bytes));
    }
});

test.each([32 * 1024 - 1, 32 * 1024, 32 * 1024 + 1, 64 * 1024 + 17, 100_003])(
  'is that of the definition where two lanes run side by side: %i bytes',
  length => {
    for (const offset of [0, 1, 2, 3]) {
      const bytes = noise(length + 3, 9).subarray(offset, offset + length);
      expect(crc32c(bytes)).toBe(slowly(bytes));
    }
  },
);

test('goes on from any place, and joins pieces, to the same value', () => {
  const content = noise(200_000, 3);
  const whole = crc32c(content);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: content.length }), at => {
      const [first, second] = [content.subarray(0, at), content.subarray(at)];
      expect(crc32c(second, crc32c(first))).toBe(whole);
      expect(combineCrc32c(crc32c(first), crc32c(second), second.length)).toBe(whole);
    }),
    { numRuns: 50 },
  );
});

test('joins pieces whose length needs more than 32 bits', () => {
  // Zeros after a piece: the same in one step as in many.
  const first = crc32c(Buffer.from('sentops'));
  const gib = 2 ** 30;
  const zeros = (bytes: number) => {
    let crc = 0;
    let length = 0;
    for (let left = bytes, power = 1, sum = crc32c(Buffer.alloc(1)); left > 0; left = Math.floor(left / 2)) {
      if (left % 2 === 1) {
        crc = combineCrc32c(crc, sum, power);
        length += power;
      }
      sum = combineCrc32c(sum, sum, power);
      power *= 2;
    }
    expect(length).toBe(bytes);
    return crc;
  };
  const atOnce = combineCrc32c(first, zeros(9 * gib), 9 * gib);
  let stepwise = first;
  for (let step = 0; step < 9; step++) stepwise = combineCrc32c(stepwise, zeros(gib), gib);
  expect(atOnce).toBe(stepwise);
});

test('is written as Cloud Storage writes it, and read again', () => {
  expect(encodeCrc32c(0xe3069283)).toBe('4waSgw==');
  expect(encodeCrc32c(0)).toBe('AAAAAA==');
  expect(decodeCrc32c('4waSgw==')).toBe(0xe3069283);
});

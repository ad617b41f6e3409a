import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BytesHash } from '../../../../src/lib/data/profile/bytes-hash.ts';

const hash = new BytesHash();

function hashOf(bytes: Uint8Array, start = 0, end = bytes.length): string {
  hash.read(bytes, start, end);
  return `${hash.low} ${hash.high}`;
}

describe('the hash of bytes', () => {
  test('depends on the bytes, not on where they stand or on what is around them', () => {
    const bytes = fc.uint8Array({ maxLength: 40 });
    fc.assert(
      fc.property(bytes, bytes, bytes, (before, middle, behind) => {
        const all = Buffer.concat([before, middle, behind]);
        expect(hashOf(all, before.length, before.length + middle.length)).toBe(hashOf(middle));
      }),
    );
  });

  test('changes with every bit and every length', () => {
    const base = Buffer.from('The same text, but for one bit.');
    const seen = new Set([hashOf(base)]);
    for (let bit = 0; bit < base.length * 8; bit++) {
      const other = Buffer.from(base);
      other[bit >> 3] = (other[bit >> 3] as number) ^ (1 << (bit & 7));
      seen.add(hashOf(other));
    }
    for (let length = 0; length < 100; length++) seen.add(hashOf(Buffer.alloc(length)));
    expect(seen.size).toBe(1 + base.length * 8 + 100);
  });

  test('spreads numbers that count up over all low bits, in both halves', () => {
    const low = new Uint32Array(64);
    const high = new Uint32Array(64);
    for (let value = 0; value < 64_000; value++) {
      hashOf(Buffer.from(String(value)));
      low[hash.low & 63] = (low[hash.low & 63] as number) + 1;
      high[hash.high & 63] = (high[hash.high & 63] as number) + 1;
    }
    // 1,000 in each is expected, with a deviation of 31.
    for (const counts of [low, high]) {
      expect(Math.min(...counts)).toBeGreaterThan(840);
      expect(Math.max(...counts)).toBeLessThan(1160);
    }
  });
});

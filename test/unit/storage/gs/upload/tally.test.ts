import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32c } from '../../../../../src/lib/storage/crc32c.ts';
import { crcTo, openAt, Tally } from '../../../../../src/lib/storage/gs/upload/tally.ts';
import { bodyOf, MIB, noise } from './fixture.ts';

const STEP = 8 * MIB;
const CONTENT = noise(2 * STEP + 5000, 21);
const place = fc.integer({ min: 0, max: CONTENT.length });

async function drain(chunks: AsyncIterable<Uint8Array>, tally: Tally): Promise<Buffer> {
  const given: Uint8Array[] = [];
  for await (const chunk of chunks) {
    tally.add(chunk);
    given.push(chunk);
  }
  return Buffer.concat(given);
}

test('keeps the checksum of every step, however the bytes come', () => {
  for (const chunk of [1_000_000, STEP, STEP + 1, CONTENT.length]) {
    const tally = new Tally();
    const steps: number[] = [];
    for (let at = 0; at < CONTENT.length; at += chunk) if (tally.add(CONTENT.subarray(at, at + chunk))) steps.push(at);
    expect(tally.sums).toEqual([crc32c(CONTENT.subarray(0, STEP)), crc32c(CONTENT.subarray(0, 2 * STEP))]);
    expect([tally.at, tally.crc]).toEqual([CONTENT.length, crc32c(CONTENT)]);
    expect(steps.length).toBe(chunk === CONTENT.length ? 1 : 2);
  }
});

test('a step that was passed before is not news', () => {
  const tally = new Tally();
  expect(tally.add(CONTENT.subarray(0, STEP))).toBe(true);
  tally.rewind(0);
  expect(tally.add(CONTENT.subarray(0, STEP))).toBe(false);
});

test('gives the rest from any place, with the checksum of all of it, from whatever is known', async () => {
  const sums = [crc32c(CONTENT.subarray(0, STEP)), crc32c(CONTENT.subarray(0, 2 * STEP))];
  await fc.assert(
    fc.asyncProperty(place, fc.integer({ min: 0, max: 2 }), async (at, known) => {
      const tally = new Tally(sums.slice(0, known));
      const body = bodyOf(CONTENT, { chunk: 700_001 });
      const rest = await drain(openAt(body, at, tally), tally);
      expect(rest.equals(CONTENT.subarray(at))).toBe(true);
      expect([tally.at, tally.crc]).toEqual([CONTENT.length, crc32c(CONTENT)]);
      // No more is read again than lies behind the last step that is known.
      expect(body.opened).toEqual([Math.min(known, Math.floor(at / STEP)) * STEP]);
    }),
    { numRuns: 12 },
  );
});

test('gives the checksum of any beginning, reading from the last step that is known', async () => {
  await fc.assert(
    fc.asyncProperty(place, fc.boolean(), async (at, isKnown) => {
      const tally = new Tally(isKnown ? [crc32c(CONTENT.subarray(0, STEP))] : []);
      const body = bodyOf(CONTENT, { chunk: 700_001 });
      expect(await crcTo(body, at, tally)).toBe(crc32c(CONTENT.subarray(0, at)));
      const from = isKnown && at >= STEP ? STEP : 0;
      expect(body.opened).toEqual(at === from ? [] : [from]);
    }),
    { numRuns: 12 },
  );
});

test('a body that is shorter than what was sent of it is a conflict', async () => {
  const short = bodyOf(CONTENT.subarray(0, 1000));
  await expect(crcTo(short, 2000, new Tally())).rejects.toMatchObject({ code: 'CONFLICT' });
  const tally = new Tally();
  await expect(drain(openAt(short, 2000, tally), tally)).rejects.toMatchObject({ code: 'CONFLICT' });
});

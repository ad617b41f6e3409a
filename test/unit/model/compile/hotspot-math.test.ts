import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accurateLog } from '../../../../src/lib/model/compile/hotspot-log.ts';
import { hotspotExp, mathOf } from '../../../../src/lib/model/compile/hotspot-math.ts';

const bitsOf = (x: number) =>
  Buffer.from(new Float64Array([x]).buffer)
    .readBigUInt64LE()
    .toString(16)
    .padStart(16, '0');

// Math.exp of a HotSpot JVM (Java 17, x86-64).
test.each([
  [0.5, '3ffa61298e1e069c'],
  [-1.25, '3fd25618372a584f'],
  [3.3, '403b1cd5e7807b7b'],
  [-20.1, '3e200532af8b0cf5'],
  [1e-20, '3ff0000000000000'],
  [-650.5, '05470d8a640274ef'],
  [100.7, '49036b3df32523b5'],
  [0, '3ff0000000000000'],
  [-0.1, '3fecf46d99d52b3a'],
  [7e-4, '3ff002de4299ea89'],
])('exp(%d)', (x, bits) => {
  expect(bitsOf(hotspotExp(x))).toBe(bits);
});

// Math.log of the same machine, where fdlibm's is one unit off.
test.each([
  [0.38155883959901593, -0.9634902079116204],
  [853175447873.5979, 27.472231046610094],
  [0.3366471297019983, -1.0887199900869053],
  [0.8251311964098511, -0.1922128793394076],
  [0.34965743920323056, -1.0508013489160797],
])('log(%d)', (x, expected) => {
  expect(accurateLog(x)).toBe(expected);
  expect(Math.log(x)).not.toBe(expected);
});

test.each([1, 0, -1, 5e-324, Number.NaN, Number.POSITIVE_INFINITY])('log(%d) is what it always is', x => {
  expect(accurateLog(x)).toBe(Math.log(x));
});

describe('all over', () => {
  test('the two flavors are never more than two units in the last place apart, and do differ', () => {
    const fdlibm = mathOf('fdlibm');
    let different = 0;
    fc.assert(
      fc.property(fc.double({ min: -745, max: 709, noNaN: true }), x => {
        if (!Object.is(hotspotExp(x), fdlibm.exp(x))) different++;
        expect(Math.abs(hotspotExp(x) - fdlibm.exp(x))).toBeLessThanOrEqual(
          fdlibm.exp(x) * 2 ** -51 + Number.MIN_VALUE,
        );
      }),
      { numRuns: 2000, seed: 1 },
    );
    for (let x = -10; x < 10; x += 0.01) if (hotspotExp(x) !== Math.exp(x)) different++;
    expect(different).toBeGreaterThan(50);
  });

  test.each([
    [Number.NEGATIVE_INFINITY, 0],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [-1000, 0],
    [1000, Number.POSITIVE_INFINITY],
    [Number.NaN, Number.NaN],
  ])('exp(%d) is %d', (x, expected) => {
    expect(hotspotExp(x)).toBe(expected);
  });

  test('log is log to the last place', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), x => {
        const { log } = mathOf('hotspot-x64');
        expect(Math.abs(log(x) - Math.log(x))).toBeLessThanOrEqual(Math.abs(Math.log(x)) * 2 ** -51);
      }),
    );
  });
});

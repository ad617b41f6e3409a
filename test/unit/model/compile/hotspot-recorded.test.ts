import { expect, test } from 'vitest';
import { hotspotExp, mathOf } from '../../../../src/lib/model/compile/hotspot-math.ts';

const double = new Float64Array(1);
const pattern = new BigUint64Array(double.buffer);
function bitsOf(x: number): bigint {
  double[0] = x;
  return pattern[0] as bigint;
}
const { exp, log, log1p } = mathOf('hotspot-x64');

// Math.exp of Java 17 on x86-64.
test.each<[number, string]>([
  [-703.9, '00766c80084f7912'],
  [-700.0, '00d14f2b0fb9307f'],
  [-650.25, '054d99ba65a1c91f'],
  [-400.5, '1bd26324bd513de8'],
  [-100.125, '36e76d8e5c4fcb71'],
  [-37.5, '3c8dd5c566301ec8'],
  [-17.25, '3e614f49dbc5078c'],
  [-5.5, '3f70bd4a5aca7728'],
  [-2.75, '3fb05d93892fa010'],
  [-1.0, '3fd78b56362cef38'],
  [-0.75, '3fde3b40ebefcd7e'],
  [-0.3, '3fe7b4c869c37c05'],
  [-0.01, '3fefae7cfd2b9cfe'],
  [-1.0e-5, '3fefffeb07515653'],
  [-1.0e-9, '3fefffffff768fa1'],
  [-1.0e-17, '3ff0000000000000'],
  [1.0e-17, '3ff0000000000000'],
  [1.0e-9, '3ff000000044b830'],
  [1.0e-5, '3ff0000a7c5e340e'],
  [0.01, '3ff0292a5d2f2226'],
  [0.3, '3ff599058c8c1a96'],
  [0.7, '40001c2a61268987'],
  [0.75, '4000ef9db467dcf8'],
  [1.0, '4005bf0a8b145769'],
  [1.5, '4011ed3fe64fc541'],
  [2.75, '402f49070bdbe8fd'],
  [Math.PI, '403724046eb09339'],
  [5.5, '406e96244f21bbf6'],
  [10.1, '40d7c5c09a68d572'],
  [17.25, '417d94295464477b'],
  [20.2, '41c1a90aedeb1d6a'],
  [37.5, '4351293919c201e5'],
  [64.64, '45c31aa3bdd880b3'],
  [88.8, '47f148906c06fc8a'],
  [100.125, '48f5daaf24221d5e'],
  [250.6, '568740e6b841c014'],
  [400.5, '640bd8680a89ca2b'],
  [600.1, '760b1ec31df52717'],
  [700.0, '7f0d945df4f8ec8e'],
  [703.9, '7f66d535e7b4e38f'],
  [Math.LN2, '4000000000000000'],
  [-Math.LN2, '3fe0000000000000'],
  [0.010830424696249145, '3ff02c9a3e778061'],
  [-0.005415212348124572, '3fefd3c22b8f71f1'],
])('exp(%d)', (x, bits) => {
  expect(bitsOf(hotspotExp(x)).toString(16).padStart(16, '0')).toBe(bits);
});

// Math.log of the same machine.
test.each<[number, string]>([
  [1.0e-300, 'c085963447f87fb5'],
  [1.0e-10, 'c037069e2aa2aa5b'],
  [0.001, 'c01ba18a998fffa0'],
  [0.1, 'c0026bb1bbb55515'],
  [0.5, 'bfe62e42fefa39ef'],
  [0.75, 'bfd269621134db92'],
  [0.9, 'bfbaf8e8210a415c'],
  [0.99, 'bf8495453e6fd4bc'],
  [0.999999, 'beb0c6f82d74d230'],
  [1.000001, '3eb0c6f713f33a1d'],
  [1.01, '3f8460d6ccca367c'],
  [1.1, '3fb8663f793c46cc'],
  [1.25, '3fcc8ff7c79a9a22'],
  [Math.SQRT2, '3fd62e42fefa39f0'],
  [1.5, '3fd9f323ecbf984c'],
  [2.0, '3fe62e42fefa39ef'],
  [Math.E, '3ff0000000000000'],
  [3.0, '3ff193ea7aad030b'],
  [7.0, '3fff2272ae325a57'],
  [10.0, '40026bb1bbb55516'],
  [100.0, '40126bb1bbb55516'],
  [1234.5, '401c79436f818745'],
  [1000000.0, '402ba18a998fffa0'],
  [1.0e15, '404144f69ff9ffc4'],
  [1.0e300, '4085963447f87fb5'],
])('log(%d)', (x, bits) => {
  expect(bitsOf(log(x)).toString(16)).toBe(bits);
});

/** 31·sum + bits over many arguments, in 64 bits: what the recording program computed. */
function digest(compute: (x: number) => number, start: number, first: number): bigint {
  let sum = 0n;
  for (let k = first; k < 5000 + first; k++) sum = BigInt.asUintN(64, sum * 31n + bitsOf(compute(k * 0.0137 + start)));
  return sum;
}

test('5,000 arguments each: every bit is the one of the JVM', () => {
  expect(digest(exp, -34.25, 0)).toBe(7606281802329609722n);
  expect(digest(log, 0, 1)).toBe(8963916678882104506n);
  expect(digest(log1p, -0.99, 0)).toBe(15942195998895777161n);
});

test('fdlibm is another: as many of those differ as StrictMath differs from Math in Java', () => {
  const fdlibm = mathOf('fdlibm');
  const count = (a: (x: number) => number, b: (x: number) => number, start: number, first: number) =>
    Array.from({ length: 5000 }, (_, k) => (k + first) * 0.0137 + start).filter(x => a(x) !== b(x)).length;
  expect(count(exp, fdlibm.exp, -34.25, 0)).toBe(502);
  expect(count(log, fdlibm.log, 0, 1)).toBe(193);
});

test.each([
  [-0, 1],
  [-744.5, 5e-324],
  [-745.2, 0],
  [709.7, Math.exp(709.7)],
  [709.8, Number.POSITIVE_INFINITY],
])('beyond the table, exp(%d) is what fdlibm says', (x, expected) => {
  expect(hotspotExp(x)).toBe(expected);
});

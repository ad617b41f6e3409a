import { accurateLog } from './hotspot-log.ts';
import type { MathFlavor } from './types.ts';

/** The functions whose last bit depends on who computes them. */
export interface ModelMath {
  readonly exp: (x: number) => number;
  readonly log: (x: number) => number;
  readonly log1p: (x: number) => number;
}

/** V8's functions are fdlibm's, as StrictMath; HotSpot on x86-64 replaces exp and log by Intel's, log1p it leaves. */
export function mathOf(flavor: MathFlavor): ModelMath {
  return flavor === 'fdlibm'
    ? { exp: Math.exp, log: Math.log, log1p: Math.log1p }
    : { exp: hotspotExp, log: accurateLog, log1p: Math.log1p };
}

const words = new Int32Array(2);
const double = new Float64Array(words.buffer);
const bits = new BigInt64Array(words.buffer);

const LOG2E_64 = fromBits(0x40571547652b82fen);
const SHIFTER = 6755399441055744;
const LN2_64_HIGH = fromBits(0x3f862e42fefa0000n);
const LN2_64_LOW = fromBits(0x3d1cf79abc9e3b3an);
const C2 = fromBits(0x3fdffffffffffffen);
const C3 = fromBits(0x3fc5555555548ba1n);
const C4 = fromBits(0x3fa55555555b9e25n);
const C5 = fromBits(0x3f811115c090cf0fn);
const C6 = fromBits(0x3f56c15ce3289860n);
const TINY = 2 ** -54;
const SCALES = Float64Array.from({ length: 2046 }, (_, place) => 2 ** (place - 1022));
const [POWERS, REMAINDERS] = tabulatePowers();

/**
 * exp of Intel's LIBM for x86-64, from its published description (bionic libm/x86_64/e_exp.S): x = (64n + j)·ln 2 / 64 + r,
 * exp(x) = 2^n · 2^(j/64) · (1 + p(r)), with 2^(j/64) in two parts. Where the result is not a normal number the
 * original takes another path; there fdlibm's answer stands.
 */
export function hotspotExp(x: number): number {
  if (!(Math.abs(x) < 704)) return Math.exp(x);
  if (Math.abs(x) < TINY) return 1 + x;
  const shifted = x * LOG2E_64 + SHIFTER;
  const whole = shifted - SHIFTER;
  const multiple = whole | 0;
  const r = x - whole * LN2_64_HIGH - whole * LN2_64_LOW;
  const j = multiple & 63;
  const r2 = r * r;
  const r3 = r * r2;
  const low = r3 * r2 * (C5 + C6 * r);
  const high = r3 * (C3 + C4 * r);
  const sum = high + (r + (REMAINDERS[j] as number) + low) + r2 * C2;
  const power = (POWERS[j] as number) * (SCALES[(multiple >> 6) + 1022] as number);
  return sum * power + power;
}

/** 2^(j/64) cut off to 52 fraction bits, and what is missing, relative to it; by integer square roots. */
function tabulatePowers(): [Float64Array, Float64Array] {
  const extra = 200n;
  const roots = [2n ** (52n + extra)];
  const high = new Float64Array(64);
  const low = new Float64Array(64);
  let step = 2n ** (1n + 2n * (52n + extra));
  const factors: bigint[] = [];
  for (let k = 0; k < 6; k++) {
    const root = squareRoot(step);
    factors.unshift(root);
    step = root << (52n + extra);
  }
  for (let j = 0; j < 64; j++) {
    let value = roots[0] as bigint;
    for (let k = 0; k < 6; k++) if ((j >> k) & 1) value = (value * (factors[k] as bigint)) >> (52n + extra);
    const cut = value >> extra;
    high[j] = Number(cut) / 2 ** 52;
    low[j] = Number(((value - (cut << extra)) << 60n) / cut) / 2 ** 60 / 2 ** Number(extra);
  }
  return [high, low];
}

function squareRoot(value: bigint): bigint {
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

function fromBits(pattern: bigint): number {
  bits[0] = pattern;
  return double[0] as number;
}

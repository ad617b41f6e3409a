/**
 * log, nearly always correctly rounded: x = 2^k · c · (1 + r) with c one of 129 points,
 * log x = k·ln 2 + log c + log(1 + r), the first two kept in two parts. HotSpot's own log on x86-64 (Intel's LIBM)
 * works by such a table as well: of 1,000,000 numbers 23 came out different, with fdlibm's log 38,257.
 */
const FRACTION = 160n;
const ONE = 1n << FRACTION;
const STEPS = 128;
const words = new Uint32Array(2);
const double = new Float64Array(words.buffer);
let table: { readonly high: Float64Array; readonly low: Float64Array } | undefined;
let ln2: readonly [number, number] = [0, 0];

export function accurateLog(x: number): number {
  if (!(x > 0) || x === Number.POSITIVE_INFINITY || x < 2 ** -1022) return Math.log(x);
  if (x === 1) return 0;
  table ??= tabulate();
  double[0] = x;
  let k = ((words[1] as number) >>> 20) - 1023;
  words[1] = ((words[1] as number) & 0xfffff) | 0x3ff00000;
  let mantissa = double[0] as number;
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    k++;
  }
  const point = Math.round(mantissa * STEPS) / STEPS;
  const place = point * STEPS;
  const distance = mantissa - point;
  const r = distance / point;
  // What the division left over, exactly: distance − r·point by splitting r.
  const rLow = remainder(distance, r, point) / point;
  const series = r * r * (-1 / 2 + r * (1 / 3 + r * (-1 / 4 + r * (1 / 5 + r * (-1 / 6 + r * (1 / 7 - r / 8))))));
  const [ln2High, ln2Low] = ln2;
  const whole = k * ln2High;
  const first = whole + (table.high[place] as number);
  const firstLow = whole - first + (table.high[place] as number);
  const sum = first + r;
  const sumLow = Math.abs(first) >= Math.abs(r) ? first - sum + r : r - sum + first;
  return sum + (sumLow + (firstLow + (k * ln2Low + (table.low[place] as number) + rLow - r * rLow) + series));
}

/** distance − r · point without rounding: point has eight bits, so r in two halves times point is exact. */
function remainder(distance: number, r: number, point: number): number {
  const shifted = r * 134217729;
  const high = shifted - (shifted - r);
  return distance - high * point - (r - high) * point;
}

/** log of the points by 2·atanh((c − 1) / (c + 1)) in integers, cut into two doubles. */
function tabulate() {
  const high = new Float64Array(2 * STEPS);
  const low = new Float64Array(2 * STEPS);
  for (let place = STEPS / 2; place <= 1.5 * STEPS; place++) {
    [high[place], low[place]] = cut(logOf(BigInt(place), BigInt(STEPS))) as [number, number];
  }
  const whole = logOf(2n, 1n);
  const coarse = Math.round((Number(whole >> 100n) / 2 ** 60) * 2 ** 40) / 2 ** 40;
  ln2 = [coarse, toNumber(whole - BigInt(coarse * 2 ** 40) * (ONE >> 40n))];
  return { high, low };
}

function logOf(numerator: bigint, denominator: bigint): bigint {
  const z = ((numerator - denominator) * ONE) / (numerator + denominator);
  const square = (z * z) >> FRACTION;
  let power = z;
  let sum = 0n;
  for (let n = 1n; power !== 0n && power !== -1n; n += 2n) {
    sum += power / n;
    power = (power * square) >> FRACTION;
  }
  return 2n * sum;
}

function cut(value: bigint): [number, number] {
  const high = toNumber(value);
  const coarse = Math.round(high * 2 ** 44) / 2 ** 44;
  return [coarse, toNumber(value - BigInt(coarse * 2 ** 44) * (ONE >> 44n))];
}

function toNumber(value: bigint): number {
  return Number(value) / 2 ** Number(FRACTION);
}

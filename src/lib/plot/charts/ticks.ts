export interface Ticks {
  readonly values: readonly number[];
  readonly step: number;
}

/** Round numbers within a range, 1, 2 or 5 times a power of ten apart, about as many as asked for. */
export function niceTicks(min: number, max: number, count: number): Ticks {
  const [low, high] = widen(min, max);
  const { factor, exponent } = niceStep((high - low) / Math.max(1, count));
  const step = shift(factor, exponent);
  const values: number[] = [];
  // Multiples are counted as integers: adding up a step such as 0.1 would drift.
  const slack = 1e-9 * step;
  for (let index = Math.ceil((low - slack) / step); shift(index * factor, exponent) <= high + slack; index += 1) {
    values.push(shift(index * factor, exponent) + 0);
  }
  return { values, step };
}

/** The range that starts and ends at a tick. */
export function niceRange(min: number, max: number, count: number): readonly [number, number] {
  const [low, high] = widen(min, max);
  const { factor, exponent } = niceStep((high - low) / Math.max(1, count));
  const step = shift(factor, exponent);
  const start = Math.floor((low + 1e-9 * step) / step);
  const end = Math.ceil((high - 1e-9 * step) / step);
  return [shift(start * factor, exponent) + 0, shift(end * factor, exponent) + 0];
}

/** A tick as text, with the decimals that its step needs. */
export function formatTick(value: number, step: number): string {
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  if (decimals > 6 || Math.abs(value) >= 1e9) {
    return value === 0 ? '0' : value.toExponential(2).replace(/\.?0*e\+?/, 'e');
  }
  const [whole = '', fraction] = Math.abs(value).toFixed(decimals).split('.');
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  const sign = value < 0 ? '−' : '';
  return fraction === undefined ? `${sign}${grouped}` : `${sign}${grouped}.${fraction}`;
}

function niceStep(rough: number): { factor: number; exponent: number } {
  const exponent = Math.floor(Math.log10(rough));
  const share = rough / 10 ** exponent;
  if (share <= 1.0000001) return { factor: 1, exponent };
  if (share <= 2.0000001) return { factor: 2, exponent };
  if (share <= 5.0000001) return { factor: 5, exponent };
  return { factor: 1, exponent: exponent + 1 };
}

/** Dividing by a power of ten is exact where multiplying by its inverse is not: 3 / 10, not 3 · 0.1. */
function shift(value: number, exponent: number): number {
  return exponent < 0 ? value / 10 ** -exponent : value * 10 ** exponent;
}

/** Ranges without extent, upside down or not finite still get an axis. */
function widen(min: number, max: number): readonly [number, number] {
  const low = Number.isFinite(min) ? min : 0;
  const high = Number.isFinite(max) ? max : low + 1;
  if (high < low) return widen(high, low);
  const least = Math.max(Math.abs(low), Math.abs(high)) * 1e-9 || 1;
  return high - low >= least ? [low, high] : [low - least / 2, high + least / 2];
}

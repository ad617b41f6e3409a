const view = new DataView(new ArrayBuffer(8));

/** Doubles in their order as integers, so that neighbours differ by one; −0 and 0 are two of them. */
function orderOf(value: number): bigint {
  view.setFloat64(0, value);
  const bits = view.getBigInt64(0);
  return bits < 0n ? -(bits & 0x7fff_ffff_ffff_ffffn) - 1n : bits;
}

/**
 * How many doubles lie between two of them, one more for the last step: 0 for equal bits, 1 for neighbours, Infinity
 * where only one of them is a number. Every NaN is the same.
 */
export function ulpDistance(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.POSITIVE_INFINITY;
  const distance = orderOf(a) - orderOf(b);
  return Number(distance < 0n ? -distance : distance);
}

/** p = 1 / (1 + exp(slope · margin + offset)) */
export interface PlattScaling {
  readonly slope: number;
  readonly offset: number;
}

const MAX_STEPS = 100;
const RIDGE = 1e-12;
const ENOUGH = 1e-10;

/**
 * Probabilities for margins of a classifier that has none: Platt (1999) in the numerically safe form of Lin, Lin & Weng,
 * A note on Platt's probabilistic outputs for support vector machines (2007), algorithm 1. The margins must come from
 * rows that the classifier was not fitted on.
 */
export function fitPlatt(margins: Float64Array, labels: Int32Array): PlattScaling {
  const targets = softTargets(labels);
  const positives = labels.reduce((count, label) => count + (label === 1 ? 1 : 0), 0);
  let slope = 0;
  let offset = Math.log((labels.length - positives + 1) / (positives + 1));
  let value = lossOf(margins, targets, slope, offset);
  for (let step = 0; step < MAX_STEPS; step++) {
    const { g1, g2, h11, h22, h21 } = derivatives(margins, targets, slope, offset);
    if (Math.abs(g1) < ENOUGH * margins.length && Math.abs(g2) < ENOUGH * margins.length) break;
    const determinant = h11 * h22 - h21 * h21;
    const dSlope = -(h22 * g1 - h21 * g2) / determinant;
    const dOffset = -(h11 * g2 - h21 * g1) / determinant;
    const descent = g1 * dSlope + g2 * dOffset;
    let width = 1;
    let next = lossOf(margins, targets, slope + dSlope, offset + dOffset);
    while (next >= value + 1e-4 * width * descent && width >= 1e-10) {
      width /= 2;
      next = lossOf(margins, targets, slope + width * dSlope, offset + width * dOffset);
    }
    if (width < 1e-10) break;
    slope += width * dSlope;
    offset += width * dOffset;
    value = next;
  }
  return { slope, offset };
}

/** Not quite 0 and 1: the estimate that a uniform prior over the unseen rows gives. */
function softTargets(labels: Int32Array): Float64Array {
  let positives = 0;
  for (const label of labels) {
    if (label !== 0 && label !== 1) throw new RangeError(`Platt scaling is for the classes 0 and 1, not ${label}`);
    positives += label;
  }
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0) throw new RangeError('Platt scaling needs rows of both classes');
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (negatives + 2);
  return Float64Array.from(labels, label => (label === 1 ? high : low));
}

function lossOf(margins: Float64Array, targets: Float64Array, slope: number, offset: number): number {
  let sum = 0;
  for (let row = 0; row < margins.length; row++) {
    const at = slope * (margins[row] as number) + offset;
    const target = targets[row] as number;
    sum += (at >= 0 ? target : target - 1) * at + Math.log1p(Math.exp(-Math.abs(at)));
  }
  return sum;
}

function derivatives(margins: Float64Array, targets: Float64Array, slope: number, offset: number) {
  const sums = { g1: 0, g2: 0, h11: RIDGE, h22: RIDGE, h21: 0 };
  for (let row = 0; row < margins.length; row++) {
    const margin = margins[row] as number;
    const at = slope * margin + offset;
    const small = Math.exp(-Math.abs(at));
    const probability = (at >= 0 ? small : 1) / (1 + small);
    const spread = probability * (1 - probability);
    const error = (targets[row] as number) - probability;
    sums.h11 += margin * margin * spread;
    sums.h22 += spread;
    sums.h21 += margin * spread;
    sums.g1 += margin * error;
    sums.g2 += error;
  }
  return sums;
}

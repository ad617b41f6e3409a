import type { Objective } from '../optimise/types.ts';
import type { RidgePenalty } from './l2.ts';
import type { ScaledSpace } from './space.ts';

/** What one evaluation works on; the weights of a column stand side by side. */
interface Scratch {
  readonly classes: number;
  readonly scaled: Float64Array;
  readonly offsets: Float64Array;
  /** Margins of a row, then the derivatives of its loss by them. */
  readonly slopes: Float64Array;
  readonly slopeSums: Float64Array;
}

/** Mean cross-entropy of many classes plus the penalty; the weights of a column stand side by side, intercepts last. */
export function softmaxObjective(space: ScaledSpace, classes: number, penalty: RidgePenalty): Objective {
  const columns = space.inverse.length;
  const scratch: Scratch = {
    classes,
    scaled: new Float64Array(columns * classes),
    offsets: new Float64Array(classes),
    slopes: new Float64Array(classes),
    slopeSums: new Float64Array(classes),
  };
  return {
    size: (columns + (space.fitIntercept ? 1 : 0)) * classes,
    evaluate(x, gradient) {
      enterSpace(space, scratch, x);
      gradient.fill(0);
      const loss = addRows(space, scratch, gradient);
      leaveSpace(space, scratch, gradient);
      return loss / space.weightSum + penalty(x, gradient);
    },
  };
}

function enterSpace(
  { inverse, shift, fitIntercept }: ScaledSpace,
  { classes, scaled, offsets }: Scratch,
  x: Float64Array,
) {
  const columns = inverse.length;
  for (let klass = 0; klass < classes; klass++) {
    offsets[klass] = fitIntercept ? (x[columns * classes + klass] as number) : 0;
  }
  for (let column = 0, at = 0; column < columns; column++) {
    for (let klass = 0; klass < classes; klass++, at++) {
      scaled[at] = (x[at] as number) * (inverse[column] as number);
      offsets[klass] = (offsets[klass] as number) - (x[at] as number) * (shift[column] as number);
    }
  }
}

/** The sum of the losses; leaves the sums of the derivatives in the gradient and, for the intercepts, in `slopeSums`. */
function addRows(
  { rows }: ScaledSpace,
  { classes, scaled, offsets, slopes, slopeSums }: Scratch,
  gradient: Float64Array,
) {
  const { starts, indices, values } = rows.features;
  const { labels, weights } = rows;
  slopeSums.fill(0);
  let lossSum = 0;
  for (let row = 0; row < labels.length; row++) {
    const start = starts[row] as number;
    const end = starts[row + 1] as number;
    slopes.set(offsets);
    for (let entry = start; entry < end; entry++) {
      const at = (indices[entry] as number) * classes;
      const value = values[entry] as number;
      for (let klass = 0; klass < classes; klass++) {
        slopes[klass] = (slopes[klass] as number) + value * (scaled[at + klass] as number);
      }
    }
    const weight = weights ? (weights[row] as number) : 1;
    lossSum += weight * softmaxLoss(slopes, labels[row] as number, weight);
    for (let klass = 0; klass < classes; klass++) {
      slopeSums[klass] = (slopeSums[klass] as number) + (slopes[klass] as number);
    }
    for (let entry = start; entry < end; entry++) {
      const at = (indices[entry] as number) * classes;
      const value = values[entry] as number;
      for (let klass = 0; klass < classes; klass++) {
        gradient[at + klass] = (gradient[at + klass] as number) + value * (slopes[klass] as number);
      }
    }
  }
  return lossSum;
}

function leaveSpace(space: ScaledSpace, { classes, slopeSums }: Scratch, gradient: Float64Array): void {
  const { inverse, shift, weightSum, fitIntercept } = space;
  const columns = inverse.length;
  for (let column = 0, at = 0; column < columns; column++) {
    for (let klass = 0; klass < classes; klass++, at++) {
      const raw = (gradient[at] as number) * (inverse[column] as number);
      gradient[at] = (raw - (slopeSums[klass] as number) * (shift[column] as number)) / weightSum;
    }
  }
  if (!fitIntercept) return;
  for (const [klass, sum] of slopeSums.entries()) gradient[columns * classes + klass] = sum / weightSum;
}

/** −log p of the true class; margins in, weighted derivatives out. */
function softmaxLoss(margins: Float64Array, label: number, weight: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const margin of margins) largest = Math.max(largest, margin);
  const own = (margins[label] as number) - largest;
  let sum = 0;
  for (let klass = 0; klass < margins.length; klass++) {
    const power = Math.exp((margins[klass] as number) - largest);
    margins[klass] = power;
    sum += power;
  }
  for (let klass = 0; klass < margins.length; klass++) {
    margins[klass] = weight * ((margins[klass] as number) / sum - (klass === label ? 1 : 0));
  }
  return Math.log(sum) - own;
}

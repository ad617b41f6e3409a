import type { Objective } from '../optimise/types.ts';
import type { RidgePenalty } from './l2.ts';
import type { ScaledSpace } from './space.ts';

/** Loss of a row by its margin; returns the loss and leaves its derivative in `slope`. */
export interface MarginLoss {
  slope: number;
  of(margin: number, label: number): number;
}

/** −log p of the true class, p = 1 / (1 + exp(−margin)). */
export function logisticLoss(): MarginLoss {
  return {
    slope: 0,
    of(margin, label) {
      const small = Math.exp(-Math.abs(margin));
      const larger = 1 / (1 + small);
      const probability = margin >= 0 ? larger : small * larger;
      this.slope = probability - label;
      return Math.log1p(small) + Math.max(label === 0 ? margin : -margin, 0);
    },
  };
}

/** max(0, 1 − y · margin), y = ±1. */
export function hingeLoss(): MarginLoss {
  return {
    slope: 0,
    of(margin, label) {
      const side = 2 * label - 1;
      const loss = 1 - side * margin;
      this.slope = loss > 0 ? -side : 0;
      return Math.max(loss, 0);
    },
  };
}

/** Mean loss of two classes over the weights of the rows, plus the penalty. The intercept is the last coordinate. */
export function marginObjective(space: ScaledSpace, loss: MarginLoss, penalty: RidgePenalty): Objective {
  const { inverse, shift, weightSum, fitIntercept, rows } = space;
  const { starts, indices, values } = rows.features;
  const { labels, weights } = rows;
  const columns = inverse.length;
  const scaled = new Float64Array(columns);
  return {
    size: columns + (fitIntercept ? 1 : 0),
    evaluate(x, gradient) {
      let offset = fitIntercept ? (x[columns] as number) : 0;
      for (let column = 0; column < columns; column++) {
        scaled[column] = (x[column] as number) * (inverse[column] as number);
        offset -= (x[column] as number) * (shift[column] as number);
      }
      gradient.fill(0);
      let lossSum = 0;
      let slopeSum = 0;
      for (let row = 0; row < labels.length; row++) {
        const start = starts[row] as number;
        const end = starts[row + 1] as number;
        let margin = offset;
        for (let entry = start; entry < end; entry++) {
          margin += (values[entry] as number) * (scaled[indices[entry] as number] as number);
        }
        const weight = weights ? (weights[row] as number) : 1;
        lossSum += weight * loss.of(margin, labels[row] as number);
        const slope = weight * loss.slope;
        if (slope === 0) continue;
        slopeSum += slope;
        for (let entry = start; entry < end; entry++) {
          const column = indices[entry] as number;
          gradient[column] = (gradient[column] as number) + slope * (values[entry] as number);
        }
      }
      for (let column = 0; column < columns; column++) {
        const raw = (gradient[column] as number) * (inverse[column] as number);
        gradient[column] = (raw - slopeSum * (shift[column] as number)) / weightSum;
      }
      if (fitIntercept) gradient[columns] = slopeSum / weightSum;
      return lossSum / weightSum + penalty(x, gradient);
    },
  };
}

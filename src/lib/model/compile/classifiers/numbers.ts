import { SentopsError } from '../../../core/errors.ts';
import { denseRows } from '../../dense-numbers.ts';
import type { Matrix } from '../../stages.ts';
import type { SparseView } from '../types.ts';

/** Σ value · weight in ascending order of the index, from zero: Spark's dot of a sparse vector with a dense one. */
export function dot(features: SparseView, weights: Float64Array): number {
  const { count, indices, values } = features;
  let sum = 0;
  for (let at = 0; at < count; at++) sum += (values[at] as number) * (weights[indices[at] as number] as number);
  return sum;
}

/** matrix · features + start into `raw`, in the order of Spark's BLAS.gemv for the layout of the matrix. */
export type AffineMap = (features: SparseView, raw: Float64Array, at: number) => void;

export function compileAffineMap(matrix: Matrix, start: Float64Array, uid: string): AffineMap {
  if (start.length !== matrix.rows) {
    throw new SentopsError(
      'DATA_INVALID',
      `stage ${uid} has ${start.length} intercepts for ${matrix.rows} rows of coefficients`,
    );
  }
  if (matrix.type === 'sparse' && !matrix.transposed) return compileByColumn(matrix, start);
  // Dense rows are summed first in both layouts: measured with BLAS.gemv of Spark 4.3 on sparse vectors.
  const rows = denseRows(matrix);
  return (features, raw, at) => {
    for (let row = 0; row < rows.length; row++) {
      raw[at + row] = dot(features, rows[row] as Float64Array) + (start[row] as number);
    }
  };
}

/** A sparse matrix by columns is added into the start values, one column after the other. */
function compileByColumn(matrix: Extract<Matrix, { type: 'sparse' }>, start: Float64Array): AffineMap {
  const { starts, indices, values } = matrix;
  return (features, raw, at) => {
    raw.set(start, at);
    for (let entry = 0; entry < features.count; entry++) {
      const column = features.indices[entry] as number;
      const value = features.values[entry] as number;
      for (let k = starts[column] as number; k < (starts[column + 1] as number); k++) {
        const row = at + (indices[k] as number);
        raw[row] = (raw[row] as number) + (values[k] as number) * value;
      }
    }
  };
}

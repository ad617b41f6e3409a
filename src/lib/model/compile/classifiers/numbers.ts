import { SentopsError } from '../../../core/errors.ts';
import type { Matrix, Vector } from '../../stages.ts';
import type { SparseView } from '../types.ts';

/** Every number of a vector. */
export function denseVector(vector: Vector): Float64Array {
  if (vector.type === 'dense') return vector.values;
  const dense = new Float64Array(vector.size);
  for (let at = 0; at < vector.indices.length; at++) dense[vector.indices[at] as number] = vector.values[at] as number;
  return dense;
}

/** Every row of a matrix. */
export function denseRows(matrix: Matrix): Float64Array[] {
  const rows = Array.from({ length: matrix.rows }, () => new Float64Array(matrix.columns));
  eachEntry(matrix, (row, column, value) => {
    (rows[row] as Float64Array)[column] = value;
  });
  return rows;
}

function eachEntry(matrix: Matrix, visit: (row: number, column: number, value: number) => void): void {
  const { rows, columns, values, transposed } = matrix;
  if (matrix.type === 'dense') {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        visit(row, column, values[transposed ? row * columns + column : column * rows + row] as number);
      }
    }
    return;
  }
  for (let major = 0; major + 1 < matrix.starts.length; major++) {
    for (let at = matrix.starts[major] as number; at < (matrix.starts[major + 1] as number); at++) {
      const minor = matrix.indices[at] as number;
      visit(transposed ? major : minor, transposed ? minor : major, values[at] as number);
    }
  }
}

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

import type { Matrix, Vector } from '../../stages.ts';

/**
 * A vector in the smaller of both forms, as Spark's `compressed` chooses: 12 bytes for an entry that is not zero
 * against 8 for any. Only for what is multiplied entry by entry: there the form does not change a result.
 */
export function compressVector(vector: Vector): Vector {
  if (vector.type === 'sparse') return vector;
  const packed = pack(vector.values);
  return packed === null ? vector : { type: 'sparse', size: vector.values.length, ...packed };
}

/** The one row of a binomial model. Other matrices keep their form: it decides in which order products are summed. */
export function compressRow(matrix: Matrix): Matrix {
  if (matrix.type === 'sparse' || matrix.rows !== 1) return matrix;
  const packed = pack(matrix.values);
  if (packed === null) return matrix;
  const starts = Int32Array.of(0, packed.indices.length);
  return { type: 'sparse', rows: 1, columns: matrix.columns, transposed: true, starts, ...packed };
}

/** A short vector is kept as it is: nothing is gained, and what was read comes back in the same form. */
const SHORT = 4096;

function pack(values: Float64Array): { readonly indices: Int32Array; readonly values: Float64Array } | null {
  if (values.length < SHORT) return null;
  let kept = 0;
  for (let index = 0; index < values.length; index++) if (values[index] !== 0) kept++;
  if (12 * kept + 20 >= 8 * values.length + 8) return null;
  const indices = new Int32Array(kept);
  const entries = new Float64Array(kept);
  let next = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    if (value === 0) continue;
    indices[next] = index;
    entries[next++] = value;
  }
  return { indices, values: entries };
}

import type { Matrix, Vector } from './stages.ts';

/** The same numbers whichever way they are stored: entry by entry, row after row for a matrix. */
export function toDense(stored: Vector | Matrix): Float64Array {
  return 'rows' in stored ? denseMatrix(stored) : denseVector(stored);
}

function denseVector(vector: Vector): Float64Array {
  if (vector.type === 'dense') return vector.values;
  const dense = new Float64Array(vector.size);
  for (let at = 0; at < vector.indices.length; at += 1)
    dense[vector.indices[at] as number] = vector.values[at] as number;
  return dense;
}

function denseMatrix(matrix: Matrix): Float64Array {
  const { rows, columns, transposed, values } = matrix;
  if (matrix.type === 'dense' && transposed) return values;
  const dense = new Float64Array(rows * columns);
  if (matrix.type === 'dense') {
    for (let column = 0; column < columns; column += 1)
      for (let row = 0; row < rows; row += 1) dense[row * columns + column] = values[column * rows + row] as number;
    return dense;
  }
  for (let line = 0; line + 1 < matrix.starts.length; line += 1) {
    for (let at = matrix.starts[line] as number; at < (matrix.starts[line + 1] as number); at += 1) {
      const other = matrix.indices[at] as number;
      const [row, column] = transposed ? [line, other] : [other, line];
      dense[row * columns + column] = values[at] as number;
    }
  }
  return dense;
}

import type { Matrix, Vector } from './stages.ts';

/** The same numbers whichever way they are stored: entry by entry, row after row for a matrix. */
export function toDense(stored: Vector | Matrix): Float64Array {
  return 'rows' in stored ? denseMatrix(stored) : denseVector(stored);
}

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

function denseMatrix(matrix: Matrix): Float64Array {
  const { rows, columns, transposed, values } = matrix;
  if (matrix.type === 'dense' && transposed) return values;
  const dense = new Float64Array(rows * columns);
  eachEntry(matrix, (row, column, value) => {
    dense[row * columns + column] = value;
  });
  return dense;
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

import type { Chunk } from './chunk.ts';
import { damaged } from './damaged.ts';
import { describeLeaf, type Leaf } from './footer.ts';

/** Which values belong to which row: row r has those from starts[r] to starts[r + 1]. */
export interface RowSpans {
  readonly starts: Int32Array;
  /** 1 where the row has neither a value nor a list, not even an empty one; null where that is nowhere so. */
  readonly nulls: Uint8Array | null;
}

/**
 * Turns the levels of Dremel's encoding (github.com/apache/parquet-format, "Nested Encoding") into rows. Lists within
 * lists and nulls within lists are refused.
 */
export function spanRows(chunk: Chunk, leaf: Leaf, rows: number): RowSpans {
  if (leaf.maxRepetition > 1) throw damaged(`${describeLeaf(leaf)} holds lists of lists, which are not supported`);
  const { repetition, definition } = chunk;
  const starts = new Int32Array(rows + 1);
  let nulls: Uint8Array | null = null;
  let row = -1;
  let value = 0;
  for (let index = 0; index < chunk.count; index++) {
    if (repetition === null || repetition[index] === 0) {
      row++;
      if (row >= rows) throw damaged(`${describeLeaf(leaf)} has more rows than its row group`);
      starts[row] = value;
    }
    if (row < 0) throw damaged(`${describeLeaf(leaf)} begins in the middle of a list`);
    const level = definition === null ? leaf.maxDefinition : (definition[index] ?? 0);
    if (level === leaf.maxDefinition) {
      value++;
    } else if (leaf.maxRepetition === 0 || level < leaf.listDefinition) {
      nulls ??= new Uint8Array(rows);
      nulls[row] = 1;
    } else if (level > leaf.listDefinition) {
      throw damaged(`${describeLeaf(leaf)} holds a null within a list, which is not supported`);
    }
  }
  if (row + 1 !== rows) throw damaged(`${describeLeaf(leaf)} has fewer rows than its row group`);
  starts[rows] = value;
  return { starts, nulls };
}

import type { LabelledRows } from '../../learn/types.ts';

/** The same rows in memory that threads share; what is shared already stays where it is. */
export function shareRows(rows: LabelledRows): LabelledRows {
  const { columns, starts, indices, values } = rows.features;
  return {
    features: { columns, starts: shareInts(starts), indices: shareInts(indices), values: shareDoubles(values) },
    labels: shareInts(rows.labels),
    classes: rows.classes,
    ...(rows.weights && { weights: shareDoubles(rows.weights) }),
  };
}

export function shareInts(array: Int32Array): Int32Array {
  if (array.buffer instanceof SharedArrayBuffer) return array;
  const copy = new Int32Array(new SharedArrayBuffer(array.byteLength));
  copy.set(array);
  return copy;
}

function shareDoubles(array: Float64Array): Float64Array {
  if (array.buffer instanceof SharedArrayBuffer) return array;
  const copy = new Float64Array(new SharedArrayBuffer(array.byteLength));
  copy.set(array);
  return copy;
}

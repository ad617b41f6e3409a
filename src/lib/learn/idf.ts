import type { SparseRows } from './types.ts';

/** In how many rows each column is above zero. */
export function countDocuments({ columns, starts, indices, values }: SparseRows): Float64Array {
  const counts = new Float64Array(columns);
  const end = starts[starts.length - 1] as number;
  for (let entry = 0; entry < end; entry++) {
    const column = indices[entry] as number;
    if ((values[entry] as number) > 0) counts[column] = (counts[column] as number) + 1;
  }
  return counts;
}

/** log((documents + 1) / (document frequency + 1)), as Spark's IDF has it; 0 for columns in fewer than `minDocFreq` rows. */
export function fitIdf(docFreq: Float64Array, documents: number, minDocFreq = 0): Float64Array {
  if (!Number.isInteger(minDocFreq) || minDocFreq < 0) {
    throw new RangeError(`idf: minDocFreq must be a whole number of at least 0, not ${minDocFreq}`);
  }
  return docFreq.map(count => (count < minDocFreq ? 0 : Math.log((documents + 1) / (count + 1))));
}

/** Multiplies every entry by the idf of its column, in place. */
export function applyIdf({ starts, indices, values }: SparseRows, idf: Float64Array): void {
  const end = starts[starts.length - 1] as number;
  for (let entry = 0; entry < end; entry++) {
    values[entry] = (values[entry] as number) * (idf[indices[entry] as number] as number);
  }
}

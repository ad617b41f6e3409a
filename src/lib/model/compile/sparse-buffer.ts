import type { SparseView } from './types.ts';

const FEW = 24;
const SOME = 48;

/** A sparse vector that grows: indices are gathered in any order, then sorted and counted. */
export class SparseBuffer implements SparseView {
  count = 0;
  indices = new Int32Array(64);
  values = new Float64Array(64);

  clear(): void {
    this.count = 0;
  }

  /** Makes room for so many entries; before the loop that fills them. */
  reserve(entries: number): void {
    if (entries <= this.indices.length) return;
    const size = Math.max(entries, this.indices.length * 2);
    const indices = new Int32Array(size);
    indices.set(this.indices);
    this.indices = indices;
    const values = new Float64Array(size);
    values.set(this.values);
    this.values = values;
  }

  push(index: number, value: number): void {
    if (this.count === this.indices.length) this.reserve(this.count + 1);
    this.indices[this.count] = index;
    this.values[this.count++] = value;
  }

  /** Turns indices as they came into each index once, ascending, with how often it came (or 1 where binary). */
  countIndices(binary: boolean): void {
    const { indices, values, count } = this;
    sortIndices(indices, count);
    let kept = -1;
    let last = -1;
    for (let at = 0; at < count; at++) {
      const index = indices[at] as number;
      if (index !== last) {
        kept++;
        indices[kept] = index;
        values[kept] = 1;
        last = index;
      } else if (!binary) values[kept] = (values[kept] as number) + 1;
    }
    this.count = kept + 1;
  }

  /** value · weight of its index, in place. */
  weigh(weights: Float64Array): void {
    const { indices, values, count } = this;
    for (let at = 0; at < count; at++) values[at] = (values[at] as number) * (weights[indices[at] as number] as number);
  }
}

/** Few numbers are sorted by rank, some by insertion, many by the engine's sort, which has the better growth. */
function sortIndices(indices: Int32Array, count: number): void {
  if (count <= FEW) sortByRank(indices, count);
  else if (count <= SOME) sortByInsertion(indices, count);
  else indices.subarray(0, count).sort();
}

const ranks = new Int32Array(FEW);
const unsorted = new Int32Array(FEW);

/** Every two are compared once, without a branch for the processor to guess; none is negative. */
function sortByRank(indices: Int32Array, count: number): void {
  for (let at = 0; at < count; at++) {
    const index = indices[at] as number;
    unsorted[at] = index;
    let rank = 0;
    for (let other = 0; other < at; other++) {
      const isSmaller = (index - (unsorted[other] as number)) >>> 31;
      ranks[other] = (ranks[other] as number) + isSmaller;
      rank += 1 - isSmaller;
    }
    ranks[at] = rank;
  }
  for (let at = 0; at < count; at++) indices[ranks[at] as number] = unsorted[at] as number;
}

function sortByInsertion(indices: Int32Array, count: number): void {
  for (let at = 1; at < count; at++) {
    const index = indices[at] as number;
    let place = at - 1;
    while (place >= 0 && (indices[place] as number) > index) {
      indices[place + 1] = indices[place] as number;
      place--;
    }
    indices[place + 1] = index;
  }
}

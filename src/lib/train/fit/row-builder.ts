import type { SparseRows } from '../../learn/types.ts';
import type { SparseView } from '../../model/compile/types.ts';

const FIRST_ROWS = 1024;
const FIRST_ENTRIES = 16 * 1024;
const GROWTH = 1.6;
/** Positions of entries are 32-bit numbers. */
const MOST_ENTRIES = 2 ** 31 - 1;

/** Takes rows one by one into memory that threads share, so that no fit needs a copy. */
export class RowBuilder {
  readonly #columns: number;
  #starts = new Int32Array(new SharedArrayBuffer((FIRST_ROWS + 1) * 4));
  #indices = new Int32Array(new SharedArrayBuffer(FIRST_ENTRIES * 4));
  #values = new Float64Array(new SharedArrayBuffer(FIRST_ENTRIES * 8));
  #rows = 0;
  #entries = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Copies the row: the view may be overwritten afterwards. */
  add({ count, indices, values }: SparseView): void {
    this.#reserve(count);
    const at = this.#entries;
    // Short rows: a loop beats two calls of set().
    for (let entry = 0; entry < count; entry++) {
      this.#indices[at + entry] = indices[entry] as number;
      this.#values[at + entry] = values[entry] as number;
    }
    this.#entries = at + count;
    this.#rows += 1;
    this.#starts[this.#rows] = this.#entries;
  }

  /** The rows so far, on the builder's own memory; later rows do not show in it. */
  build(): SparseRows {
    return {
      columns: this.#columns,
      starts: this.#starts.subarray(0, this.#rows + 1),
      indices: this.#indices.subarray(0, this.#entries),
      values: this.#values.subarray(0, this.#entries),
    };
  }

  #reserve(count: number): void {
    if (this.#rows + 2 > this.#starts.length) {
      this.#starts = copyInto(new Int32Array(shared(this.#starts.length, 4)), this.#starts);
    }
    const needed = this.#entries + count;
    if (needed <= this.#indices.length) return;
    if (needed > MOST_ENTRIES) throw new RangeError(`the rows hold more than ${MOST_ENTRIES} values`);
    const size = Math.max(this.#indices.length, needed / GROWTH);
    this.#indices = copyInto(new Int32Array(shared(size, 4)), this.#indices);
    this.#values = copyInto(new Float64Array(shared(size, 8)), this.#values);
  }
}

function shared(length: number, width: number): SharedArrayBuffer {
  return new SharedArrayBuffer(Math.min(Math.ceil(length * GROWTH), MOST_ENTRIES) * width);
}

function copyInto<A extends Int32Array | Float64Array>(target: A, source: A): A {
  target.set(source);
  return target;
}

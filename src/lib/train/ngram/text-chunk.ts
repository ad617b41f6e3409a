/** Texts of one part on their way to a thread: shared memory, used again and again. */
export interface TextChunk {
  readonly bytes: Uint8Array;
  /** Row r is bytes[ends[r − 1]] up to bytes[ends[r]]. */
  readonly ends: Int32Array;
  readonly labels: Int32Array;
  readonly rows: number;
}

export const CHUNK_BYTES = 2 ** 20;
export const CHUNK_ROWS = 8192;

/** Collects the rows of one part until a chunk is full. */
export class ChunkBuilder {
  rows = 0;
  #bytes: Uint8Array<ArrayBufferLike> = new Uint8Array(0);
  #ends: Int32Array<ArrayBufferLike> = new Int32Array(0);
  #labels: Int32Array<ArrayBufferLike> = new Int32Array(0);
  #length = 0;

  /** False where the row must wait for the next chunk. A row of any length fits into an empty one. */
  add(bytes: Uint8Array, start: number, end: number, label: number): boolean {
    const length = end - start;
    if (this.rows === CHUNK_ROWS || (this.rows > 0 && this.#length + length > CHUNK_BYTES)) return false;
    if (this.#bytes.length < this.#length + length || this.rows === 0) this.#makeRoom(length);
    this.#bytes.set(bytes.subarray(start, end), this.#length);
    this.#length += length;
    this.#ends[this.rows] = this.#length;
    this.#labels[this.rows] = label;
    this.rows += 1;
    return true;
  }

  /** What was collected; the builder starts afresh and may reuse the memory of `used`. */
  take(used: TextChunk | undefined): TextChunk {
    const chunk: TextChunk = {
      bytes: this.#bytes,
      ends: this.#ends,
      labels: this.#labels,
      rows: this.rows,
    };
    this.rows = 0;
    this.#length = 0;
    this.#bytes = used?.bytes ?? new Uint8Array(0);
    this.#ends = used?.ends ?? new Int32Array(0);
    this.#labels = used?.labels ?? new Int32Array(0);
    return chunk;
  }

  #makeRoom(length: number): void {
    if (this.#bytes.length < Math.max(length, CHUNK_BYTES))
      this.#bytes = new Uint8Array(new SharedArrayBuffer(Math.max(length, CHUNK_BYTES)));
    if (this.#ends.length > 0) return;
    this.#ends = new Int32Array(new SharedArrayBuffer(4 * CHUNK_ROWS));
    this.#labels = new Int32Array(new SharedArrayBuffer(4 * CHUNK_ROWS));
  }
}

/**
 * Memory for chunks of one size that is used again. A chunk that is never given back is its owner's for good, so nobody
 * has to know of this; but new memory for each costs a quarter of what a large upload does.
 */
export class ChunkPool {
  private readonly bytes: number;
  private readonly free: Uint8Array[] = [];
  /** By its memory, as what comes back may be a part of what was taken. */
  private readonly taken = new WeakMap<ArrayBufferLike, Uint8Array>();

  constructor(bytes: number) {
    this.bytes = bytes;
  }

  take(): Uint8Array {
    const chunk = this.free.pop() ?? Buffer.allocUnsafeSlow(this.bytes);
    this.taken.set(chunk.buffer, chunk);
    return chunk;
  }

  /** By who is sure that nobody reads it any more; what is of elsewhere, or came back already, is left alone. */
  release(chunk: Uint8Array): void {
    const whole = this.taken.get(chunk.buffer);
    if (whole === undefined) return;
    this.taken.delete(chunk.buffer);
    this.free.push(whole);
  }
}

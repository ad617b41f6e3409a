/**
 * 64 bits of a hash of bytes, four at a time: two products that differ in their constants, each mixed at the end by the
 * finalizer of MurmurHash3 (Austin Appleby, public domain).
 */
export class BytesHash {
  low = 0;
  high = 0;

  private bytes: Uint8Array = new Uint8Array(0);
  private view = new DataView(this.bytes.buffer);

  /** Of bytes[start, end). */
  read(bytes: Uint8Array, start: number, end: number): void {
    // One load in place of four; the columns of a batch share their bytes.
    if (bytes !== this.bytes) this.open(bytes);
    const { view } = this;
    let low = 0x811c9dc5 ^ (end - start);
    // As an int32: a constant above 2³¹ would make a double of the variable.
    let high = 0x9747b28c | 0;
    let at = start;
    for (const whole = start + ((end - start) & ~3); at < whole; at += 4) {
      const next = view.getInt32(at, true);
      low = Math.imul(low ^ next, 0x01000193);
      low ^= low >>> 15;
      high = Math.imul(high + next, 0x85ebca6b);
      high ^= high >>> 13;
    }
    for (; at < end; at++) {
      const next = bytes[at] as number;
      low = Math.imul(low ^ next, 0x01000193);
      low ^= low >>> 15;
      high = Math.imul(high + next, 0x85ebca6b);
      high ^= high >>> 13;
    }
    this.low = finish(low);
    this.high = finish(high);
  }

  private open(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
}

function finish(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

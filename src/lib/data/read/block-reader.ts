import { orAbort } from '../../core/or-abort.ts';

const BLOCK = 1024 * 1024;

/** A record that is longer cannot be read. */
export const LONGEST_RECORD = 64 * 1024 * 1024;

/**
 * Gathers chunks into blocks. A block is filled to its end before it is read, so that nothing depends on how the bytes
 * were cut into chunks; what is left of it moves to its beginning, and it grows when that fills it.
 */
export class BlockReader {
  bytes = Buffer.allocUnsafeSlow(BLOCK);
  start = 0;
  end = 0;
  /** Nothing comes after `end`. */
  isLast = false;
  private readonly chunks: AsyncIterator<Uint8Array>;
  private chunk: Uint8Array = new Uint8Array(0);
  private isWaiting = false;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.chunks = chunks[Symbol.asyncIterator]();
  }

  /** False where the record at `start` is longer than a record may be. */
  async fill(signal: AbortSignal): Promise<boolean> {
    const left = this.end - this.start;
    if (left === this.bytes.length && left >= LONGEST_RECORD) return false;
    this.makeRoom(left);
    while (this.end < this.bytes.length) {
      if (this.chunk.length === 0 && !(await this.next(signal))) break;
      const taken = Math.min(this.chunk.length, this.bytes.length - this.end);
      this.bytes.set(this.chunk.subarray(0, taken), this.end);
      this.chunk = this.chunk.subarray(taken);
      this.end += taken;
    }
    return true;
  }

  /** A source that is waited for in vain would not answer: it is told, and nobody waits for it. */
  async close(): Promise<void> {
    const closing = this.chunks.return?.();
    if (this.isWaiting) closing?.catch(() => {});
    else await closing;
  }

  private makeRoom(left: number): void {
    if (left === this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(2 * left);
      this.bytes.copy(larger, 0, this.start, this.end);
      this.bytes = larger;
    } else if (left < BLOCK / 2 && this.bytes.length > BLOCK) {
      const smaller = Buffer.allocUnsafeSlow(BLOCK);
      this.bytes.copy(smaller, 0, this.start, this.end);
      this.bytes = smaller;
    } else this.bytes.copy(this.bytes, 0, this.start, this.end);
    this.start = 0;
    this.end = left;
  }

  private async next(signal: AbortSignal): Promise<boolean> {
    this.isWaiting = true;
    const { value, done } = await orAbort(this.chunks.next(), signal);
    this.isWaiting = false;
    if (done) this.isLast = true;
    else this.chunk = value;
    return !done;
  }
}

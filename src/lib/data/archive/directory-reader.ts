import fs from 'node:fs';
import type { RandomAccessReader } from 'yauzl';

const BLOCK = 256 * 1024;

/**
 * What yauzl reads the list of files from: a block at a time and without a thread, as it asks twice for each of them.
 * The class comes from the caller, who has loaded it.
 */
export function directoryReader(Base: typeof RandomAccessReader, fd: number): RandomAccessReader {
  return new (class extends Base {
    private readonly block = Buffer.allocUnsafeSlow(BLOCK);
    private from = 0;
    private to = 0;

    override read(
      into: Buffer,
      offset: number,
      length: number,
      position: number,
      callback: (error: Error | null, bytes?: number) => void,
    ): void {
      let failure: Error | null = null;
      let bytes = 0;
      try {
        bytes = this.copy(into.subarray(offset, offset + length), position);
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error));
      }
      queueMicrotask(() => callback(failure, bytes));
    }

    /** Fewer bytes than asked for only at the end of the file. */
    private copy(into: Buffer, position: number): number {
      let done = 0;
      while (done < into.length) {
        const at = position + done;
        if (at < this.from || at >= this.to) {
          this.from = at;
          this.to = at + fs.readSync(fd, this.block, 0, BLOCK, at);
          if (this.to === at) break;
        }
        done += this.block.copy(into, done, at - this.from, this.to - this.from);
      }
      return done;
    }
  })();
}

import { ByteWriter } from './byte-writer.ts';

const DUE = 256 * 1024;

/** The bytes of rows that an encoder has written since they were taken last; the same memory serves again and again. */
export class EncodedRows {
  private readonly out = new ByteWriter();
  private isTaken = true;

  /** Where the next row is to be written. */
  begin(): ByteWriter {
    if (this.isTaken) this.out.clear();
    this.isTaken = false;
    return this.out;
  }

  get isDue(): boolean {
    return !this.isTaken && this.out.length >= DUE;
  }

  /** Holds until the next row is begun. */
  take(): readonly Uint8Array[] {
    const out = this.begin();
    this.isTaken = true;
    return out.length === 0 ? [] : [out.view()];
  }
}

import { fields } from './thrift-writer.ts';
import { addRun, encodeRuns, type Run, thrift } from './write.ts';

const PAGE_BYTES = 1024 * 1024;
const PLAIN = 0;
const RLE = 3;
const LITTLE = true;
/** Below this many bytes a loop is faster than a call that copies. */
const SHORT = 32;

/** The pages of one column of one group of rows, put together cell by cell; a page is packed as soon as it is full. */
export class ColumnPages {
  /** Of the pages so far, before they were packed, with their headers. */
  rawBytes = 0;
  private readonly pack: (bytes: Uint8Array) => Uint8Array;
  private pages: Uint8Array[] = [];
  private packedBytes = 0;
  private bytes = new Uint8Array(16 * 1024);
  private view = new DataView(this.bytes.buffer);
  private length = 0;
  private levels: Run[] = [];
  private cells = 0;
  private flags = 0;

  constructor(pack: (bytes: Uint8Array) => Uint8Array) {
    this.pack = pack;
  }

  addNull(): void {
    this.endCell(0);
  }

  /** UTF-8. */
  addText(source: Uint8Array, start: number, end: number): void {
    const size = end - start;
    this.reserve(size + 4);
    this.view.setUint32(this.length, size, LITTLE);
    const at = this.length + 4;
    if (size > SHORT) this.bytes.set(source.subarray(start, end), at);
    else for (let index = 0; index < size; index++) this.bytes[at + index] = source[start + index] as number;
    this.length = at + size;
    this.endCell(1);
  }

  addDouble(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.length, value, LITTLE);
    this.length += 8;
    this.endCell(1);
  }

  addLong(value: bigint): void {
    this.reserve(8);
    this.view.setBigInt64(this.length, value, LITTLE);
    this.length += 8;
    this.endCell(1);
  }

  addInteger(value: number): void {
    this.reserve(4);
    this.view.setInt32(this.length, value, LITTLE);
    this.length += 4;
    this.endCell(1);
  }

  /** Eight of them share a byte, lowest bit first. */
  addBoolean(value: boolean): void {
    const bit = this.flags & 7;
    if (bit === 0) {
      this.reserve(1);
      this.bytes[this.length++] = 0;
    }
    if (value) this.bytes[this.length - 1] = (this.bytes[this.length - 1] as number) | (1 << bit);
    this.flags++;
    this.endCell(1);
  }

  /** What was put together, and begins anew. */
  take(): { readonly pages: Uint8Array[]; readonly rawBytes: number; readonly packedBytes: number } {
    this.endPage();
    const { pages, rawBytes, packedBytes } = this;
    this.pages = [];
    this.rawBytes = 0;
    this.packedBytes = 0;
    return { pages, rawBytes, packedBytes };
  }

  private endCell(level: 0 | 1): void {
    addRun(this.levels, level, 1);
    this.cells++;
    if (this.length >= PAGE_BYTES || this.cells === PAGE_BYTES) this.endPage();
  }

  private endPage(): void {
    if (this.cells === 0) return;
    const levels = encodeRuns(this.levels, 1);
    const raw = Buffer.concat([levels, this.bytes.subarray(0, this.length)]);
    const packed = this.pack(raw);
    const data = fields({ i32: this.cells }, { i32: PLAIN }, { i32: RLE }, { i32: RLE });
    const header = thrift(fields({ i32: 0 }, { i32: raw.length }, { i32: packed.length }, undefined, data));
    this.pages.push(header, packed);
    this.rawBytes += header.length + raw.length;
    this.packedBytes += header.length + packed.length;
    this.length = 0;
    this.levels = [];
    this.cells = 0;
    this.flags = 0;
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}

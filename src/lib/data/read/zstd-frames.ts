/** Bytes of a zstd frame; `isEnd` where the frame ends with them. */
export interface FramePiece {
  readonly bytes: Uint8Array;
  readonly isEnd: boolean;
}

type Wait = 'magic' | 'descriptor' | 'header' | 'block' | 'body' | 'last-body' | 'checksum' | 'skip-size' | 'skip';

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;

/**
 * Cuts zstd data into its frames by walking over the headers (RFC 8878, section 3.1): Node's decompressor stops in
 * silence behind the first frame, and does not tell data that ends too early. Frames to be skipped are left out.
 */
export async function* splitFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<FramePiece> {
  const walker = new FrameWalker();
  // A magic number that a chunk ends within: it may be that of a frame to be skipped.
  let begun: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = 0; at < chunk.length; ) {
      at = walker.advance(chunk, at);
      if (!walker.isSkipped && !walker.isEnd) continue;
      if (walker.isEnd) yield { bytes: join(begun, chunk.subarray(from, at)), isEnd: true };
      begun = new Uint8Array(0);
      from = at;
    }
    const rest = join(begun, chunk.subarray(from));
    begun = walker.isWithinMagic ? rest : new Uint8Array(0);
    if (rest.length > begun.length) yield { bytes: rest, isEnd: false };
  }
  if (!walker.isAtEnd) throw new Error('unexpected end of data');
}

function join(begin: Uint8Array, rest: Uint8Array): Uint8Array {
  return begin.length === 0 ? rest : Buffer.concat([begin, rest]);
}

class FrameWalker {
  /** The bytes before the place that was reached end a frame. */
  isEnd = false;
  /** They belong to a frame that is to be skipped. */
  isSkipped = false;
  private wait: Wait = 'magic';
  private left = 4;
  /** Little-endian number of the bytes that have come. */
  private value = 0;
  private shift = 0;
  private hasChecksum = false;

  get isAtEnd(): boolean {
    return this.wait === 'magic' && this.left === 4;
  }

  get isWithinMagic(): boolean {
    return this.wait === 'magic' && this.left < 4;
  }

  /** Goes on to the end of what is waited for, or to the end of the chunk. */
  advance(chunk: Uint8Array, from: number): number {
    this.isEnd = false;
    this.isSkipped = this.wait === 'skip' || this.wait === 'skip-size';
    const taken = Math.min(this.left, chunk.length - from);
    const isNumber =
      this.wait !== 'body' && this.wait !== 'last-body' && this.wait !== 'skip' && this.wait !== 'header';
    if (isNumber) {
      for (let at = from; at < from + taken; at++) {
        this.value += (chunk[at] as number) * 2 ** this.shift;
        this.shift += 8;
      }
    }
    this.left -= taken;
    while (this.left === 0) this.next(this.value);
    return from + taken;
  }

  private expect(wait: Wait, left: number): void {
    this.wait = wait;
    this.left = left;
    this.value = 0;
    this.shift = 0;
  }

  private next(value: number): void {
    if (this.wait === 'magic') this.readMagic(value);
    else if (this.wait === 'descriptor') this.readDescriptor(value);
    else if (this.wait === 'header' || this.wait === 'body') this.expect('block', 3);
    else if (this.wait === 'block') this.readBlock(value);
    else if (this.wait === 'skip-size') this.expect('skip', value);
    else if (this.wait === 'last-body' && this.hasChecksum) this.expect('checksum', 4);
    else {
      this.isEnd = this.wait !== 'skip';
      this.expect('magic', 4);
    }
  }

  private readMagic(value: number): void {
    if (value === MAGIC) {
      this.expect('descriptor', 1);
      return;
    }
    if (value - (value % 16) !== SKIPPABLE) throw new Error('no zstd frame where one should begin');
    this.isSkipped = true;
    this.expect('skip-size', 4);
  }

  private readDescriptor(value: number): void {
    const isSingle = (value & 0x20) !== 0;
    const sizeFlag = value >> 6;
    const dictionary = [0, 1, 2, 4][value & 3] ?? 0;
    const contentSize = sizeFlag === 0 ? Number(isSingle) : 2 ** sizeFlag;
    this.hasChecksum = (value & 4) !== 0;
    this.expect('header', (isSingle ? 0 : 1) + dictionary + contentSize);
  }

  /** A block that repeats one byte holds that byte only. */
  private readBlock(value: number): void {
    const isRepeated = ((value >> 1) & 3) === 1;
    this.expect(value & 1 ? 'last-body' : 'body', isRepeated ? 1 : value >> 3);
  }
}

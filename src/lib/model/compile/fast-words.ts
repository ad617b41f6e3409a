import { finishWord, mixWord, SPARK_SEED } from '../../text/murmur3.ts';
import type { FastPlan } from './fast-plan.ts';
import { SparseBuffer } from './sparse-buffer.ts';
import { StopWordTable } from './stop-word-table.ts';
import type { SparseView } from './types.ts';
import { nonNegativeModulo } from './vector-steps.ts';

/** A word of four bytes is read where one byte is meant. */
const SLACK = 4;
const HIGH_BITS = 0x80808080 | 0;

/**
 * Features of ASCII rows for the most common pipeline: the plain Tokenizer, stop words, single tokens. Bytes are taken
 * four at a time where they lie: one pass marks the separators as bits, a second hashes what stands between them,
 * lower-cased on the way. What depends on the text (where tokens end, which are stop words) steers as few branches as
 * possible, since a processor guesses each of them wrong again and again.
 */
export class FastWords {
  private readonly plan: FastPlan;
  private readonly stopWords: StopWordTable;
  /** numFeatures − 1 where that is a mask, else 0. */
  private readonly mask: number;
  private readonly buffer = new SparseBuffer();
  private readonly encoder = new TextEncoder();
  /** A row that is a text, or that ends too close to the end of its bytes. */
  private scratch = new Uint8Array(1024);
  private scratchView = new DataView(this.scratch.buffer);
  /** One bit for each byte of the row: whether it separates tokens. */
  private marks = new Int32Array(33);
  /** The bytes of the last row, and the view that reads them. */
  private bytes: Uint8Array = this.scratch;
  private view: DataView = this.scratchView;

  constructor(plan: FastPlan) {
    this.plan = plan;
    this.stopWords = new StopWordTable(plan.stopWords, true);
    const size = plan.hashing.numFeatures;
    this.mask = (size & (size - 1)) === 0 ? size - 1 : 0;
  }

  fromText(text: string): SparseView | null {
    const { length } = text;
    this.reserve(length);
    const { read, written } = this.encoder.encodeInto(text, this.scratch);
    if (read !== length || written !== length) return null;
    return this.makeFeatures(this.scratch, this.scratchView, 0, length);
  }

  fromBytes(bytes: Uint8Array, start: number, end: number): SparseView | null {
    this.reserve(end - start);
    if (end + SLACK > bytes.length) {
      this.scratch.set(bytes.subarray(start, end));
      return this.makeFeatures(this.scratch, this.scratchView, 0, end - start);
    }
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.makeFeatures(bytes, this.view, start, end);
  }

  private makeFeatures(bytes: Uint8Array, view: DataView, start: number, end: number): SparseView | null {
    if (!this.markSeparators(view, start, end)) return null;
    const { buffer, plan } = this;
    buffer.count = 0;
    this.hashTokens(bytes, view, start, end - start);
    buffer.countIndices(plan.hashing.binary);
    if (plan.idf) buffer.weigh(plan.idf);
    return buffer;
  }

  /** Whether all is ASCII; then `marks` holds the separators: 9 to 13 and 32. */
  private markSeparators(view: DataView, start: number, end: number): boolean {
    const { marks } = this;
    const last = end - 3;
    let all = 0;
    let at = start;
    let place = 0;
    let bits = 0;
    let shift = 0;
    for (; at < last; at += 4) {
      const word = view.getInt32(at, true);
      all |= word;
      bits |= separatorsOf(word) << shift;
      shift = (shift + 4) & 31;
      marks[place] = bits;
      // Full: on to the next 32 bytes.
      const full = ((shift - 1) >> 31) & 1;
      place += full;
      bits &= full - 1;
    }
    const left = end - at;
    const rest = view.getInt32(at, true) & ((1 << (left << 3)) - 1);
    all |= rest;
    marks[place] = bits | (separatorsOf(rest) << shift);
    return (all & HIGH_BITS) === 0;
  }

  private hashTokens(bytes: Uint8Array, view: DataView, start: number, length: number): void {
    const { marks } = this;
    let end = length;
    while (end > 0 && isSeparator(bytes[start + end - 1] as number)) end--;
    if (end === 0 && length > 0) return;
    let from = 0;
    const blocks = (end + 31) >> 5;
    for (let block = 0; block < blocks; block++) {
      let bits = marks[block] as number;
      const base = block << 5;
      for (; bits !== 0; bits &= bits - 1) {
        const at = base + 31 - Math.clz32(bits & -bits);
        if (at >= end) break;
        this.addToken(bytes, view, start + from, at - from);
        from = at + 1;
      }
    }
    this.addToken(bytes, view, start + from, end - from);
  }

  /** The hash of lower-cased bytes, its feature, and a place among the indices unless it is a stop word. */
  private addToken(bytes: Uint8Array, view: DataView, start: number, length: number): void {
    const { buffer, stopWords, mask } = this;
    // The first full word is mixed in any case and taken back by a mask where there is none.
    const first = mixWord(SPARK_SEED, lower(view.getInt32(start, true)));
    const last = start + (length & ~3);
    let state = SPARK_SEED ^ ((first ^ SPARK_SEED) & ((3 - length) >> 31));
    for (let at = start + 4; at < last; at += 4) state = mixWord(state, lower(view.getInt32(at, true)));
    const rest = lower(view.getInt32(last, true)) & ((1 << ((length & 3) << 3)) - 1);
    const hash = finishWord(state, rest, length);
    buffer.indices[buffer.count] = mask !== 0 ? hash & mask : nonNegativeModulo(hash, this.plan.hashing.numFeatures);
    buffer.count += 1 - stopWords.find(hash, bytes, start, length);
  }

  /** Room for a row of so many characters: it has at most one token more. */
  private reserve(length: number): void {
    this.buffer.reserve(length + 2);
    if (length + SLACK <= this.scratch.length) return;
    const size = (length + SLACK) * 2;
    this.scratch = new Uint8Array(size);
    this.scratchView = new DataView(this.scratch.buffer);
    this.marks = new Int32Array((size >> 5) + 1);
  }
}

/** One bit for each of the four bytes (all below 128) that is 9 to 13 or 32: a carry out of a byte's low bits tells. */
function separatorsOf(word: number): number {
  const notSpace = (word ^ 0x20202020) + 0x7f7f7f7f;
  const control = (word + 0x77777777) & ~(word + 0x72727272);
  // The product brings bits 0, 8, 16 and 24 together as bits 21 to 24.
  return (Math.imul(((~notSpace | control) & HIGH_BITS) >>> 7, 0x00204081) >>> 21) & 15;
}

function isSeparator(code: number): boolean {
  return code === 0x20 || (code >= 9 && code <= 13);
}

/** Capitals among four bytes to small letters; carries of bytes beyond ASCII go to later bytes only. */
function lower(word: number): number {
  const capitals = (word + 0x3f3f3f3f) & ~(word + 0x25252525) & HIGH_BITS;
  return word | (capitals >>> 2);
}

import { finishViewHash, mixViewWords, SPARK_SEED } from '../../text/murmur3.ts';
import type { Stage } from '../stages.ts';
import { type FastPlan, planFast } from './fast-plan.ts';
import { FastWords } from './fast-words.ts';
import { SparseBuffer } from './sparse-buffer.ts';
import { StopWordTable } from './stop-word-table.ts';
import type { SparseView } from './types.ts';
import { nonNegativeModulo } from './vector-steps.ts';

const SPACE = 0x20;
/** A view reads up to three bytes behind a token. */
const SLACK = 4;

/** Features of rows of ASCII; null for any other row, which must go the exact way. */
export function compileFastFeatures(column: string, stages: readonly Stage[]): FastFeatures | FastWords | null {
  const plan = planFast(column, stages);
  if (!plan) return null;
  const isPlain = plan.runs === null && plan.lowercase && plan.grams.length === 1 && plan.grams[0] === 1;
  return isPlain ? new FastWords(plan) : new FastFeatures(plan);
}

/**
 * Tokens are ranges of one byte buffer that holds the lower-cased row; their hashes are looked up among the stop words
 * and give the feature. For n-grams the tokens that stay are written one behind the other with a space between, so
 * that the hash of "a b" goes on from the full words of "a".
 */
export class FastFeatures {
  private readonly plan: FastPlan;
  /** What each ASCII character becomes: lower case, all separators the space. */
  private readonly folded: Uint8Array;
  private readonly stopWords: StopWordTable;
  private readonly joinsTokens: boolean;
  private readonly hashesTokens: boolean;
  /** numFeatures − 1 where that is a mask, else 0. */
  private readonly mask: number;
  private readonly buffer = new SparseBuffer();
  private row = new Uint8Array(1024);
  private rowView = new DataView(this.row.buffer);
  private joined = new Uint8Array(2048);
  private joinedView = new DataView(this.joined.buffer);
  private joinedEnd = 0;
  private tokens = 0;
  private tokenStarts = new Int32Array(1024);
  private tokenEnds = new Int32Array(1024);
  private tokenStates = new Int32Array(1024);

  constructor(plan: FastPlan) {
    this.plan = plan;
    this.folded = foldTable(plan);
    this.stopWords = new StopWordTable(plan.stopWords, false);
    this.joinsTokens = plan.grams.some(size => size > 1);
    this.hashesTokens = plan.grams.includes(1);
    const size = plan.hashing.numFeatures;
    this.mask = (size & (size - 1)) === 0 ? size - 1 : 0;
  }

  fromText(text: string): SparseView | null {
    const length = text.length;
    this.reserve(length);
    const { row, folded } = this;
    let all = 0;
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at);
      all |= code;
      row[at] = folded[code & 0x7f] as number;
    }
    return all > 0x7f ? null : this.makeFeatures(length);
  }

  fromBytes(bytes: Uint8Array, start: number, end: number): SparseView | null {
    const length = end - start;
    this.reserve(length);
    const { row, folded } = this;
    let all = 0;
    for (let at = 0; at < length; at++) {
      const code = bytes[start + at] as number;
      all |= code;
      row[at] = folded[code & 0x7f] as number;
    }
    return all > 0x7f ? null : this.makeFeatures(length);
  }

  private makeFeatures(length: number): SparseView {
    const { buffer, plan } = this;
    buffer.count = 0;
    this.tokens = 0;
    this.joinedEnd = 0;
    if (plan.runs) this.takeRuns(length, plan.runs.first, plan.runs.member, plan.runs.minLength);
    else this.splitAtSpaces(length);
    if (this.joinsTokens) for (const size of plan.grams) if (size > 1) this.addGrams(size);
    buffer.countIndices(plan.hashing.binary);
    if (plan.idf) buffer.weigh(plan.idf);
    return buffer;
  }

  /** The plain Tokenizer: every separator counts, empty tokens too, but for those at the end. */
  private splitAtSpaces(length: number): void {
    const { row } = this;
    let end = length;
    while (end > 0 && row[end - 1] === SPACE) end--;
    if (end === 0 && length > 0) return;
    let from = 0;
    for (let at = 0; at < end; at++) {
      if (row[at] !== SPACE) continue;
      this.addToken(from, at);
      from = at + 1;
    }
    this.addToken(from, end);
  }

  private takeRuns(length: number, first: Uint8Array, member: Int32Array, minLength: number): void {
    const { row } = this;
    for (let at = 0; at < length; ) {
      const from = at;
      const begins = first[row[at++] as number] as number;
      if (begins === 0) continue;
      const bit = 1 << (begins - 1);
      if (((member[row[from] as number] as number) & bit) !== 0) {
        while (at < length && ((member[row[at] as number] as number) & bit) !== 0) at++;
      }
      if (at - from >= minLength) this.addToken(from, at);
    }
  }

  private addToken(from: number, end: number): void {
    const { row, rowView, buffer } = this;
    const state = mixViewWords(SPARK_SEED, rowView, from, end);
    const hash = finishViewHash(state, rowView, end, end - from);
    if (this.stopWords.find(hash, row, from, end - from) === 1) return;
    if (this.hashesTokens) buffer.indices[buffer.count++] = this.indexOf(hash);
    if (this.joinsTokens) this.joinToken(from, end, state);
  }

  private indexOf(hash: number): number {
    return this.mask !== 0 ? hash & this.mask : nonNegativeModulo(hash, this.plan.hashing.numFeatures);
  }

  private joinToken(from: number, end: number, state: number): void {
    const { row, joined } = this;
    const token = this.tokens++;
    this.tokenStates[token] = state;
    let to = this.joinedEnd;
    this.tokenStarts[token] = to;
    for (let at = from; at < end; at++) joined[to++] = row[at] as number;
    this.tokenEnds[token] = to;
    joined[to++] = SPACE;
    this.joinedEnd = to;
  }

  private addGrams(size: number): void {
    const { buffer, joinedView, tokenStarts, tokenEnds, tokenStates } = this;
    for (let token = 0; token + size <= this.tokens; token++) {
      const start = tokenStarts[token] as number;
      const end = tokenEnds[token + size - 1] as number;
      const done = start + (((tokenEnds[token] as number) - start) & ~3);
      const state = mixViewWords(tokenStates[token] as number, joinedView, done, end);
      buffer.indices[buffer.count++] = this.indexOf(finishViewHash(state, joinedView, end, end - start));
    }
  }

  /** Room for a row of so many characters: it has at most one token more. */
  private reserve(length: number): void {
    this.buffer.reserve((length + 1) * this.plan.grams.length);
    if (length + SLACK <= this.row.length) return;
    const size = (length + SLACK) * 2;
    this.row = new Uint8Array(size);
    this.rowView = new DataView(this.row.buffer);
    this.joined = new Uint8Array(size * 2);
    this.joinedView = new DataView(this.joined.buffer);
    this.tokenStarts = new Int32Array(size);
    this.tokenEnds = new Int32Array(size);
    this.tokenStates = new Int32Array(size);
  }
}

function foldTable({ lowercase, runs }: FastPlan): Uint8Array {
  const folded = Uint8Array.from({ length: 128 }, (_, code) => code);
  if (lowercase) for (let code = 0x41; code <= 0x5a; code++) folded[code] = code + SPACE;
  if (!runs) for (const separator of [9, 10, 11, 12, 13]) folded[separator] = SPACE;
  return folded;
}

/**
 * MurmurHash3_x86_32 (Austin Appleby, public domain description) as Spark uses it: seed 42 over the UTF-8 bytes of a
 * token. Spark below 3.0 took each byte behind the last full word as a signed word of its own.
 */
export type HashGeneration = 'spark2' | 'spark3';
export const SPARK_SEED = 42;

/** State after one full word of four bytes. */
export function mixWord(hash: number, word: number): number {
  const mixed = hash ^ scramble(word);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/** State after all full words between `start` and `end`: a longer text with the same beginning can go on from here. */
export function mixWords(hash: number, bytes: Uint8Array, start: number, end: number): number {
  let state = hash;
  const last = end - 3;
  for (let at = start; at < last; at += 4) {
    state = mixWord(
      state,
      (bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24),
    );
  }
  return state;
}

/** The hash from the state after the full words, the bytes that are left and the length of the whole. */
export function finishHash(state: number, bytes: Uint8Array, end: number, length: number): number {
  let hash = state;
  const left = length & 3;
  if (left !== 0) {
    let word = bytes[end - left] as number;
    if (left > 1) word |= (bytes[end - left + 1] as number) << 8;
    if (left > 2) word |= (bytes[end - left + 2] as number) << 16;
    hash ^= scramble(word);
  }
  return avalanche(hash ^ length);
}

/** mixWords over a view, which reads a word at once. */
export function mixViewWords(hash: number, view: DataView, start: number, end: number): number {
  let state = hash;
  const last = end - 3;
  for (let at = start; at < last; at += 4) state = mixWord(state, view.getInt32(at, true));
  return state;
}

/** finishHash over a view that has at least four more bytes behind the end. */
export function finishViewHash(state: number, view: DataView, end: number, length: number): number {
  const left = length & 3;
  return finishWord(state, view.getInt32(end - left, true) & ((1 << (left << 3)) - 1), length);
}

/** The hash from the state after the full words and the bytes that are left as a word: 0 where none is, which changes nothing. */
export function finishWord(state: number, word: number, length: number): number {
  return avalanche(state ^ scramble(word) ^ length);
}

/** The same with the tail of Spark 2. */
function finishSpark2Hash(state: number, bytes: Uint8Array, end: number, length: number): number {
  let hash = state;
  for (let at = end - (length & 3); at < end; at++) hash = mixWord(hash, ((bytes[at] as number) << 24) >> 24);
  return avalanche(hash ^ length);
}

export function hashBytes(
  bytes: Uint8Array,
  start: number,
  end: number,
  generation: HashGeneration = 'spark3',
  seed: number = SPARK_SEED,
): number {
  const state = mixWords(seed, bytes, start, end);
  const finish = generation === 'spark3' ? finishHash : finishSpark2Hash;
  return finish(state, bytes, end, end - start);
}

/** Hash of a text without making its bytes: for texts of any length and any UTF-16, lone surrogates as Java writes them. */
export function hashText(text: string, generation: HashGeneration = 'spark3', seed: number = SPARK_SEED): number {
  if (scratch.length < text.length * 3) scratch = new Uint8Array(text.length * 4);
  const end = encodeJavaUtf8(text, scratch, 0);
  return hashBytes(scratch, 0, end, generation, seed);
}
let scratch = new Uint8Array(256);

/** Writes text as Java's getBytes(UTF_8) does ('?' for a lone surrogate); returns where it ends. */
export function encodeJavaUtf8(text: string, into: Uint8Array, start: number): number {
  let at = start;
  for (let index = 0; index < text.length; index++) {
    let code = text.charCodeAt(index);
    if (code < 0x80) {
      into[at++] = code;
      continue;
    }
    if (code >= 0xd800 && code <= 0xdfff) {
      code = text.codePointAt(index) as number;
      if (code <= 0xffff) code = 0x3f;
      else index++;
    }
    at = writeCodePoint(code, into, at);
  }
  return at;
}

function writeCodePoint(code: number, into: Uint8Array, start: number): number {
  let at = start;
  if (code < 0x80) {
    into[at++] = code;
    return at;
  }
  if (code < 0x800) into[at++] = 0xc0 | (code >> 6);
  else {
    if (code < 0x10000) into[at++] = 0xe0 | (code >> 12);
    else {
      into[at++] = 0xf0 | (code >> 18);
      into[at++] = 0x80 | ((code >> 12) & 0x3f);
    }
    into[at++] = 0x80 | ((code >> 6) & 0x3f);
  }
  into[at++] = 0x80 | (code & 0x3f);
  return at;
}

function scramble(word: number): number {
  const product = Math.imul(word, 0xcc9e2d51);
  return Math.imul((product << 15) | (product >>> 17), 0x1b873593);
}

function avalanche(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

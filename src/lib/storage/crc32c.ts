/**
 * CRC-32C (Castagnoli, RFC 3720 appendix B.4), sixteen bytes at a step ("slicing", Kounavis and Berry 2008), in two
 * lanes that the processor works on side by side. The state of a stream is the checksum of what has passed so far: a
 * plain number, which can be stored and gone on with.
 */

/** The polynomial with its bits reversed, as all of this works. */
const POLYNOMIAL = 0x82f63b78;
const STEP_WORDS = 4;
/** Words of one lane: a chunk of a socket holds two pairs of them. */
const LANE_WORDS = 4096;
const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

let tables: Int32Array | undefined;
let overLane: number | undefined;

/** The checksum of what came before, `crc`, and these bytes; 0 is that of nothing. */
export function crc32c(bytes: Uint8Array, crc = 0): number {
  tables ??= makeTables();
  const table = tables;
  if (!LITTLE_ENDIAN || bytes.length < 64) return ~overBytes(table, bytes, 0, bytes.length, ~crc) >>> 0;
  const head = (4 - (bytes.byteOffset & 3)) & 3;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + head, (bytes.length - head) >> 2);
  let state = overBytes(table, bytes, 0, head, ~crc);
  let at = 0;
  for (; at + 2 * LANE_WORDS <= words.length; at += 2 * LANE_WORDS) state = overLanes(table, words, at, state);
  const end = words.length - (words.length % STEP_WORDS);
  state = overWords(table, words, at, end, state);
  return ~overBytes(table, bytes, head + end * 4, bytes.length, state) >>> 0;
}

/** The checksum of two pieces, one after the other, from those of each and the length of the second. */
export function combineCrc32c(first: number, second: number, secondBytes: number): number {
  return (multiply(powerOfX(secondBytes * 8), first) ^ second) >>> 0;
}

/** As Google Cloud Storage writes it: base64 of the big-endian number. */
export function encodeCrc32c(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc >>> 0);
  return bytes.toString('base64');
}

export function decodeCrc32c(text: string): number {
  return Buffer.from(text, 'base64').readUInt32BE();
}

function overBytes(table: Int32Array, bytes: Uint8Array, from: number, to: number, before: number): number {
  let state = before;
  for (let at = from; at < to; at++) state = (table[(state ^ (bytes[at] as number)) & 255] as number) ^ (state >>> 8);
  return state;
}

// In the two loops each number is where the table of a slice begins. Written out: loops over the slices, or calls, are
// several times slower.
function overWords(table: Int32Array, words: Int32Array, from: number, to: number, before: number): number {
  let state = before;
  for (let at = from; at < to; at += STEP_WORDS) {
    const a = state ^ (words[at] as number);
    const b = words[at + 1] as number;
    const c = words[at + 2] as number;
    const d = words[at + 3] as number;
    state =
      (table[3840 + (a & 255)] as number) ^
      (table[3584 + ((a >>> 8) & 255)] as number) ^
      (table[3328 + ((a >>> 16) & 255)] as number) ^
      (table[3072 + (a >>> 24)] as number) ^
      (table[2816 + (b & 255)] as number) ^
      (table[2560 + ((b >>> 8) & 255)] as number) ^
      (table[2304 + ((b >>> 16) & 255)] as number) ^
      (table[2048 + (b >>> 24)] as number) ^
      (table[1792 + (c & 255)] as number) ^
      (table[1536 + ((c >>> 8) & 255)] as number) ^
      (table[1280 + ((c >>> 16) & 255)] as number) ^
      (table[1024 + (c >>> 24)] as number) ^
      (table[768 + (d & 255)] as number) ^
      (table[512 + ((d >>> 8) & 255)] as number) ^
      (table[256 + ((d >>> 16) & 255)] as number) ^
      (table[d >>> 24] as number);
  }
  return state;
}

/** Two lanes, one after the other in memory; the second begins with nothing and is joined to the first at the end. */
function overLanes(table: Int32Array, words: Int32Array, from: number, before: number): number {
  let state = before;
  let second = 0;
  for (let at = from; at < from + LANE_WORDS; at += STEP_WORDS) {
    const a = state ^ (words[at] as number);
    const b = words[at + 1] as number;
    const c = words[at + 2] as number;
    const d = words[at + 3] as number;
    const e = second ^ (words[at + LANE_WORDS] as number);
    const f = words[at + LANE_WORDS + 1] as number;
    const g = words[at + LANE_WORDS + 2] as number;
    const h = words[at + LANE_WORDS + 3] as number;
    state =
      (table[3840 + (a & 255)] as number) ^
      (table[3584 + ((a >>> 8) & 255)] as number) ^
      (table[3328 + ((a >>> 16) & 255)] as number) ^
      (table[3072 + (a >>> 24)] as number) ^
      (table[2816 + (b & 255)] as number) ^
      (table[2560 + ((b >>> 8) & 255)] as number) ^
      (table[2304 + ((b >>> 16) & 255)] as number) ^
      (table[2048 + (b >>> 24)] as number) ^
      (table[1792 + (c & 255)] as number) ^
      (table[1536 + ((c >>> 8) & 255)] as number) ^
      (table[1280 + ((c >>> 16) & 255)] as number) ^
      (table[1024 + (c >>> 24)] as number) ^
      (table[768 + (d & 255)] as number) ^
      (table[512 + ((d >>> 8) & 255)] as number) ^
      (table[256 + ((d >>> 16) & 255)] as number) ^
      (table[d >>> 24] as number);
    second =
      (table[3840 + (e & 255)] as number) ^
      (table[3584 + ((e >>> 8) & 255)] as number) ^
      (table[3328 + ((e >>> 16) & 255)] as number) ^
      (table[3072 + (e >>> 24)] as number) ^
      (table[2816 + (f & 255)] as number) ^
      (table[2560 + ((f >>> 8) & 255)] as number) ^
      (table[2304 + ((f >>> 16) & 255)] as number) ^
      (table[2048 + (f >>> 24)] as number) ^
      (table[1792 + (g & 255)] as number) ^
      (table[1536 + ((g >>> 8) & 255)] as number) ^
      (table[1280 + ((g >>> 16) & 255)] as number) ^
      (table[1024 + (g >>> 24)] as number) ^
      (table[768 + (h & 255)] as number) ^
      (table[512 + ((h >>> 8) & 255)] as number) ^
      (table[256 + ((h >>> 16) & 255)] as number) ^
      (table[h >>> 24] as number);
  }
  overLane ??= powerOfX(LANE_WORDS * 32);
  return multiply(overLane, state) ^ second;
}

function makeTables(): Int32Array {
  const table = new Int32Array(16 * 256);
  for (let value = 0; value < 256; value++) {
    let crc = value;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
    table[value] = crc;
  }
  for (let at = 256; at < table.length; at++) {
    const before = table[at - 256] as number;
    table[at] = (before >>> 8) ^ (table[before & 255] as number);
  }
  return table;
}

/** The product of two polynomials modulo ours; the highest bit is that of x to the power of nothing. */
function multiply(left: number, right: number): number {
  let product = 0;
  let shifted = right;
  for (let mask = 0x80000000; mask !== 0; mask >>>= 1) {
    if (left & mask) product ^= shifted;
    shifted = (shifted >>> 1) ^ (shifted & 1 ? POLYNOMIAL : 0);
  }
  return product;
}

/** By squaring; the exponent may be longer than 32 bits. */
function powerOfX(exponent: number): number {
  let power = 0x80000000;
  let square = 0x40000000;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) power = multiply(square, power);
    square = multiply(square, square);
  }
  return power;
}

import { damaged } from './damaged.ts';

/** Writers take 128 to 2048 values; a block of equal steps has a few bytes, however many it stands for. */
const MAX_BLOCK = 1 << 14;

/**
 * DELTA_BINARY_PACKED: integers as differences in blocks of bit-packed miniblocks
 * (github.com/apache/parquet-format/blob/master/Encodings.md). Reads `count` values and says where they end.
 */
export function readDeltas(
  bytes: Uint8Array,
  start: number,
  count: number,
): { readonly values: BigInt64Array; readonly end: number } {
  const reader = { bytes, offset: start };
  const blockSize = Number(varint(reader));
  const miniblocks = Number(varint(reader));
  const total = Number(varint(reader));
  const perMiniblock = blockSize / miniblocks;
  if (total !== count || !Number.isInteger(perMiniblock) || perMiniblock % 8 !== 0 || blockSize > MAX_BLOCK) {
    throw damaged('a page of differences is damaged');
  }
  // Every miniblock has a byte for its width: without them there are no values to make room for.
  if (perMiniblock === 0 || count / perMiniblock > bytes.length - start + 1)
    throw damaged('a page of differences is cut off');
  const values = new BigInt64Array(count);
  // Halves of 32 bits: sums of big integers would take twenty times as long. The lower half comes first, see write.ts.
  const halves = new Int32Array(values.buffer);
  const sum = new Int32Array(2);
  [sum[0], sum[1]] = split(zigzag(varint(reader)));
  if (count > 0) halves.set(sum);
  let made = 1;
  while (made < count) {
    const smallest = split(zigzag(varint(reader)));
    const widths = take(reader, miniblocks);
    for (let block = 0; block < miniblocks && made < count; block++) {
      const width = widths[block] ?? 0;
      if (width > 64) throw damaged('a page of differences is damaged');
      const packed = take(reader, (perMiniblock * width) / 8);
      const until = Math.min(count, made + perMiniblock);
      addSteps(packed, width, smallest, sum, halves.subarray(made * 2, until * 2));
      made = until;
    }
  }
  return { values, end: reader.offset };
}

interface Reader {
  readonly bytes: Uint8Array;
  offset: number;
}

type Halves = readonly [low: number, high: number];

function split(value: bigint): Halves {
  return [Number(BigInt.asIntN(32, value)), Number(value >> 32n)];
}

/** Every value is the one before and the smallest step of the block and `width` bits of its own, all in 64 bits. */
function addSteps(packed: Uint8Array, width: number, [low, high]: Halves, sum: Int32Array, into: Int32Array): void {
  const lowMask = width < 32 ? 2 ** width - 1 : -1;
  const highMask = width < 64 ? 2 ** Math.max(0, width - 32) - 1 : -1;
  let [lastLow = 0, lastHigh = 0] = sum;
  for (let at = 0, start = 0; at < into.length; at += 2, start += width) {
    let ownLow = 0;
    let ownHigh = 0;
    for (let byte = start >> 3, have = -(start & 7); have < width; byte++, have += 8) {
      const bits = packed[byte] ?? 0;
      if (have < 0) ownLow |= bits >> -have;
      else if (have < 32) ownLow |= bits << have;
      if (have >= 32) ownHigh |= bits << (have - 32);
      else if (have > 24) ownHigh |= bits >> (32 - have);
    }
    const lows = (lastLow >>> 0) + (low >>> 0) + ((ownLow & lowMask) >>> 0);
    lastLow = lows | 0;
    lastHigh = (lastHigh + high + (ownHigh & highMask) + Math.floor(lows / 2 ** 32)) | 0;
    into[at] = lastLow;
    into[at + 1] = lastHigh;
  }
  sum[0] = lastLow;
  sum[1] = lastHigh;
}

function take(reader: Reader, length: number): Uint8Array {
  if (length > reader.bytes.length - reader.offset) throw damaged('a page of differences is cut off');
  reader.offset += length;
  return reader.bytes.subarray(reader.offset - length, reader.offset);
}

function varint(reader: Reader): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = reader.bytes[reader.offset++];
    if (byte === undefined) break;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  throw damaged('a page of differences is cut off');
}

function zigzag(value: bigint): bigint {
  return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
}

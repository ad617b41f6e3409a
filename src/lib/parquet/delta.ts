import { damaged } from './damaged.ts';

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
  if (total !== count || !Number.isInteger(perMiniblock) || perMiniblock % 8 !== 0 || blockSize > 1 << 20) {
    throw damaged('a page of differences is damaged');
  }
  // Every miniblock has a byte for its width: without them there are no values to make room for.
  if (perMiniblock === 0 || count / perMiniblock > bytes.length - start + 1)
    throw damaged('a page of differences is cut off');
  const values = new BigInt64Array(count);
  let last = zigzag(varint(reader));
  if (count > 0) values[0] = last;
  let made = 1;
  while (made < count) {
    const smallest = zigzag(varint(reader));
    const widths = take(reader, miniblocks);
    for (let block = 0; block < miniblocks && made < count; block++) {
      const width = widths[block] ?? 0;
      if (width > 64) throw damaged('a page of differences is damaged');
      const packed = take(reader, (perMiniblock * width) / 8);
      const until = Math.min(count, made + perMiniblock);
      for (let index = 0; made < until; index++, made++) {
        last = BigInt.asIntN(64, last + smallest + bitsAt(packed, index * width, width));
        values[made] = last;
      }
    }
  }
  return { values, end: reader.offset };
}

interface Reader {
  readonly bytes: Uint8Array;
  offset: number;
}

function bitsAt(packed: Uint8Array, start: number, width: number): bigint {
  let value = 0n;
  let have = 0;
  for (let byte = start >> 3, skip = start & 7; have < width; byte++, skip = 0) {
    value |= BigInt((packed[byte] ?? 0) >> skip) << BigInt(have);
    have += 8 - skip;
  }
  return BigInt.asUintN(width, value);
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

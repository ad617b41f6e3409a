import { damaged } from './damaged.ts';

/**
 * Reads the mix of runs and bit-packed groups that Parquet stores levels and dictionary numbers in
 * (github.com/apache/parquet-format/blob/master/Encodings.md, RLE). Fills all of `output` from the bytes from `start`
 * to `end`; values above `max` are refused.
 */
export function readRuns(
  bytes: Uint8Array,
  start: number,
  end: number,
  width: number,
  output: Uint8Array | Int32Array,
  max: number,
): void {
  const size = (width + 7) >> 3;
  let read = start;
  let written = 0;
  while (written < output.length) {
    let head = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      const byte = read < end ? bytes[read++] : undefined;
      if (byte === undefined || shift > 28) throw damaged('the runs of a page are cut off');
      head += (byte & 0x7f) * 2 ** shift;
      more = byte >= 0x80;
    }
    const count = Math.floor(head / 2);
    if (head % 2 === 1) {
      const values = Math.min(count * 8, output.length - written);
      // The last group may be cut off behind its last value.
      if (Math.ceil((values * width) / 8) > end - read) throw damaged('the runs of a page are cut off');
      unpackBits(bytes, read, width, output, written, values, max);
      read = Math.min(end, read + count * width);
      written += values;
    } else {
      if (size > end - read) throw damaged('the runs of a page are cut off');
      let value = 0;
      for (let index = size - 1; index >= 0; index--) value = value * 256 + (bytes[read + index] ?? 0);
      read += size;
      if (value > max) throw damaged('a page holds a number that is out of range');
      const until = Math.min(output.length, written + count);
      output.fill(value, written, until);
      if (count === 0 && read >= end) throw damaged('the runs of a page are cut off');
      written = until;
    }
  }
}

function unpackBits(
  bytes: Uint8Array,
  start: number,
  width: number,
  output: Uint8Array | Int32Array,
  first: number,
  count: number,
  max: number,
): void {
  const mask = 2 ** width - 1;
  let read = start;
  let pool = 0;
  let bits = 0;
  for (let index = first; index < first + count; index++) {
    // At most 24 + 7 bits wait at a time: wider numbers do not occur, see readChunk.
    while (bits < width) {
      pool |= (bytes[read++] ?? 0) << bits;
      bits += 8;
    }
    const value = pool & mask;
    pool >>>= width;
    bits -= width;
    if (value > max) throw damaged('a page holds a number that is out of range');
    output[index] = value;
  }
}

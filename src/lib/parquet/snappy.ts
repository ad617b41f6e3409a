import { damaged } from './damaged.ts';

/** Unpacks Snappy's raw format (github.com/google/snappy/blob/main/format_description.txt) to exactly `length` bytes. */
export function unpackSnappy(input: Uint8Array, length: number): Uint8Array {
  let read = skipLength(input, length);
  const output = new Uint8Array(length);
  let written = 0;
  while (read < input.length) {
    const tag = at(input, read++);
    if ((tag & 3) === 0) {
      const code = tag >> 2;
      const extra = code < 60 ? 0 : code - 59;
      const size = (extra === 0 ? code : littleEndian(input, read, extra)) + 1;
      read += extra;
      if (size > input.length - read || size > length - written) throw damaged('a Snappy page is damaged');
      copyLiteral(input, read, output, written, size);
      read += size;
      written += size;
      continue;
    }
    const wide = (tag & 3) === 1 ? 1 : (tag & 3) === 2 ? 2 : 4;
    const size = wide === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const distance = wide === 1 ? ((tag >> 5) << 8) + at(input, read) : littleEndian(input, read, wide);
    read += wide;
    if (distance === 0 || distance > written || size > length - written) throw damaged('a Snappy page is damaged');
    copyWithin(output, written, distance, size);
    written += size;
  }
  if (written !== length) throw damaged('a Snappy page is cut off');
  return output;
}

/** Most literals are a few bytes, for which a view costs more than the bytes. */
function copyLiteral(input: Uint8Array, from: number, output: Uint8Array, to: number, size: number): void {
  if (size > 48) output.set(input.subarray(from, from + size), to);
  else for (let index = 0; index < size; index++) output[to + index] = input[from + index] ?? 0;
}

/** A copy may reach into what it writes itself: that repeats a pattern. */
function copyWithin(output: Uint8Array, to: number, distance: number, size: number): void {
  for (let index = to; index < to + size; index++) output[index] = output[index - distance] ?? 0;
}

/** The block begins with its unpacked length; it is compared before anything of that size is made. */
function skipLength(input: Uint8Array, length: number): number {
  let value = 0;
  let scale = 1;
  for (let read = 0; read < 5; read++) {
    const byte = at(input, read);
    value += (byte & 0x7f) * scale;
    scale *= 128;
    if (byte >= 0x80) continue;
    if (value !== length) throw damaged('a Snappy page has another length than its header says');
    return read + 1;
  }
  throw damaged('a Snappy page has no length');
}

function littleEndian(input: Uint8Array, start: number, count: number): number {
  let value = 0;
  for (let index = count - 1; index >= 0; index--) value = value * 256 + at(input, start + index);
  return value;
}

function at(input: Uint8Array, index: number): number {
  const byte = input[index];
  if (byte === undefined) throw damaged('a Snappy page is cut off');
  return byte;
}

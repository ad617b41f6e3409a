import { damagedFile } from './damaged-file.ts';

/** How an array is stored: docs/model-format.md, "Arrays". */
export type Encoding = 'plain' | 'f32' | 'bits+f64' | 'bits+f32';
export interface ArrayEntry {
  readonly type: 'f64' | 'i32';
  readonly length: number;
  readonly encoding: Encoding;
  readonly offset: number;
  readonly bytes: number;
}

/** Below this, nothing is gained by storing an array in another way than as it is. */
const SMALL = 64;

/** The smallest form that loses nothing. */
export function encodeArray(array: Float64Array | Int32Array): {
  readonly encoding: Encoding;
  readonly bytes: Uint8Array;
} {
  if (array instanceof Int32Array || array.length < SMALL) return { encoding: 'plain', bytes: bytesOf(array) };
  let kept = 0;
  let short = true;
  for (let index = 0; index < array.length; index++) {
    const value = array[index] ?? 0;
    if (isZero(value)) continue;
    kept++;
    if (short && !Object.is(Math.fround(value), value)) short = false;
  }
  const width = short ? 4 : 8;
  const sparse = flagBytes(array.length) + kept * width < array.length * width;
  if (sparse) return { encoding: short ? 'bits+f32' : 'bits+f64', bytes: packNonZero(array, kept, short) };
  if (short) return { encoding: 'f32', bytes: bytesOf(Float32Array.from(array)) };
  return { encoding: 'plain', bytes: bytesOf(array) };
}

/** `file` holds all bytes of the entry; an array stored as it is becomes a view onto them. */
export function decodeArray(file: Uint8Array, entry: ArrayEntry): Float64Array | Int32Array {
  const bytes = file.subarray(entry.offset, entry.offset + entry.bytes);
  const { length, encoding } = entry;
  if (entry.type === 'i32') {
    expectBytes(encoding === 'plain' && bytes.length === length * 4);
    return new Int32Array(...view(bytes, 4));
  }
  if (encoding === 'plain') {
    expectBytes(bytes.length === length * 8);
    return new Float64Array(...view(bytes, 8));
  }
  if (encoding === 'f32') {
    expectBytes(bytes.length === length * 4);
    return Float64Array.from(new Float32Array(...view(bytes, 4)));
  }
  return unpackNonZero(bytes, length, encoding === 'bits+f32');
}

function expectBytes(fits: boolean): void {
  if (!fits) throw damagedFile('an array has another length than its entry says');
}

/** −0 is not zero: it has to come back. */
function isZero(value: number): boolean {
  return value === 0 && 1 / value > 0;
}

function flagBytes(length: number): number {
  return Math.ceil(length / 64) * 8;
}

function packNonZero(array: Float64Array, kept: number, short: boolean): Uint8Array {
  const flags = flagBytes(array.length);
  const output = new Uint8Array(flags + kept * (short ? 4 : 8));
  const values = short ? new Float32Array(output.buffer, flags, kept) : new Float64Array(output.buffer, flags, kept);
  let next = 0;
  for (let index = 0; index < array.length; index++) {
    const value = array[index] ?? 0;
    if (isZero(value)) continue;
    output[index >> 3] = (output[index >> 3] ?? 0) | (1 << (index & 7));
    values[next++] = value;
  }
  return output;
}

function unpackNonZero(bytes: Uint8Array, length: number, short: boolean): Float64Array {
  const flags = flagBytes(length);
  expectBytes(bytes.length >= flags);
  const words = new Uint32Array(...view(bytes.subarray(0, flags), 4));
  const packed = view(bytes.subarray(flags), short ? 4 : 8);
  const values = short ? new Float32Array(...packed) : new Float64Array(...packed);
  let next = 0;
  const output = new Float64Array(length);
  for (let word = 0; word < words.length; word++) {
    // The lowest flag that is left, until none is.
    for (let rest = words[word] ?? 0; rest !== 0; rest &= rest - 1) {
      output[word * 32 + 31 - Math.clz32(rest & -rest)] = values[next++] ?? 0;
    }
  }
  expectBytes(next === values.length && next * (short ? 4 : 8) + flags === bytes.length);
  return output;
}

/** Typed arrays begin at a multiple of their width; what was not read that way is copied. */
function view(bytes: Uint8Array, width: number): [ArrayBuffer, number, number] {
  const count = Math.floor(bytes.length / width);
  if (bytes.buffer instanceof ArrayBuffer && bytes.byteOffset % width === 0)
    return [bytes.buffer, bytes.byteOffset, count];
  return [Uint8Array.from(bytes).buffer, 0, count];
}

function bytesOf(array: Float64Array | Int32Array | Float32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

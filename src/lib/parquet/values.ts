import { damaged } from './damaged.ts';
import { readDeltas } from './delta.ts';
import { type Leaf, PHYSICAL } from './footer.ts';

/** Values of one page or column without its nulls. */
export type Values =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly starts: Int32Array; readonly ends: Int32Array }
  | { readonly kind: 'doubles'; readonly values: Float64Array }
  | { readonly kind: 'integers'; readonly values: Int32Array }
  | { readonly kind: 'longs'; readonly values: BigInt64Array }
  | { readonly kind: 'booleans'; readonly values: Uint8Array };

const WIDTHS: Readonly<Record<number, number>> = {
  [PHYSICAL.int32]: 4,
  [PHYSICAL.int64]: 8,
  [PHYSICAL.int96]: 12,
  [PHYSICAL.float]: 4,
  [PHYSICAL.double]: 8,
};

/** PLAIN: the values one after the other, little-endian; byte arrays each behind its length. */
export function readPlain(bytes: Uint8Array, leaf: Leaf, count: number): Values {
  if (leaf.type === PHYSICAL.bytes) return readByteArrays(bytes, count);
  if (leaf.type === PHYSICAL.boolean) return readBits(bytes, count);
  const width = leaf.type === PHYSICAL.fixed ? leaf.fixedLength : (WIDTHS[leaf.type] ?? 0);
  if (count * width > bytes.length) throw damaged('a page holds fewer values than its header says');
  if (leaf.type === PHYSICAL.fixed) return readFixed(bytes, count, width);
  const packed = aligned(bytes, count * width);
  switch (leaf.type) {
    case PHYSICAL.double:
      return { kind: 'doubles', values: new Float64Array(packed, 0, count) };
    case PHYSICAL.float:
      return { kind: 'doubles', values: Float64Array.from(new Float32Array(packed, 0, count)) };
    case PHYSICAL.int32:
      return { kind: 'integers', values: new Int32Array(packed, 0, count) };
    case PHYSICAL.int64:
      return { kind: 'longs', values: new BigInt64Array(packed, 0, count) };
    default:
      return { kind: 'longs', values: readInt96(packed, count) };
  }
}

function aligned(bytes: Uint8Array, length: number): ArrayBuffer {
  const copy = new Uint8Array(length);
  copy.set(bytes.subarray(0, length));
  return copy.buffer;
}

function readByteArrays(bytes: Uint8Array, count: number): Values {
  if (count * 4 > bytes.length) throw damaged('a page holds fewer values than its header says');
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let read = 0;
  for (let index = 0; index < count; index++) {
    if (read + 4 > bytes.length) throw damaged('a page holds fewer values than its header says');
    const length = view.getUint32(read, true);
    read += 4;
    if (length > bytes.length - read) throw damaged('a text is longer than its page');
    starts[index] = read;
    read += length;
    ends[index] = read;
  }
  return { kind: 'bytes', bytes, starts, ends };
}

function readFixed(bytes: Uint8Array, count: number, width: number): Values {
  // Values of no length would cost nothing in the file and much in memory.
  if (width === 0) throw damaged('a column of fixed length has length 0');
  return {
    kind: 'bytes',
    bytes,
    starts: Int32Array.from({ length: count }, (_, index) => index * width),
    ends: Int32Array.from({ length: count }, (_, index) => (index + 1) * width),
  };
}

function readBits(bytes: Uint8Array, count: number): Values {
  if (Math.ceil(count / 8) > bytes.length) throw damaged('a page holds fewer values than its header says');
  const values = new Uint8Array(count);
  for (let index = 0; index < count; index++) values[index] = ((bytes[index >> 3] ?? 0) >> (index & 7)) & 1;
  return { kind: 'booleans', values };
}

/**
 * Impala's and Spark's old timestamps: nanoseconds of the day and the Julian day; as milliseconds since 1970, because
 * nanoseconds in 64 bits end in 2262 and 9999-12-31 is a usual stand-in for "never".
 */
function readInt96(packed: ArrayBuffer, count: number): BigInt64Array {
  const view = new DataView(packed);
  const values = new BigInt64Array(count);
  for (let index = 0; index < count; index++) {
    const days = BigInt(view.getInt32(index * 12 + 8, true)) - 2440588n;
    values[index] = days * 86_400_000n + view.getBigInt64(index * 12, true) / 1_000_000n;
  }
  return values;
}

/** DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes. */
export function readDeltaLengths(bytes: Uint8Array, count: number): Values {
  const { values: lengths, end } = readDeltas(bytes, 0, count);
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  let read = end;
  for (let index = 0; index < count; index++) {
    starts[index] = read;
    read += checkedLength(lengths[index], bytes.length - read);
    ends[index] = read;
  }
  return { kind: 'bytes', bytes, starts, ends };
}

/** DELTA_BYTE_ARRAY: each value begins with so many bytes of the one before. */
export function readDeltaTexts(bytes: Uint8Array, count: number, limit: number): Values {
  const prefixes = readDeltas(bytes, 0, count);
  const suffixes = readDeltaLengths(bytes.subarray(prefixes.end), count);
  if (suffixes.kind !== 'bytes') throw damaged('a page is damaged');
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  let total = 0;
  for (let index = 0; index < count; index++) {
    const before = index === 0 ? 0 : (ends[index - 1] ?? 0) - (starts[index - 1] ?? 0);
    starts[index] = total;
    total += checkedLength(prefixes.values[index], before);
    total += (suffixes.ends[index] ?? 0) - (suffixes.starts[index] ?? 0);
    if (total > limit) throw damaged('a page unpacks to more than is allowed');
    ends[index] = total;
  }
  const output = new Uint8Array(total);
  for (let index = 0; index < count; index++) {
    const start = starts[index] ?? 0;
    const prefix = Number(prefixes.values[index] ?? 0n);
    const before = starts[index - 1] ?? 0;
    output.copyWithin(start, before, before + prefix);
    output.set(suffixes.bytes.subarray(suffixes.starts[index], suffixes.ends[index]), start + prefix);
  }
  return { kind: 'bytes', bytes: output, starts, ends };
}

function checkedLength(length: bigint | undefined, most: number): number {
  if (length === undefined || length < 0n || length > BigInt(most)) throw damaged('a text is longer than its page');
  return Number(length);
}

/** BYTE_STREAM_SPLIT: the first bytes of all values, then the second bytes … */
export function readByteStreams(bytes: Uint8Array, leaf: Leaf, count: number): Values {
  const width = leaf.type === PHYSICAL.fixed ? leaf.fixedLength : (WIDTHS[leaf.type] ?? 0);
  if (width === 0 || count * width > bytes.length) throw damaged('a page holds fewer values than its header says');
  const joined = new Uint8Array(count * width);
  for (let index = 0; index < count; index++) {
    for (let byte = 0; byte < width; byte++) joined[index * width + byte] = bytes[byte * count + index] ?? 0;
  }
  return readPlain(joined, leaf, count);
}

/** DELTA_BINARY_PACKED in the type of the column. */
export function readDeltaIntegers(bytes: Uint8Array, leaf: Leaf, count: number): Values {
  const { values } = readDeltas(bytes, 0, count);
  if (leaf.type === PHYSICAL.int64) return { kind: 'longs', values };
  return { kind: 'integers', values: Int32Array.from(values, value => Number(BigInt.asIntN(32, value))) };
}

/** The values that the numbers of a dictionary page's column stand for. */
export function lookUp(dictionary: Values, numbers: Int32Array): Values {
  switch (dictionary.kind) {
    case 'bytes': {
      const starts = new Int32Array(numbers.length);
      const ends = new Int32Array(numbers.length);
      for (let index = 0; index < numbers.length; index++) {
        starts[index] = dictionary.starts[numbers[index] ?? 0] ?? 0;
        ends[index] = dictionary.ends[numbers[index] ?? 0] ?? 0;
      }
      return { kind: 'bytes', bytes: dictionary.bytes, starts, ends };
    }
    case 'doubles':
      return { kind: 'doubles', values: pick(dictionary.values, numbers, new Float64Array(numbers.length)) };
    case 'integers':
      return { kind: 'integers', values: pick(dictionary.values, numbers, new Int32Array(numbers.length)) };
    case 'booleans':
      return { kind: 'booleans', values: pick(dictionary.values, numbers, new Uint8Array(numbers.length)) };
    case 'longs': {
      const values = new BigInt64Array(numbers.length);
      for (let index = 0; index < numbers.length; index++) values[index] = dictionary.values[numbers[index] ?? 0] ?? 0n;
      return { kind: 'longs', values };
    }
  }
}

function pick<T extends Float64Array | Int32Array | Uint8Array>(from: T, numbers: Int32Array, into: T): T {
  for (let index = 0; index < numbers.length; index++) into[index] = from[numbers[index] ?? 0] ?? 0;
  return into;
}

export function countOf(values: Values): number {
  return values.kind === 'bytes' ? values.starts.length : values.values.length;
}

export function joinValues(parts: readonly Values[]): Values {
  const first = parts[0];
  if (first === undefined || parts.length === 1) return first ?? { kind: 'integers', values: new Int32Array(0) };
  const count = parts.reduce((sum, part) => sum + countOf(part), 0);
  switch (first.kind) {
    case 'bytes':
      return joinBytes(parts, count);
    case 'doubles':
      return { kind: 'doubles', values: join(parts, new Float64Array(count)) };
    case 'integers':
      return { kind: 'integers', values: join(parts, new Int32Array(count)) };
    case 'longs':
      return { kind: 'longs', values: join(parts, new BigInt64Array(count)) };
    case 'booleans':
      return { kind: 'booleans', values: join(parts, new Uint8Array(count)) };
  }
}

function join<T extends Float64Array | Int32Array | BigInt64Array | Uint8Array>(parts: readonly Values[], into: T): T {
  let at = 0;
  for (const part of parts) {
    if (part.kind === 'bytes') continue;
    (into as { set(values: ArrayLike<unknown>, offset: number): void }).set(part.values, at);
    at += part.values.length;
  }
  return into;
}

/** Pages of one dictionary share its bytes: those are not copied again. */
function joinBytes(parts: readonly Values[], count: number): Values {
  const blocks = new Map<Uint8Array, number>();
  let total = 0;
  for (const part of parts) {
    if (part.kind !== 'bytes' || blocks.has(part.bytes)) continue;
    blocks.set(part.bytes, total);
    total += part.bytes.length;
  }
  if (total > 0x7fff_ffff) throw damaged('a row group has more than 2 GiB of text', 'write it with smaller row groups');
  const bytes = new Uint8Array(total);
  for (const [block, offset] of blocks) bytes.set(block, offset);
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  let at = 0;
  for (const part of parts) {
    if (part.kind !== 'bytes') continue;
    const offset = blocks.get(part.bytes) ?? 0;
    for (let index = 0; index < part.starts.length; index++, at++) {
      starts[at] = (part.starts[index] ?? 0) + offset;
      ends[at] = (part.ends[index] ?? 0) + offset;
    }
  }
  return { kind: 'bytes', bytes, starts, ends };
}

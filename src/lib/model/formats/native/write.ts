import zlib from 'node:zlib';
import type { FittedModel } from '../../types.ts';
import { type ArrayEntry, encodeArray } from './arrays.ts';
import { FIXED, MAGIC, PLACE, VERSION } from './layout.ts';
import { toJson } from './plain-data.ts';

/** One fitted model as the bytes of model.sentops; the layout stands in docs/model-format.md. */
export function writeNative(model: FittedModel): Uint8Array {
  const arrays: (Float64Array | Int32Array)[] = [];
  const tree = toJson(model, arrays);
  const encoded = arrays.map(array => ({ array, ...encodeArray(array) }));
  const sizes = encoded.map(({ bytes }) => align(bytes.length));
  const body = sizes.reduce((sum, size) => sum + size, 0);
  const header = buildHeader(tree, encoded, sizes);
  const start = FIXED + header.length;
  const file = Buffer.alloc(start + body);
  file.set(header, FIXED);
  let at = start;
  for (const [index, { bytes }] of encoded.entries()) {
    file.set(bytes, at);
    at += sizes[index] ?? 0;
  }
  file.set(MAGIC, 0);
  file.writeUInt32LE(VERSION, PLACE.version);
  file.writeUInt32LE(header.length, PLACE.headerLength);
  file.writeBigUInt64LE(BigInt(file.length), PLACE.fileLength);
  file.writeUInt32LE(zlib.crc32(header), PLACE.headerSum);
  file.writeUInt32LE(zlib.crc32(file.subarray(start)), PLACE.bodySum);
  return file;
}

interface Encoded extends ReturnType<typeof encodeArray> {
  readonly array: Float64Array | Int32Array;
}

/** The offsets are in the header whose length they depend on: it is written once more while it grows. */
function buildHeader(tree: unknown, encoded: readonly Encoded[], sizes: readonly number[]): Buffer {
  for (let length = 0; ; ) {
    let offset = FIXED + length;
    const arrays: ArrayEntry[] = encoded.map(({ array, encoding, bytes }, index) => {
      const entry = { offset, bytes: bytes.length, length: array.length, encoding };
      offset += sizes[index] ?? 0;
      return { type: array instanceof Int32Array ? 'i32' : 'f64', ...entry };
    });
    const json = Buffer.from(JSON.stringify({ model: tree, arrays }));
    if (align(json.length) <= length) return Buffer.concat([json, Buffer.alloc(length - json.length, ' ')]);
    length = align(json.length);
  }
}

function align(length: number): number {
  return Math.ceil(length / 8) * 8;
}

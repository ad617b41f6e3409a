import zlib from 'node:zlib';
import { damaged } from './damaged.ts';
import { measureLz4, measureLz4Block } from './measure-lz4.ts';
import { unpackSnappy } from './snappy.ts';

/** Numbers of CompressionCodec in parquet.thrift. */
const CODECS = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZO', 'BROTLI', 'LZ4', 'ZSTD', 'LZ4_RAW'];

/** Unpacks a page to exactly `length` bytes and never makes more; whether that many may be made is for the caller. */
export async function unpack(codec: number, input: Uint8Array, length: number): Promise<Uint8Array> {
  if (codec === 0) {
    if (input.length !== length) throw damaged('a page has another length than its header says');
    return input;
  }
  // Some writers pack nothing at all to nothing at all, which is no valid block of any codec.
  if (length === 0) return new Uint8Array(0);
  if (codec === 1) return unpackSnappy(input, length);
  const output = await inflate(codec, input, length);
  if (output.length !== length) throw damaged('a page has another length than its header says');
  return output;
}

async function inflate(codec: number, input: Uint8Array, length: number): Promise<Uint8Array> {
  const options = { maxOutputLength: length };
  try {
    switch (codec) {
      case 2:
        return zlib.gunzipSync(input, options);
      case 4:
        return zlib.brotliDecompressSync(input, options);
      case 6:
        return zlib.zstdDecompressSync(input, options);
      case 5:
      case 7: {
        if ((codec === 5 ? measureLz4(input) : measureLz4Block(input)) !== length) break;
        const { decompressLz4, decompressLz4Raw } = await import('hyparquet-compressors');
        return codec === 5 ? decompressLz4(input, length) : decompressLz4Raw(input, length);
      }
      default:
        throw damaged(
          `it is packed with ${CODECS[codec] ?? `codec ${codec}`}, which is not supported`,
          'write it with snappy, gzip, zstd, brotli, lz4 or no compression',
        );
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'SentopsError') throw error;
  }
  throw damaged(`a page cannot be unpacked (${CODECS[codec]})`);
}

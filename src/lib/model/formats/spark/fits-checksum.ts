import zlib from 'node:zlib';

/** `crc` and a zero, then the number of bytes that each sum is for. */
const HEAD = 8;
const MAGIC = 0x63726300;

/**
 * Whether a file is what Hadoop wrote, judged by the `.name.crc` beside it: a CRC-32 of every piece of so many bytes,
 * all numbers big-endian (org.apache.hadoop.fs.ChecksumFileSystem). What does not begin as such a file is none, and is
 * passed over there, too.
 */
export function fitsChecksum(bytes: Uint8Array, checksum: Uint8Array): boolean {
  const sums = new DataView(checksum.buffer, checksum.byteOffset, checksum.byteLength);
  if (sums.byteLength < HEAD || sums.getUint32(0) !== MAGIC) return true;
  const piece = sums.getInt32(4);
  const count = (sums.byteLength - HEAD) / 4;
  if (piece <= 0 || count !== Math.ceil(bytes.length / piece)) return false;
  for (let index = 0; index < count; index++) {
    const sum = zlib.crc32(bytes.subarray(index * piece, (index + 1) * piece));
    if (sum !== sums.getUint32(HEAD + index * 4)) return false;
  }
  return true;
}

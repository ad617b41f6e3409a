/**
 * The length that LZ4 unpacks to, null where it ends in the middle: unpackers fill what is missing with zeros, which
 * would be numbers of a model (github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md).
 */
export function measureLz4Block(block: Uint8Array): number | null {
  let read = 0;
  let length = 0;
  // 15 means that more bytes follow, up to one that is not 255.
  const extend = (count: number): number => {
    if (count < 15) return count;
    let total = count;
    for (let byte = 255; byte === 255; total += byte) byte = block[read++] ?? Number.POSITIVE_INFINITY;
    return total;
  };
  while (read < block.length) {
    const token = block[read++] ?? 0;
    const literals = extend(token >> 4);
    read += literals;
    length += literals;
    // The last sequence has no copy.
    if (read === block.length) return length;
    read += 2;
    length += extend(token & 15) + 4;
  }
  return read === block.length ? length : null;
}

const FRAME = 8;

/** The old number of LZ4: blocks as Hadoop frames them (unpacked and packed length, big-endian), or one bare block. */
export function measureLz4(bytes: Uint8Array): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let length = 0;
  for (let read = 0; read < bytes.length; ) {
    if (read + FRAME > bytes.length) return measureLz4Block(bytes);
    const unpacked = view.getUint32(read);
    const end = read + FRAME + view.getUint32(read + 4);
    if (end > bytes.length || measureLz4Block(bytes.subarray(read + FRAME, end)) !== unpacked) {
      return measureLz4Block(bytes);
    }
    length += unpacked;
    read = end;
  }
  return length;
}

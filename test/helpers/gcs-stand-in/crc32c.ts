/** Eight tables of 256 entries, one behind the other. */
const TABLE = makeTable();

/** CRC-32C (Castagnoli), eight bytes a step; a check of its own, so that it shares no mistake with the code under test. */
export function crc32c(bytes: Uint8Array, before = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let crc = ~before;
  let at = 0;
  for (; at + 8 <= bytes.length; at += 8) {
    const low = crc ^ view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    crc =
      look(7, low & 255) ^
      look(6, (low >>> 8) & 255) ^
      look(5, (low >>> 16) & 255) ^
      look(4, low >>> 24) ^
      look(3, high & 255) ^
      look(2, (high >>> 8) & 255) ^
      look(1, (high >>> 16) & 255) ^
      look(0, high >>> 24);
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ look(0, (crc ^ view.getUint8(at)) & 255);
  return ~crc >>> 0;
}

/** As Cloud Storage writes it: base64 of the big-endian bytes. */
export function encodeCrc32c(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc >>> 0);
  return bytes.toString('base64');
}

function look(table: number, byte: number): number {
  return TABLE[(table << 8) | byte] as number;
}

function makeTable(): Int32Array {
  const table = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    table[byte] = crc;
  }
  for (let index = 256; index < table.length; index++) {
    const before = table[index - 256] as number;
    table[index] = (before >>> 8) ^ (table[before & 255] as number);
  }
  return table;
}

import zlib from 'node:zlib';

/** A file of a zip archive; what is given beside name and data is written as it is, true or not. */
export interface ZipPart {
  readonly name: string | Uint8Array;
  readonly data?: string | Uint8Array;
  /** Another name in the header before the data than in the list at the end. */
  readonly localName?: string;
  readonly method?: number;
  readonly flags?: number;
  /** Of Unix, with the bits of the type. */
  readonly mode?: number;
  readonly crc?: number;
  /** The size that is announced. */
  readonly bytes?: number;
  /** The bytes that stand in the archive. */
  readonly packed?: Uint8Array;
  readonly packedBytes?: number;
  readonly extra?: Uint8Array;
  /** Has no header and no data of its own: it points at those of the part of this number. */
  readonly sameAs?: number;
  /** Sizes and place in an extra field of 64 bits. */
  readonly zip64?: boolean;
  /** Sizes and checksum behind the data, as who writes to a pipe does. */
  readonly described?: boolean;
}

export interface ZipEnd {
  /** The number of entries that is announced. */
  readonly entries?: number;
  readonly disk?: number;
  readonly comment?: string;
  readonly zip64?: boolean;
}

const UTF8 = 0x800;
const MOST = 0xffffffff;

/** Builds a zip archive byte by byte (APPNOTE.TXT 6.3), so that it can be wrong in one place only. */
export function zipBytes(parts: readonly ZipPart[], end: ZipEnd = {}): Buffer {
  const body: Buffer[] = [];
  const list: Buffer[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const part of parts) {
    const facts = factsOf(part);
    const at = part.sameAs === undefined ? offset : (offsets[part.sameAs] ?? 0);
    offsets.push(at);
    if (part.sameAs === undefined) {
      const local = Buffer.concat([localHeader(part, facts), facts.packed, ...descriptor(part, facts)]);
      body.push(local);
      offset += local.length;
    }
    list.push(listed(part, facts, at));
  }
  const directory = Buffer.concat(list);
  return Buffer.concat([...body, directory, endOf(end, parts.length, directory.length, offset)]);
}

interface Facts {
  readonly name: Uint8Array;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly bytes: number;
  readonly packed: Uint8Array;
  readonly packedBytes: number;
}

function factsOf(part: ZipPart): Facts {
  const data = typeof part.data === 'string' ? Buffer.from(part.data) : (part.data ?? Buffer.alloc(0));
  const method = part.method ?? 8;
  const packed = part.packed ?? (method === 8 ? zlib.deflateRawSync(data) : data);
  return {
    name: typeof part.name === 'string' ? Buffer.from(part.name) : part.name,
    flags: (part.flags ?? (typeof part.name === 'string' ? UTF8 : 0)) | (part.described ? 8 : 0),
    method,
    crc: part.crc ?? zlib.crc32(data),
    bytes: part.bytes ?? data.length,
    packed,
    packedBytes: part.packedBytes ?? packed.length,
  };
}

function localHeader(part: ZipPart, facts: Facts): Buffer {
  const name = part.localName === undefined ? facts.name : Buffer.from(part.localName);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(facts.flags, 6);
  header.writeUInt16LE(facts.method, 8);
  if (!part.described) {
    header.writeUInt32LE(facts.crc, 14);
    header.writeUInt32LE(Math.min(facts.packedBytes, MOST), 18);
    header.writeUInt32LE(Math.min(facts.bytes, MOST), 22);
  }
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

function descriptor(part: ZipPart, facts: Facts): Buffer[] {
  if (!part.described) return [];
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(0x08074b50);
  bytes.writeUInt32LE(facts.crc, 4);
  bytes.writeUInt32LE(facts.packedBytes, 8);
  bytes.writeUInt32LE(facts.bytes, 12);
  return [bytes];
}

function listed(part: ZipPart, facts: Facts, offset: number): Buffer {
  const extra = Buffer.concat([part.extra ?? Buffer.alloc(0), ...(part.zip64 ? [zip64Extra(facts, offset)] : [])]);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50);
  header.writeUInt16LE((3 << 8) | 20, 4);
  header.writeUInt16LE(20, 6);
  header.writeUInt16LE(facts.flags, 8);
  header.writeUInt16LE(facts.method, 10);
  header.writeUInt32LE(facts.crc, 16);
  header.writeUInt32LE(part.zip64 ? MOST : facts.packedBytes, 20);
  header.writeUInt32LE(part.zip64 ? MOST : facts.bytes, 24);
  header.writeUInt16LE(facts.name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(((part.mode ?? 0o100644) << 16) >>> 0, 38);
  header.writeUInt32LE(part.zip64 ? MOST : offset, 42);
  return Buffer.concat([header, facts.name, extra]);
}

function zip64Extra({ bytes, packedBytes }: Facts, offset: number): Buffer {
  const extra = Buffer.alloc(28);
  extra.writeUInt16LE(1);
  extra.writeUInt16LE(24, 2);
  extra.writeBigUInt64LE(BigInt(bytes), 4);
  extra.writeBigUInt64LE(BigInt(packedBytes), 12);
  extra.writeBigUInt64LE(BigInt(offset), 20);
  return extra;
}

function endOf({ entries, disk = 0, comment = '', zip64 }: ZipEnd, count: number, length: number, at: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(disk, 4);
  end.writeUInt16LE(zip64 ? 0xffff : (entries ?? count), 8);
  end.writeUInt16LE(zip64 ? 0xffff : (entries ?? count), 10);
  end.writeUInt32LE(zip64 ? MOST : length, 12);
  end.writeUInt32LE(zip64 ? MOST : at, 16);
  end.writeUInt16LE(comment.length, 20);
  const tail = Buffer.concat([end, Buffer.from(comment)]);
  return zip64 ? Buffer.concat([end64(entries ?? count, length, at), tail]) : tail;
}

function end64(entries: number, length: number, at: number): Buffer {
  const record = Buffer.alloc(76);
  record.writeUInt32LE(0x06064b50);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(entries), 24);
  record.writeBigUInt64LE(BigInt(entries), 32);
  record.writeBigUInt64LE(BigInt(length), 40);
  record.writeBigUInt64LE(BigInt(at), 48);
  record.writeUInt32LE(0x07064b50, 56);
  record.writeBigUInt64LE(BigInt(at + length), 64);
  record.writeUInt32LE(1, 72);
  return record;
}

import { inflateSync } from 'node:zlib';

export interface DecodedPng {
  readonly width: number;
  readonly height: number;
  /** Types of the chunks, in order. */
  readonly chunks: readonly string[];
  readonly texts: Readonly<Record<string, string>>;
  readonly pixelsPerMetre: number | null;
  /** `#rrggbb` of a pixel. */
  at(x: number, y: number): string;
}

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

/** A strict reader of 8 bit RGB files, written apart from our writer: every rule of the format that can be broken throws. */
export function readPng(bytes: Uint8Array): DecodedPng {
  const buffer = Buffer.from(bytes);
  if (buffer.subarray(0, 8).toString('latin1') !== '\x89PNG\r\n\x1a\n') throw new Error('no PNG signature');
  const chunks = readChunks(buffer);
  const header = chunks[0];
  if (header?.type !== 'IHDR' || header.data.length !== 13) throw new Error('no IHDR first');
  if (chunks.at(-1)?.type !== 'IEND') throw new Error('no IEND last');
  const width = header.data.readUInt32BE(0);
  const height = header.data.readUInt32BE(4);
  if (header.data.subarray(8).toString('hex') !== '0802000000') throw new Error('not 8 bit RGB without interlace');
  const data = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(chunk => chunk.data));
  const pixels = unfilter(inflateSync(data), width, height);
  const size = chunks.find(({ type }) => type === 'pHYs');
  return {
    width,
    height,
    chunks: chunks.map(({ type }) => type),
    texts: Object.fromEntries(chunks.filter(({ type }) => type === 'iTXt').map(chunk => readText(chunk.data))),
    pixelsPerMetre: size ? size.data.readUInt32BE(0) : null,
    at(x, y) {
      if (!(x >= 0 && x < width && y >= 0 && y < height)) throw new Error(`no pixel at ${x}, ${y}`);
      const offset = (Math.floor(y) * width + Math.floor(x)) * 3;
      return `#${pixels.subarray(offset, offset + 3).toString('hex')}`;
    },
  };
}

function readChunks(buffer: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  let at = 8;
  while (at < buffer.length) {
    const length = buffer.readUInt32BE(at);
    const type = buffer.toString('latin1', at + 4, at + 8);
    const data = buffer.subarray(at + 8, at + 8 + length);
    const sum = buffer.readUInt32BE(at + 8 + length);
    if (sum !== checksum(buffer.subarray(at + 4, at + 8 + length))) throw new Error(`wrong checksum of ${type}`);
    chunks.push({ type, data });
    at += 12 + length;
  }
  return chunks;
}

/** CRC-32 bit by bit, as the appendix of the specification defines it. */
function checksum(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}

function unfilter(raw: Buffer, width: number, height: number): Buffer {
  const stride = width * 3;
  if (raw.length !== (stride + 1) * height) throw new Error(`${raw.length} bytes of pixels`);
  const pixels = Buffer.alloc(stride * height);
  for (let row = 0; row < height; row += 1) {
    const filter = raw[row * (stride + 1)] ?? 0;
    for (let index = 0; index < stride; index += 1) {
      const target = row * stride + index;
      const left = index >= 3 ? (pixels[target - 3] ?? 0) : 0;
      const up = row > 0 ? (pixels[target - stride] ?? 0) : 0;
      const corner = index >= 3 && row > 0 ? (pixels[target - stride - 3] ?? 0) : 0;
      pixels[target] = (raw[row * (stride + 1) + 1 + index] ?? 0) + predict(filter, left, up, corner);
    }
  }
  return pixels;
}

function predict(filter: number, left: number, up: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  if (filter !== 4) throw new Error(`filter ${filter}`);
  const guess = left + up - corner;
  const [byLeft, byUp, byCorner] = [left, up, corner].map(value => Math.abs(guess - value)) as [number, number, number];
  if (byLeft <= byUp && byLeft <= byCorner) return left;
  return byUp <= byCorner ? up : corner;
}

function readText(data: Buffer): [string, string] {
  const end = data.indexOf(0);
  if (data.subarray(end, end + 5).some(byte => byte !== 0)) throw new Error('compressed or translated text');
  return [data.toString('latin1', 0, end), data.toString('utf8', end + 5)];
}

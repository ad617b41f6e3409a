import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';
import type { Bitmap } from './rasterize.ts';

export interface PngOptions {
  /** Pixels for each logical one: tells viewers how large the picture is meant to be. */
  readonly scale?: number;
  readonly title?: string;
}

/** Layouts of signature, chunks and filters: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)". */
const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const CHANNELS = 3;
const FILTER = { none: 0, up: 2 } as const;
/** A logical pixel is 1/96 inch. */
const PIXELS_PER_METRE = 96 / 0.0254;

const compress = promisify(deflate);

/** A PNG file: 8 bit RGB, not interlaced. */
export async function encodePng(bitmap: Bitmap, options: PngOptions = {}): Promise<Uint8Array> {
  const { width, height } = bitmap;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const chunks = [chunk('IHDR', header), chunk('pHYs', physicalSize(options.scale ?? 1))];
  if (options.title !== undefined) chunks.push(chunk('iTXt', titleText(options.title)));
  const data = await compress(filterRows(bitmap), { level: 4, memLevel: 9 });
  return Buffer.concat([SIGNATURE, ...chunks, chunk('IDAT', data), chunk('IEND', new Uint8Array())]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(data.length + 12);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, data.length + 8)), data.length + 8);
  return bytes;
}

function physicalSize(scale: number): Buffer {
  const data = Buffer.alloc(9);
  data.writeUInt32BE(Math.round(PIXELS_PER_METRE * scale), 0);
  data.writeUInt32BE(Math.round(PIXELS_PER_METRE * scale), 4);
  data[8] = 1;
  return data;
}

/** Keyword, end of keyword, not compressed, method 0, no language, no translated keyword, text. */
function titleText(title: string): Buffer {
  return Buffer.from(`Title\0\0\0\0\0${title.replaceAll('\0', '')}`, 'utf8');
}

/**
 * A row that repeats the one above becomes zeros. The others stay as they are: in plots, where pixels are equal in long
 * runs, differences between neighbours pack 10 to 25 % worse and cost time.
 */
function filterRows({ width, height, pixels }: Bitmap): Uint8Array {
  const stride = width * CHANNELS;
  const rows = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const out = new Uint8Array((stride + 1) * height);
  for (let row = 0; row < height; row += 1) {
    const at = row * stride;
    const target = row * (stride + 1);
    const same = row > 0 && rows.compare(rows, at - stride, at, at, at + stride) === 0;
    out[target] = same ? FILTER.up : FILTER.none;
    if (!same) out.set(rows.subarray(at, at + stride), target + 1);
  }
  return out;
}

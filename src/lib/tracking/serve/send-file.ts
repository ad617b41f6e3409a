import type { Stats } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { headersOfFile } from './answer.ts';
import { Refusal } from './refusal.ts';
import type { ServedFile } from './served-folder.ts';

const CHUNK_BYTES = 1 << 18;

/** A file, or the part of it that was asked for (RFC 9110 §13 and §14). Closes it. */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { handle, stats }: ServedFile,
): Promise<void> {
  try {
    const etag = etagOf(stats);
    const shared = {
      ...headersOfFile(),
      etag,
      'last-modified': stats.mtime.toUTCString(),
      'accept-ranges': 'bytes',
    };
    if (matches(request.headers['if-none-match'], etag)) {
      response.writeHead(304, shared).end();
      return;
    }
    const range = isRangeWanted(request, etag) ? readRange(request.headers.range, stats.size) : null;
    const { start, end } = range ?? { start: 0, end: stats.size };
    response.writeHead(range === null ? 200 : 206, {
      ...shared,
      'content-length': end - start,
      ...(range === null ? {} : { 'content-range': `bytes ${start}-${end - 1}/${stats.size}` }),
    });
    if (request.method === 'HEAD' || start === end) {
      response.end();
      return;
    }
    const body = handle.createReadStream({ start, end: end - 1, highWaterMark: CHUNK_BYTES, autoClose: false });
    await pipeline(body, response, { end: false });
    // Whoever writes into the file itself can make it shorter meanwhile: then the rest would be waited for without end.
    if (body.bytesRead < end - start) response.destroy();
    else response.end();
  } finally {
    await handle.close();
  }
}

/** Every write makes a new file, so that inode, size and time tell two contents apart. */
function etagOf({ ino, size, mtimeMs }: Stats): string {
  return `"${[ino, size, Math.round(mtimeMs * 1000)].map(part => part.toString(36)).join('-')}"`;
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some(one => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);
}

/** A part of an older file must not be put together with the rest of a newer one. */
function isRangeWanted(request: IncomingMessage, etag: string): boolean {
  const condition = request.headers['if-range'];
  return request.headers.range !== undefined && (condition === undefined || condition === etag);
}

interface Range {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** Null for what may be ignored: several ranges, other units. Throws where nothing of the file is in the range. */
function readRange(header: string | undefined, size: number): Range | null {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return null;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1);
  if (from !== '' && to !== '' && Number(from) > Number(to)) return null;
  if (start < end) return { start, end };
  throw new Refusal('INVALID_PARAMETER_VALUE', `The file has ${size} bytes; none of them is in ${header}`, {
    status: 416,
    headers: { 'content-range': `bytes */${size}` },
  });
}

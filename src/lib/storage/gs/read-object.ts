import type { IncomingHttpHeaders } from 'node:http';
import { SentopsError } from '../../core/errors.ts';
import { crc32c, encodeCrc32c } from '../crc32c.ts';
import type { ReadObjectOptions } from '../types.ts';
import type { GsClient, GsStream } from './client.ts';
import { Transient } from './failures.ts';
import { objectPath, parseGsObject } from './parse-uri.ts';

/** So much has to arrive before a further break of the connection counts as the first one. */
const PROGRESS = 256 * 1024;

/** Whoever takes longer for a chunk may find the connection broken by that. */
const HELD_MS = 100;

/** How far a read has come, and what the first answer said about the object. */
interface Reading {
  readonly uri: string;
  readonly end: number | undefined;
  at: number;
  /** First byte that is not to be read any more; unknown before the first answer. */
  target: number | undefined;
  generation: string | undefined;
  /** Of the whole object; undefined where it says nothing about what is read. */
  crc32c: string | undefined;
}

/**
 * The bytes as they are stored: what is packed stays packed. A read that breaks goes on where it broke, in the same
 * state of the object. One that goes to the end of the object is compared with the checksum that the store keeps; who
 * names the end does that for himself.
 */
export async function* readObject(
  client: GsClient,
  uri: string,
  { start = 0, end, generation, signal }: ReadObjectOptions,
): AsyncGenerator<Uint8Array> {
  const reading: Reading = { uri, end, at: start, target: undefined, generation, crc32c: undefined };
  const isWhole = start === 0 && end === undefined;
  let checksum = 0;
  let breaks = 0;
  let lastBreak = start;
  let isHeld = false;
  do {
    const stream = await openAt(client, reading, signal);
    try {
      for await (const chunk of wantedPart(stream, reading)) {
        if (isWhole) checksum = crc32c(chunk, checksum);
        const given = Date.now();
        yield chunk;
        isHeld = Date.now() - given >= HELD_MS;
      }
    } catch (error) {
      signal.throwIfAborted();
      // A connection on which nobody takes the bytes is given up, and that is no fault of the server.
      if (reading.at - lastBreak >= (isHeld ? 1 : PROGRESS)) breaks = 0;
      lastBreak = reading.at;
      await client.pause(client.explain(error), breaks++, signal);
    }
  } while (reading.at < (reading.target ?? 0));
  if (isWhole && reading.crc32c !== undefined && encodeCrc32c(checksum) !== reading.crc32c)
    throw new SentopsError('DATA_INVALID', `${uri} arrived damaged: its checksum is not ${reading.crc32c}`, {
      hint: 'run the command again; if it stays so, upload the object again',
      details: { uri, expected: reading.crc32c, found: encodeCrc32c(checksum) },
    });
}

async function openAt(client: GsClient, reading: Reading, signal: AbortSignal): Promise<GsStream> {
  const { uri, at, end, generation } = reading;
  const range = at > 0 || end !== undefined;
  return await client.open({
    method: 'GET',
    path: objectPath(parseGsObject(uri)),
    query: { alt: 'media', ifGenerationMatch: generation },
    headers: {
      // Without it the store unpacks what is stored as gzip, and then knows neither ranges nor a checksum.
      'accept-encoding': 'gzip',
      // An empty range cannot be written: one byte is asked for, and left.
      ...(range ? { range: `bytes=${at}-${end === undefined ? '' : Math.max(at, end - 1)}` } : {}),
    },
    again: 'always',
    expect: [412, 416],
    about: uri,
    signal,
  });
}

async function* wantedPart(stream: GsStream, reading: Reading): AsyncGenerator<Uint8Array> {
  const { body, status, headers } = stream;
  const isFirst = reading.target === undefined;
  if (status === 416) {
    body.resume();
    if (!isFirst) throw ended(reading);
    reading.target = reading.at;
    return;
  }
  if (status === 412) {
    body.resume();
    throw replaced(reading, undefined);
  }
  checkGeneration(headers, reading);
  const { from, to, total } = extent(stream, reading);
  if (isFirst) {
    reading.target = Math.max(reading.at, Math.min(reading.end ?? total, total));
    reading.crc32c = checksumOf(headers);
  }
  const target = reading.target ?? total;
  let position = from;
  if (reading.at >= target) return void body.destroy();
  for await (const chunk of body as AsyncIterable<Buffer>) {
    const part = chunk.subarray(Math.max(0, reading.at - position), Math.max(0, target - position));
    position += chunk.length;
    if (part.length === 0) continue;
    reading.at += part.length;
    yield part;
    if (reading.at === target && position < to) return void body.destroy();
  }
  if (reading.at < target) throw ended(reading);
}

/** Where the body begins and ends, and how long the object is. A server that knows no ranges sends all of it. */
function extent({ status, headers }: GsStream, { at, uri }: Reading): { from: number; to: number; total: number } {
  if (status === 206) {
    const [, from, to, total] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
    if (from === undefined || Number(from) > at)
      throw new SentopsError('REMOTE_UNAVAILABLE', `${uri}: the server sent another part than the one asked for`);
    const after = Number(to) + 1;
    return { from: Number(from), to: after, total: total === '*' ? after : Number(total) };
  }
  const stored = headers['x-goog-stored-content-length'];
  const length = headers['content-length'];
  const total = Number((isUnpacked(headers) ? length : (stored ?? length)) ?? Number.POSITIVE_INFINITY);
  return { from: 0, to: total, total };
}

function checkGeneration(headers: IncomingHttpHeaders, reading: Reading): void {
  const found = headers['x-goog-generation'];
  if (typeof found !== 'string') return;
  reading.generation ??= found;
  if (reading.generation !== found) throw replaced(reading, found);
}

function replaced({ uri, generation }: Reading, found: string | undefined): SentopsError {
  return new SentopsError('CONFLICT', `${uri} was replaced while it was read`, {
    hint: 'run the command again: it begins with the new content',
    details: { uri, expected: generation, ...(found === undefined ? {} : { found }) },
  });
}

/** From `x-goog-hash: crc32c=…,md5=…`; of what the server unpacked on the way there is none. */
function checksumOf(headers: IncomingHttpHeaders): string | undefined {
  if (isUnpacked(headers)) return undefined;
  return /crc32c=([\w+/=]+)/.exec([headers['x-goog-hash'] ?? ''].flat().join(','))?.[1];
}

function isUnpacked(headers: IncomingHttpHeaders): boolean {
  return headers['x-goog-stored-content-encoding'] === 'gzip' && headers['content-encoding'] !== 'gzip';
}

function ended({ uri, at, target }: Reading): Transient {
  return new Transient(
    new SentopsError('DATA_INVALID', `${uri} ends after ${at} of the ${target} bytes that the server promised`, {
      hint: 'run the command again; if it stays so, upload the object again',
      details: { uri, expected: target, found: at },
    }),
  );
}

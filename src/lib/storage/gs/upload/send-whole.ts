import { randomBytes } from 'node:crypto';
import { SentopsError } from '../../../core/errors.ts';
import { crc32c, encodeCrc32c } from '../../crc32c.ts';
import type { StoredObject, WriteOptions } from '../../types.ts';
import type { GsClient, GsReply } from '../client.ts';
import { bucketPath, parseGsObject } from '../parse-uri.ts';
import { refusalOf } from '../refusals.ts';
import { precondition, statObject } from '../stat-object.ts';
import { OBJECT_FIELDS, storedObject } from '../stored-object.ts';
import { isTrouble, TROUBLES, troubleOf } from './troubles.ts';

/**
 * Stores a content that is in memory with one request, which carries its checksum: the server keeps it only where that
 * is right. Where it is not known whether a request was carried out, the next one is made on condition that nobody else
 * has written since.
 */
export async function sendWhole(
  client: GsClient,
  uri: string,
  pieces: readonly Uint8Array[],
  options: WriteOptions,
): Promise<StoredObject> {
  const sent: Sent = {
    uri,
    pieces,
    bytes: pieces.reduce((sum, piece) => sum + piece.length, 0),
    crc32c: encodeCrc32c(pieces.reduce((crc, piece) => crc32c(piece, crc), 0)),
  };
  const generation = precondition(options.ifGeneration);
  if (generation !== undefined) return await sendIf(client, sent, generation, false, options);
  try {
    const reply = await post(client, sent, undefined, options, TROUBLES);
    if (!isTrouble(reply.status)) return storedObject(reply.json(), parseGsObject(uri).bucket);
    throw refusalOf(reply.status, reply.headers, reply.body, { about: uri, who: null });
  } catch (error) {
    options.signal.throwIfAborted();
    await client.pause(troubleOf(error), 0, options.signal);
  }
  const now = await statObject(client, uri, options.signal);
  if (now !== null && isSame(now, sent)) return now;
  return await sendIf(client, sent, now?.generation ?? '0', true, options);
}

interface Sent {
  readonly uri: string;
  readonly pieces: readonly Uint8Array[];
  readonly bytes: number;
  readonly crc32c: string;
}

/** `isAgain`: an earlier request may still be carried out. */
async function sendIf(
  client: GsClient,
  sent: Sent,
  generation: string,
  isAgain: boolean,
  options: WriteOptions,
): Promise<StoredObject> {
  const { uri } = sent;
  const { status, attempt, headers, body, json } = await post(client, sent, generation, options, [412]);
  if (status !== 412) return storedObject(json(), parseGsObject(uri).bucket);
  // What an earlier request stored, whose answer was lost, is what the condition now meets.
  const now = isAgain || attempt > 0 ? await statObject(client, uri, options.signal) : null;
  if (now !== null && isSame(now, sent)) return now;
  throw refusalOf(status, headers, body, { about: uri, who: null });
}

function isSame(object: StoredObject, { bytes, crc32c: sum }: Sent): boolean {
  return object.bytes === bytes && object.crc32c === sum;
}

async function post(
  client: GsClient,
  { uri, pieces, crc32c: sum }: Sent,
  generation: string | undefined,
  { contentType, signal }: WriteOptions,
  expect: readonly number[],
): Promise<GsReply> {
  const { bucket, name } = parseGsObject(uri);
  const type = contentType ?? 'application/octet-stream';
  if (/[\r\n]/.test(type)) throw new SentopsError('FLAG_INVALID', `${JSON.stringify(type)} is no content type`);
  const boundary = `sentops-${randomBytes(12).toString('hex')}`;
  const metadata = JSON.stringify({ name, contentType: type, crc32c: sum });
  const head = `--${boundary}\r\ncontent-type: application/json; charset=utf-8\r\n\r\n${metadata}\r\n--${boundary}\r\ncontent-type: ${type}\r\n\r\n`;
  return await client.request({
    method: 'POST',
    path: `/upload${bucketPath(bucket)}/o`,
    query: { uploadType: 'multipart', ifGenerationMatch: generation, fields: OBJECT_FIELDS },
    headers: { 'content-type': `multipart/related; boundary=${boundary}` },
    body: [Buffer.from(head), ...pieces, Buffer.from(`\r\n--${boundary}--\r\n`)],
    again: generation === undefined ? 'never' : 'always',
    expect,
    about: uri,
    signal,
  });
}

import { SentopsError } from '../../core/errors.ts';
import { combineCrc32c, decodeCrc32c, encodeCrc32c } from '../crc32c.ts';
import type { StoredObject, WriteOptions } from '../types.ts';
import type { GsClient } from './client.ts';
import { objectPath, parseGsObject } from './parse-uri.ts';
import { currentGeneration, statObject } from './stat-object.ts';
import { OBJECT_FIELDS, storedObject } from './stored-object.ts';

/** Of one request. */
const MOST_PARTS = 32;

/** Up to 32 objects of one bucket into another; the parts stay. */
export async function composeObjects(
  client: GsClient,
  parts: readonly string[],
  uri: string,
  { ifGeneration, contentType, signal }: WriteOptions,
): Promise<StoredObject> {
  const target = parseGsObject(uri);
  const names = partNames(parts, target.bucket, uri);
  const generation = await currentGeneration(client, uri, ifGeneration, signal);
  // Something is appended: afterwards one of the parts is no longer what it was.
  const isAppended = names.includes(target.name);
  const before = isAppended ? await joinedContent(client, parts, signal) : undefined;
  const { status, attempt, json } = await client.request({
    method: 'POST',
    path: `${objectPath(target)}/compose`,
    query: { ifGenerationMatch: generation, fields: OBJECT_FIELDS },
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      kind: 'storage#composeRequest',
      sourceObjects: names.map(name => ({ name })),
      destination: { contentType: contentType ?? 'application/octet-stream' },
    }),
    again: 'always',
    expect: [412],
    about: uri,
    signal,
  });
  if (status !== 412) return storedObject(json(), target.bucket);
  // An earlier attempt whose answer was lost may have made it: then it holds what its parts hold.
  const made = attempt > 0 ? await statObject(client, uri, signal) : null;
  const expected = made === null ? null : (before ?? (await joinedContent(client, parts, signal)));
  if (made !== null && made.bytes === expected?.bytes && made.crc32c === expected.crc32c) return made;
  throw new SentopsError(
    'CONFLICT',
    `${uri} is not what it was when we looked: somebody else has written, or there is something already`,
    { hint: 'look at it with: sentops storage ls -l; nothing was overwritten', details: { uri } },
  );
}

function partNames(parts: readonly string[], bucket: string, uri: string): readonly string[] {
  if (parts.length === 0 || parts.length > MOST_PARTS)
    throw new SentopsError('FLAG_INVALID', `${uri} cannot be made of ${parts.length} parts`, {
      hint: `between 1 and ${MOST_PARTS} objects can be joined at once`,
    });
  return parts.map(part => {
    const place = parseGsObject(part);
    if (place.bucket !== bucket)
      throw new SentopsError('FLAG_INVALID', `${part} is in another bucket than ${uri}`, {
        hint: 'only objects of one bucket can be joined',
      });
    return place.name;
  });
}

/** Length and checksum of the parts together; null where they cannot be known. */
async function joinedContent(
  client: GsClient,
  parts: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly bytes: number; readonly crc32c: string } | null> {
  const found = await Promise.all(parts.map(part => statObject(client, part, signal)));
  let bytes = 0;
  let crc = 0;
  for (const part of found) {
    if (part?.crc32c === undefined) return null;
    crc = combineCrc32c(crc, decodeCrc32c(part.crc32c), part.bytes);
    bytes += part.bytes;
  }
  return { bytes, crc32c: encodeCrc32c(crc) };
}

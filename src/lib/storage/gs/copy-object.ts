import { SentopsError } from '../../core/errors.ts';
import type { StoredObject, WriteOptions } from '../types.ts';
import type { GsClient } from './client.ts';
import { objectPath, parseGsObject } from './parse-uri.ts';
import { currentGeneration, statObject } from './stat-object.ts';
import { OBJECT_FIELDS, storedObject } from './stored-object.ts';

interface Rewritten {
  readonly done?: boolean;
  readonly rewriteToken?: string;
  readonly resource?: unknown;
}

/** A copy to another place or another storage class comes in several steps, each with the token of the one before. */
export async function copyObject(
  client: GsClient,
  from: string,
  to: string,
  { ifGeneration, contentType, signal }: WriteOptions,
): Promise<StoredObject> {
  const source = parseGsObject(from);
  const target = parseGsObject(to);
  const generation = await currentGeneration(client, to, ifGeneration, signal);
  const { bucket } = target;
  const found = await statObject(client, from, signal);
  if (found === null) throw new SentopsError('NOT_FOUND', `${from} does not exist`, { details: { uri: from } });
  let rewriteToken: string | undefined;
  for (;;) {
    const { status, attempt, json } = await client.request({
      method: 'POST',
      path: `${objectPath(source)}/rewriteTo${objectPath(target).slice('/storage/v1'.length)}`,
      query: {
        ifGenerationMatch: generation,
        ifSourceGenerationMatch: found.generation,
        rewriteToken,
        fields: `done,rewriteToken,resource(${OBJECT_FIELDS})`,
      },
      headers: { 'content-type': 'application/json' },
      // What is named replaces all that is known of the source beside its bytes.
      body: contentType === undefined ? '{}' : JSON.stringify({ contentType }),
      again: 'always',
      expect: [412],
      about: to,
      signal,
    });
    if (status === 412) return await afterConflict(client, { from, to, found, generation }, attempt, signal);
    const step = json() as Rewritten;
    if (step.done !== false) return storedObject(step.resource, bucket);
    rewriteToken = step.rewriteToken;
  }
}

interface Copy {
  readonly from: string;
  readonly to: string;
  readonly found: StoredObject;
  readonly generation: string;
}

/** An earlier attempt whose answer was lost may have made the copy: then it is what the precondition met. */
async function afterConflict(
  client: GsClient,
  { from, to, found, generation }: Copy,
  attempt: number,
  signal: AbortSignal,
): Promise<StoredObject> {
  const now = await statObject(client, to, signal);
  const isOurs = now !== null && now.generation !== generation && now.crc32c === found.crc32c;
  if (attempt > 0 && isOurs && now.bytes === found.bytes) return now;
  const isTarget = (now?.generation ?? '0') !== generation;
  throw new SentopsError(
    'CONFLICT',
    isTarget
      ? `${to} is not what it was when we looked: somebody else has written, or there is something already`
      : `${from} was replaced while it was copied`,
    { hint: 'look at both, then run the command again; nothing was overwritten', details: { from, to } },
  );
}

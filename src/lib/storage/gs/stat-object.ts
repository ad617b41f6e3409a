import type { StoredObject } from '../types.ts';
import type { GsClient } from './client.ts';
import { objectPath, parseGs, parseGsObject } from './parse-uri.ts';
import { OBJECT_FIELDS, storedObject } from './stored-object.ts';

export async function statObject(client: GsClient, uri: string, signal: AbortSignal): Promise<StoredObject | null> {
  if (isFolder(uri)) return null;
  const place = parseGsObject(uri);
  const answer = await client.request({
    method: 'GET',
    path: objectPath(place),
    query: { fields: OBJECT_FIELDS },
    again: 'always',
    expect: [404],
    about: uri,
    signal,
  });
  return answer.status === 404 ? null : storedObject(answer.json(), place.bucket);
}

/** A bucket is none of its objects. */
function isFolder(uri: string): boolean {
  return parseGs(uri).name === '';
}

/** A generation as the API takes it in a precondition: 0 for "there is none". */
export function precondition(ifGeneration: string | null | undefined): string | undefined {
  return ifGeneration === null ? '0' : ifGeneration;
}

/** The state to be replaced, so that a request can be sent again without overwriting what somebody else wrote meanwhile. */
export async function currentGeneration(
  client: GsClient,
  uri: string,
  ifGeneration: string | null | undefined,
  signal: AbortSignal,
): Promise<string> {
  return precondition(ifGeneration) ?? (await statObject(client, uri, signal))?.generation ?? '0';
}

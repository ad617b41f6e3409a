import { SentopsError } from '../../../core/errors.ts';
import type { StoredObject, WriteOptions } from '../../types.ts';
import type { GsClient, GsReply, GsRequest } from '../client.ts';
import { bucketPath, parseGsObject } from '../parse-uri.ts';
import { refusalOf } from '../refusals.ts';
import { precondition } from '../stat-object.ts';
import { OBJECT_FIELDS, storedObject } from '../stored-object.ts';
import { isTrouble, TROUBLES, troubleOf } from './troubles.ts';

/*
 * The protocol: https://cloud.google.com/storage/docs/performing-resumable-uploads. A session has an address; bytes are
 * put there with their range, and 308 tells how many of them, from the beginning, are stored.
 */

/** What a server says about an upload. */
export type Standing =
  | { readonly state: 'open'; readonly committed: number }
  | { readonly state: 'done'; readonly object: StoredObject }
  /** It ended, or nobody remembers it: what was sent is lost. */
  | { readonly state: 'lost' };

export async function beginUpload(
  client: GsClient,
  uri: string,
  bytes: number | null,
  { contentType, ifGeneration, signal }: WriteOptions,
): Promise<string> {
  const { bucket, name } = parseGsObject(uri);
  const type = contentType ?? 'application/octet-stream';
  const { headers } = await client.request({
    method: 'POST',
    path: `/upload${bucketPath(bucket)}/o`,
    query: {
      uploadType: 'resumable',
      name,
      ifGenerationMatch: precondition(ifGeneration),
      fields: OBJECT_FIELDS,
    },
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'x-upload-content-type': type,
      ...(bytes === null ? {} : { 'x-upload-content-length': String(bytes) }),
    },
    body: JSON.stringify({ name, contentType: type }),
    // A session that nobody uses is gone after a week and was never seen by anybody.
    again: 'always',
    about: uri,
    signal,
  });
  if (headers.location !== undefined) return headers.location;
  throw new SentopsError('REMOTE_UNAVAILABLE', `${uri}: the server began an upload and did not say where it goes on`, {
    hint: 'check storage.endpoint and STORAGE_EMULATOR_HOST',
  });
}

export interface Upload {
  readonly client: GsClient;
  readonly uri: string;
  readonly address: string;
  readonly signal: AbortSignal;
}

/** How far it has come. */
export async function askStanding(upload: Upload, total: number | null): Promise<Standing> {
  const headers = { 'content-range': `bytes */${total ?? '*'}` };
  const reply = await upload.client.request({ ...put(upload, headers), again: 'always', expect: ENDS });
  return standingOf(reply, upload);
}

/** Puts bytes there; a Transient is thrown where it is to be asked what became of them. */
export async function putBytes(upload: Upload, range: string, body: NonNullable<GsRequest['body']>): Promise<Standing> {
  let reply: GsReply;
  try {
    const wanted = put(upload, { 'content-range': range });
    reply = await upload.client.request({ ...wanted, body, again: 'undone', expect: [...ENDS, ...TROUBLES] });
  } catch (error) {
    upload.signal.throwIfAborted();
    throw troubleOf(error);
  }
  return standingOf(reply, upload);
}

/** Nothing that is stored is kept. Whether it worked is of no interest: it ends by itself. */
export async function cancelUpload(upload: Upload): Promise<void> {
  const wanted = { ...put(upload, {}), method: 'DELETE', again: 'undone', expect: [499, ...ENDS] } as const;
  await upload.client.request(wanted).catch(() => upload.signal.throwIfAborted());
}

const ENDS: readonly number[] = [308, 404, 410, 412];

function put({ address, uri, signal }: Upload, headers: Readonly<Record<string, string>>): Omit<GsRequest, 'again'> {
  return { method: 'PUT', path: address, headers, about: uri, signal };
}

function standingOf({ status, headers, body, json }: GsReply, { uri }: Upload): Standing {
  if (status === 404 || status === 410) return { state: 'lost' };
  if (status === 308) return { state: 'open', committed: committedOf(headers['range'], uri) };
  if (status >= 300 || isTrouble(status)) throw refusalOf(status, headers, body, { about: uri, who: null });
  return { state: 'done', object: storedObject(json(), parseGsObject(uri).bucket) };
}

/** `bytes=0-524287`; no header where nothing is stored yet. */
function committedOf(range: string | undefined, uri: string): number {
  if (range === undefined) return 0;
  const last = /^(?:bytes=)?0-(\d+)$/.exec(range)?.[1];
  if (last !== undefined) return Number(last) + 1;
  throw new SentopsError('REMOTE_UNAVAILABLE', `${uri}: the server says that it holds ${JSON.stringify(range)}`);
}

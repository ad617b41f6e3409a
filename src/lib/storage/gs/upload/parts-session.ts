import { createHash } from 'node:crypto';
import type { UploadOptions } from '../../types.ts';
import type { GsClient } from '../client.ts';
import { deleteObject } from '../delete-object.ts';
import { parseGsObject, toGs } from '../parse-uri.ts';
import { cancelUpload } from './resumable.ts';
import { uploadKey } from './send-resumable.ts';
import { openSaved, readUpload, type Saved } from './session.ts';

/** What is remembered of an upload in parts; of each part under way there is a session of its own. */
export interface PartsSession {
  /** Where the parts are; tells which content they are of. */
  readonly folder: string;
  readonly count: number;
  /** By number, those that are stored. */
  readonly done: Record<number, DonePart>;
  /** The generation of the object when they were about to be joined into it; null before. */
  joining: string | null;
  readonly owner: number;
}

export interface DonePart {
  readonly generation: string;
  readonly crc32c: string;
}

const FOLDER = '.sentops-parts';

/** In the bucket of the object, where nobody reads: names with a dot at the beginning are skipped by Spark and Hive. */
export function partsFolder(uri: string, fingerprint: string, partBytes: number): string {
  const { bucket } = parseGsObject(uri);
  const hash = createHash('sha256').update(`${uri}\n${fingerprint}\n${partBytes}`).digest('hex').slice(0, 24);
  return toGs({ bucket, name: `${FOLDER}/${hash}` });
}

export function partUri({ folder }: Pick<PartsSession, 'folder'>, index: number): string {
  return `${folder}/${String(index).padStart(2, '0')}`;
}

export function openParts(client: GsClient, uri: string, { sessions }: UploadOptions): Promise<Saved<PartsSession>> {
  return openSaved(sessions, `parts ${client.endpoint} ${uri}`, readParts);
}

/** Those of an earlier upload that is not gone on with in parts: nobody would ever look for them again. */
export async function removeEarlierParts(client: GsClient, uri: string, options: UploadOptions): Promise<void> {
  const saved = await openParts(client, uri, options);
  try {
    if (saved.earlier !== undefined && (await removeParts(client, saved.earlier, options))) await saved.remove();
  } finally {
    saved.close();
  }
}

export function readParts(stored: unknown): PartsSession | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { folder, count = -1, done, joining, owner } = stored as Partial<PartsSession>;
  const isText = typeof folder === 'string' && (joining === null || typeof joining === 'string');
  const isNumbered = Number.isSafeInteger(count) && count >= 0 && count <= 32 && Number.isSafeInteger(owner);
  const isDone = typeof done === 'object' && done !== null && Object.values(done).every(isDonePart);
  return isText && isNumbered && isDone ? (stored as PartsSession) : undefined;
}

function isDonePart(part: Partial<DonePart> | null): boolean {
  return typeof part?.generation === 'string' && typeof part.crc32c === 'string';
}

/** Deletes what is stored of the parts and ends what was begun. What cannot be deleted is told by `false`. */
export async function removeParts(
  client: GsClient,
  session: PartsSession,
  { sessions, signal }: UploadOptions,
): Promise<boolean> {
  const remove = async (index: number) => {
    const uri = partUri(session, index);
    const key = uploadKey(client, uri);
    const begun = readUpload(await sessions?.load(key));
    if (begun !== undefined) await cancelUpload({ client, uri, address: begun.address, signal });
    await sessions?.remove(key);
    await deleteObject(client, uri, { signal });
  };
  const work = await Promise.allSettled(Array.from({ length: session.count }, (_, index) => remove(index)));
  signal.throwIfAborted();
  return work.every(({ status }) => status === 'fulfilled');
}

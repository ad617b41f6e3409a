import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { SentopsError } from '../../../src/lib/core/errors.ts';
import type {
  ResumableBody,
  SessionStore,
  Storage,
  StoredObject,
  WriteOptions,
} from '../../../src/lib/storage/types.ts';

/** A store under test. */
interface Opened {
  readonly storage: Storage;
  /** Ends with a slash; nothing is below it. A new one for every test. */
  readonly root: string;
  /** The URI of a bucket that nobody has made yet. */
  readonly newBucket: string;
}

export type Open = () => Opened;

/** What a store of others gets wrong, so that it cannot be asked for. */
export interface Lacking {
  /** Answers get lost: whether an attempt that failed was carried out can then only be seen by what is there. */
  readonly answers?: boolean;
  /** Preconditions of anything but writes are not looked at. */
  readonly conditions?: boolean;
  /** A missing part of what is joined is a failure of the server. */
  readonly missingParts?: boolean;
  /** A status query ends the upload. */
  readonly resuming?: boolean;
  /** Location and lifecycle of buckets are not kept. */
  readonly bucketSettings?: boolean;
  /** A new bucket is not in the list of all. */
  readonly bucketLists?: boolean;
  /** Content types are not kept. */
  readonly contentTypes?: boolean;
}

export const calm = { signal: new AbortController().signal };

export function fresh(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString('hex')}`;
}

/** The code of the SentopsError that the work ends with. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  const outcome = await work.then(
    value => `no error but ${JSON.stringify(value)}`,
    (error: unknown) => error,
  );
  if (!(outcome instanceof SentopsError)) return String(outcome);
  expect(outcome.message.length).toBeGreaterThan(10);
  return outcome.code;
}

export async function* bodyOf(bytes: Uint8Array | string, size = 65_536): AsyncGenerator<Uint8Array> {
  const all = Buffer.from(bytes);
  for (let start = 0; start < all.length; start += size) yield all.subarray(start, start + size);
}

export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

export async function put(
  storage: Storage,
  uri: string,
  bytes: Uint8Array | string,
  options: Partial<WriteOptions> = {},
): Promise<StoredObject> {
  return await storage.write(uri, bodyOf(bytes), { ...calm, ...options });
}

export async function textAt(storage: Storage, uri: string): Promise<string> {
  return (await collect(storage.read(uri, calm))).toString('utf8');
}

export async function have(storage: Storage, uri: string): Promise<StoredObject> {
  const found = await storage.stat(uri, calm);
  if (found === null) throw new Error(`nothing at ${uri}`);
  return found;
}

/** What is below the prefix, without it. */
export async function namesBelow(storage: Storage, prefix: string, recursive = true, from = prefix): Promise<string[]> {
  const names: string[] = [];
  for await (const { uri } of storage.list(prefix, { ...calm, recursive })) {
    expect(uri.startsWith(from)).toBe(true);
    names.push(uri.slice(from.length));
  }
  return names;
}

/** Bytes that can be read again, from any place. */
export function resumable(bytes: Uint8Array, more: Partial<ResumableBody> = {}): ResumableBody {
  return { bytes: bytes.length, fingerprint: `${bytes.length}`, open: start => bodyOf(bytes.subarray(start)), ...more };
}

/** Sessions as a file would hold them: as text. */
export function memorySessions(): SessionStore & { readonly kept: ReadonlyMap<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    load: async key => JSON.parse(kept.get(key) ?? 'null'),
    save: async (key, session) => void kept.set(key, JSON.stringify(session)),
    remove: async key => void kept.delete(key),
  };
}

/** A member that the store has to have for this test. */
export function needed<T>(member: T | undefined, name: string): T {
  if (member === undefined) throw new Error(`the store has no ${name}`);
  return member;
}

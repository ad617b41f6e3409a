import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ExtensionOptions } from '../../../../../src/lib/extend/contract.ts';
import { crc32c, encodeCrc32c } from '../../../../../src/lib/storage/crc32c.ts';
import createGs from '../../../../../src/lib/storage/gs/storage.ts';
import type { ResumableBody, SessionStore, Storage } from '../../../../../src/lib/storage/types.ts';
import { createTestContext } from '../../../../helpers/extension-context.ts';
import { type GcsStandIn, type GcsStandInOptions, startGcsStandIn } from '../../../../helpers/gcs-stand-in/start.ts';

export const MIB = 1024 * 1024;

export interface Place {
  readonly server: GcsStandIn;
  readonly storage: Storage & { readonly upload: NonNullable<Storage['upload']> };
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Our adapter at a server that keeps the documented protocol; retries come at once. */
export async function withServer(
  work: (place: Place) => Promise<void>,
  options: GcsStandInOptions = {},
  more: ExtensionOptions = {},
): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sentops-upload-'));
  const server = await startGcsStandIn({ buckets: ['data'], ...options });
  try {
    const asked = { endpoint: server.uri, auth: 'none', retryDelayMs: 1, retries: 3, ...more };
    const storage = (await createGs(asked, createTestContext())) as Place['storage'];
    await work({ server, storage, folder, signal: new AbortController().signal });
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same bytes for the same seed, different ones everywhere. */
export function noise(bytes: number, seed = 1): Buffer {
  const words = new Uint32Array(Math.ceil(bytes / 4));
  let state = seed >>> 0 || 1;
  for (let at = 0; at < words.length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[at] = state;
  }
  return Buffer.from(words.buffer, 0, bytes);
}

export interface WatchedBody extends ResumableBody {
  /** Where it was opened, in this order. */
  readonly opened: number[];
  /** Bytes that were taken from it. */
  readonly read: () => number;
}

export function bodyOf(
  content: Uint8Array,
  more: Partial<ResumableBody> & { readonly chunk?: number } = {},
): WatchedBody {
  const { chunk = 100_000, ...rest } = more;
  const opened: number[] = [];
  let read = 0;
  return {
    bytes: content.length,
    fingerprint: `${content.length}-${encodeCrc32c(crc32c(content))}`,
    async *open(start) {
      opened.push(start);
      for (let at = start; at < content.length; at += chunk) {
        const piece = content.subarray(at, at + chunk);
        read += piece.length;
        yield piece;
      }
    },
    opened,
    read: () => read,
    ...rest,
  };
}

export function sumOf(content: Uint8Array): string {
  return encodeCrc32c(crc32c(content));
}

export interface WatchedSessions extends SessionStore {
  readonly entries: Map<string, unknown>;
  readonly log: string[];
}

/** As files would be: what is saved is a copy. */
export function memorySessions(): WatchedSessions {
  const entries = new Map<string, unknown>();
  const log: string[] = [];
  return {
    entries,
    log,
    load: async key => structuredClone(entries.get(key)),
    async save(key, session) {
      log.push(`save ${key}`);
      entries.set(key, structuredClone(session));
    },
    async remove(key) {
      log.push(`remove ${key}`);
      entries.delete(key);
    },
  };
}

/** What a process that was killed leaves in memory: nothing. Only what was saved is known to the next one. */
export function afterKill({ entries }: WatchedSessions): WatchedSessions {
  const next = memorySessions();
  for (const [key, session] of entries) next.entries.set(key, structuredClone(session));
  return next;
}

/** So many finished uploads are told with the checksum of something else, as if bytes had changed on the way. */
export function tellWrong({ uploads }: GcsStandIn, times: number): void {
  const go = uploads.go.bind(uploads);
  let left = times;
  uploads.go = async exchange => {
    const answer = await go(exchange);
    const isObject = typeof answer.json === 'object' && answer.json !== null && 'crc32c' in answer.json;
    return isObject && left-- > 0 ? { ...answer, json: { ...answer.json, crc32c: 'AAAAAA==' } } : answer;
  };
}

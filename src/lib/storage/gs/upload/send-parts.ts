import { combineCrc32c, decodeCrc32c, encodeCrc32c } from '../../crc32c.ts';
import type { ResumableBody, StoredObject, Uploaded, UploadOptions } from '../../types.ts';
import type { GsClient } from '../client.ts';
import { joinParts } from './join-parts.ts';
import { type DonePart, openParts, type PartsSession, partsFolder, partUri, removeParts } from './parts-session.ts';
import { isOver, sendResumable } from './send-resumable.ts';
import type { Saved } from './session.ts';
import { verified } from './verified.ts';

/** A body whose length is known. */
export interface KnownBody extends ResumableBody {
  readonly bytes: number;
}

interface Part {
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

/** As many can be joined with one request. */
const MOST_PARTS = 32;
const SMALLEST_PART = 8 * 1024 * 1024;
const QUANTUM = 256 * 1024;
const PARTS_AT_ONCE = 4;

/** Stores stretches of a body side by side as objects of their own, then joins them and deletes them. */
export async function sendParts(
  client: GsClient,
  uri: string,
  body: KnownBody,
  options: UploadOptions,
): Promise<Uploaded> {
  const parts = planParts(body.bytes);
  const folder = partsFolder(uri, body.fingerprint, parts[0]?.end ?? 0);
  const saved = await openParts(client, uri, options);
  const { earlier } = saved;
  // Parts have names, which two would take from each other; an upload in one piece has none before its end.
  if (saved.isTaken) return await sendResumable(client, uri, body, options);
  try {
    if (earlier !== undefined && earlier.folder !== folder) await removeParts(client, earlier, options);
    return await verified(client, uri, options, async (asked, isAgain) => {
      const before = earlier?.folder === folder && !isAgain ? earlier : undefined;
      const done = before?.done ?? {};
      const session = { folder, count: parts.length, done, joining: before?.joining ?? null, owner: process.pid };
      // The parts are named before there is one, so that none is left that nobody knows of.
      await saved.save(session);
      try {
        const resumedFrom = await sendAll({ client, body, parts, session, saved, options: asked });
        const sum = sumOf(parts, session);
        const object = await joinParts({ client, uri, session, saved, options: asked }, body.bytes, sum);
        if (await removeParts(client, session, asked)) await saved.remove();
        return { object, bytes: body.bytes, sum, resumedFrom };
      } catch (error) {
        if (isOver(error)) await giveUp({ client, session, saved, options: asked });
        throw error;
      }
    });
  } finally {
    saved.close();
  }
}

/** Nobody goes on with it: what is left of the parts would be kept, and paid for, without end. */
async function giveUp({ client, session, saved, options }: Omit<Sending, 'body' | 'parts'>): Promise<void> {
  const isTidy = await removeParts(client, session, options);
  await (isTidy ? saved.remove() : saved.save({ ...session, done: {}, joining: null }));
}

export function planParts(bytes: number): Part[] {
  const wanted = Math.max(SMALLEST_PART, Math.ceil(bytes / MOST_PARTS));
  const size = Math.ceil(wanted / QUANTUM) * QUANTUM;
  return Array.from({ length: Math.ceil(bytes / size) }, (_, index) => {
    return { index, start: index * size, end: Math.min(bytes, (index + 1) * size) };
  });
}

interface Sending {
  readonly client: GsClient;
  readonly body: KnownBody;
  readonly parts: readonly Part[];
  readonly session: PartsSession;
  readonly saved: Saved<PartsSession>;
  readonly options: UploadOptions;
}

/** The bytes that an earlier process had stored. A part that fails stops the others, which can be gone on with. */
async function sendAll({ client, body, parts, session, saved, options }: Sending): Promise<number> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const { sessions } = options;
  const stored = parts.map(({ index, start, end }) => (session.done[index] === undefined ? 0 : end - start));
  let resumedFrom = stored.reduce((sum, bytes) => sum + bytes, 0);
  const queue = parts.filter(({ index }) => session.done[index] === undefined).values();
  const work = async () => {
    for (const part of queue) {
      const { index } = part;
      const onProgress = (bytes: number) => {
        stored[index] = bytes;
        options.onProgress?.(stored.reduce((sum, one) => sum + one, 0));
      };
      const given = sessions === undefined ? { signal, onProgress } : { signal, onProgress, sessions };
      const sent = await sendResumable(client, partUri(session, index), slice(body, part), given);
      resumedFrom += sent.resumedFrom;
      session.done[index] = donePart(sent);
      await saved.save(session);
    }
  };
  const stopping = async () => {
    await work().catch(error => {
      stop.abort(error);
      throw error;
    });
  };
  await Promise.allSettled(Array.from({ length: PARTS_AT_ONCE }, stopping));
  signal.throwIfAborted();
  return resumedFrom;
}

function donePart({ generation, crc32c }: StoredObject): DonePart {
  return { generation, crc32c: crc32c ?? '' };
}

function slice(body: KnownBody, { start, end }: Part): KnownBody {
  return {
    bytes: end - start,
    fingerprint: `${body.fingerprint}:${start}-${end}`,
    release: body.release,
    async *open(from) {
      let left = end - start - from;
      if (left <= 0) return;
      for await (const chunk of body.open(start + from)) {
        yield chunk.length > left ? chunk.subarray(0, left) : chunk;
        left -= chunk.length;
        if (left <= 0) return;
      }
    },
  };
}

function sumOf(parts: readonly Part[], { done }: PartsSession): string {
  const crc = parts.reduce(
    (sum, { index, start, end }) => combineCrc32c(sum, decodeCrc32c(done[index]?.crc32c ?? ''), end - start),
    0,
  );
  return encodeCrc32c(crc);
}

import { SentopsError } from '../../../core/errors.ts';
import { encodeCrc32c } from '../../crc32c.ts';
import type { ResumableBody, StoredObject, Uploaded, UploadOptions } from '../../types.ts';
import type { GsClient } from '../client.ts';
import { Transient } from '../failures.ts';
import { statObject } from '../stat-object.ts';
import { beginRun, beginSession, type Run, uploadOf } from './begin-run.ts';
import { askStanding, cancelUpload, putBytes, type Standing } from './resumable.ts';
import { cutPieces, LostUpload, sendPieces } from './send-pieces.ts';
import { openSaved, readUpload } from './session.ts';
import { crcTo, openAt, Tally } from './tally.ts';
import { verified } from './verified.ts';

/**
 * Stores a body by one request that goes on for as long as it lasts. Where that breaks, the server is asked how much it
 * has, and the next request begins there: in this process, or in a later one that finds the session.
 */
export async function sendResumable(
  client: GsClient,
  uri: string,
  body: ResumableBody,
  options: UploadOptions,
): Promise<Uploaded> {
  const saved = await openSaved(options.sessions, uploadKey(client, uri), readUpload);
  try {
    return await verified(client, uri, options, async (asked, isAgain) => {
      const run = await beginRun({
        client,
        uri,
        body,
        options: asked,
        saved: isAgain ? { ...saved, earlier: undefined } : saved,
      });
      const object = await carry(run);
      const bytes = body.bytes ?? object.bytes;
      const sum = encodeCrc32c(await crcTo(body, bytes, run.tally));
      await saved.remove();
      return { object, bytes, sum, resumedFrom: run.resumedFrom };
    });
  } finally {
    saved.close();
  }
}

/** Trying again would end in the same way. */
export function isOver(error: unknown): error is SentopsError {
  return error instanceof SentopsError && /^(CONFLICT|DATA_INVALID|NOT_FOUND)$/.test(error.code);
}

export function uploadKey({ endpoint }: GsClient, uri: string): string {
  return `upload ${endpoint} ${uri}`;
}

/** Until the object is there. What ended for good is not gone on with by anybody. */
async function carry(run: Run): Promise<StoredObject> {
  const isForgotten = run.standing.state === 'lost';
  try {
    return await untilDone(run);
  } catch (error) {
    if (!isOver(error)) {
      // How far the checksum is known; what stopped the upload is what is told.
      await run.saved.save(run.session).catch(() => {});
      throw error;
    }
    const ours = isForgotten && error.code === 'CONFLICT' ? await findOurs(run) : null;
    await run.saved.remove();
    if (ours !== null) return ours;
    await cancelUpload(uploadOf(run));
    throw error;
  }
}

/** Checksums of steps are saved no more often: each time costs about as much as sending a megabyte. */
const SAVED_EVERY_MS = 250;

/** Times that a server may forget an upload. */
const MOST_RESTARTS = 3;

async function untilDone(run: Run): Promise<StoredObject> {
  const { client, body, options } = run;
  let failures = 0;
  let restarts = 0;
  let reached = 0;
  for (;;) {
    const { standing } = run;
    if (standing.state === 'done') return standing.object;
    if (standing.state === 'lost') {
      if (restarts++ === MOST_RESTARTS) throw forgotten(run);
      Object.assign(run, await beginSession(run));
      continue;
    }
    const { committed } = standing;
    options.onProgress?.(committed);
    if (committed > reached) failures = 0;
    reached = Math.max(reached, committed);
    try {
      run.standing = await sendFrom(run, committed);
    } catch (error) {
      await client.pause(error, failures++, options.signal);
      run.standing = await askStanding(uploadOf(run), body.bytes);
    }
  }
}

async function sendFrom(run: Run, committed: number): Promise<Standing> {
  const { session, body, options, saved } = run;
  // A reader that still waits for its source when its connection broke must not disturb the next one.
  let current: Tally | undefined;
  async function* watched() {
    const tally = new Tally(session.sums);
    current = tally;
    let last = Date.now();
    for await (const chunk of openAt(body, committed, tally)) {
      if (current !== tally) return;
      const isStep = tally.add(chunk);
      if (isStep && Date.now() - last >= SAVED_EVERY_MS) {
        last = Date.now();
        await saved.save(session);
      }
      yield chunk;
      options.onProgress?.(tally.at);
    }
  }
  run.tally = new Tally(session.sums);
  if (body.bytes === null) return await sendUnmeasured(run, committed, openAt(body, committed, run.tally));
  const range =
    committed === body.bytes ? `bytes */${body.bytes}` : `bytes ${committed}-${body.bytes - 1}/${body.bytes}`;
  try {
    const standing = await putBytes(uploadOf(run), range, {
      bytes: body.bytes - committed,
      open: watched,
      release: body.release,
    });
    if (standing.state === 'open' && standing.committed <= committed) throw keptNothing(run);
    if (standing.state === 'done' && current !== undefined) run.tally = current;
    return standing;
  } finally {
    current = undefined;
  }
}

/** The length is known at the end alone: it goes in pieces that stay in memory until the server has them. */
async function sendUnmeasured(run: Run, committed: number, chunks: AsyncIterable<Uint8Array>): Promise<Standing> {
  const { client, tally, session, saved, options } = run;
  const onStored = async (bytes: number) => {
    await saved.save(session);
    options.onProgress?.(bytes);
  };
  try {
    const pieces = cutPieces(chunks, committed, tally);
    return { state: 'done', object: await sendPieces(client, uploadOf(run), pieces, onStored) };
  } catch (error) {
    if (error instanceof LostUpload) return { state: 'lost' };
    throw error;
  }
}

/** The session ended because an earlier process had finished it, and was killed before it could write that down. */
async function findOurs({ client, uri, body, tally, options }: Run): Promise<StoredObject | null> {
  const there = await statObject(client, uri, options.signal);
  if (there === null || there.bytes !== (body.bytes ?? there.bytes)) return null;
  return there.crc32c === encodeCrc32c(await crcTo(body, there.bytes, tally)) ? there : null;
}

function forgotten({ uri }: Run): SentopsError {
  return new SentopsError('REMOTE_UNAVAILABLE', `${uri}: the server forgot the upload again and again`);
}

function keptNothing({ uri }: Run): Transient {
  return new Transient(new SentopsError('REMOTE_UNAVAILABLE', `${uri}: the server keeps nothing of what it is sent`));
}

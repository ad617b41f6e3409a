import { ApiError } from './api-error.ts';
import type { Blob } from './blob.ts';
import { type Answer, bodyOf, type Exchange, Gone, jsonOf, preconditionsOf } from './exchange.ts';
import { readMultipart } from './multipart.ts';
import { chosenFields, objectResource } from './resource.ts';
import { checkPreconditions, type Fields, type HeldObject, type Preconditions, type Store } from './store.ts';

/** Resumable uploads keep whole pieces of this size. */
const QUANTUM = 256 * 1024;

interface Session {
  readonly bucket: string;
  readonly name: string;
  readonly fields: Fields;
  readonly metadata: Fields;
  readonly conditions: Preconditions;
  readonly blob: Blob;
  total: number | null;
  stored: HeldObject | null;
  /** The status that a session answers with once it is cancelled or forgotten. */
  ended: number | null;
  /** The latest request has it; what an earlier one still sends is dropped. */
  turn: number;
}

/** What creates objects: in one request, or in pieces over a session. */
export class Uploads {
  readonly #store: Store;
  readonly #newBlob: () => Blob;
  readonly #sessions = new Map<string, Session>();
  #count = 0;

  constructor(store: Store, newBlob: () => Blob) {
    this.#store = store;
    this.#newBlob = newBlob;
  }

  async insert(exchange: Exchange): Promise<Answer> {
    const { asked, request } = exchange;
    const bucket = asked.bucket ?? '';
    this.#store.bucket(bucket);
    const blob = this.#newBlob();
    const type = request.headers['content-type'] ?? '';
    try {
      let metadata: Fields = {};
      let contentType = type;
      if (asked.query.get('uploadType') === 'multipart') {
        const parts = await readMultipart(bodyOf(exchange), type, chunk => blob.append(chunk));
        metadata = parts.metadata;
        contentType = parts.contentType;
      } else for await (const chunk of bodyOf(exchange)) blob.append(chunk);
      const name = asked.query.get('name') ?? String(metadata['name'] ?? '');
      exchange.record.object = name;
      checkHashes(blob, metadata, request.headers['x-goog-hash']);
      const fields = chosenFields({ contentType: contentType || 'application/octet-stream', ...metadata });
      const object = this.#store.put(bucket, name, blob, fields, { conditions: preconditionsOf(exchange) });
      return { status: 200, json: objectResource(object, exchange.base) };
    } catch (error) {
      blob.remove();
      throw error;
    }
  }

  async begin(exchange: Exchange): Promise<Answer> {
    const { asked, request, base } = exchange;
    const bucket = asked.bucket ?? '';
    const metadata = await jsonOf(exchange);
    const name = asked.query.get('name') ?? String(metadata['name'] ?? '');
    exchange.record.object = name;
    const conditions = preconditionsOf(exchange);
    checkPreconditions(this.#store.bucket(bucket).objects.get(name), conditions);
    const id = `session-${process.pid}-${++this.#count}-${Math.random().toString(36).slice(2)}`;
    const type = headerOf(request.headers['x-upload-content-type']);
    const length = headerOf(request.headers['x-upload-content-length']);
    this.#sessions.set(id, {
      bucket,
      name,
      metadata,
      fields: chosenFields({ contentType: type ?? 'application/octet-stream', ...metadata }),
      conditions,
      blob: this.#newBlob(),
      total: length === undefined ? null : Number(length),
      stored: null,
      ended: null,
      turn: 0,
    });
    const query = new URLSearchParams({ uploadType: 'resumable', name, upload_id: id });
    const location = `${base}/upload/storage/v1/b/${bucket}/o?${query}`;
    return { status: 200, headers: { location, 'x-guploader-uploadid': id }, text: '' };
  }

  /** Takes a piece, or tells how far the upload is. */
  async go(exchange: Exchange): Promise<Answer> {
    const session = this.#session(exchange);
    const { request, asked, base, record } = exchange;
    record.bucket = session.bucket;
    record.object = session.name;
    const turn = ++session.turn;
    if (session.stored !== null) {
      for await (const _ of bodyOf(exchange));
      return { status: 200, json: objectResource(session.stored, base) };
    }
    const { start, end, total } = readRange(request.headers['content-range'], request.headers['content-length']);
    if (total !== null && session.total !== null && total !== session.total) {
      const message = `Invalid request.  The total size ${total} is not the size ${session.total} that was told before.`;
      throw new ApiError(400, 'invalid', message);
    }
    session.total ??= total;
    if (asked.operation === 'upload.status') {
      for await (const _ of bodyOf(exchange));
    } else if (!(await this.#take(exchange, session, turn, { start, end }))) {
      return unfinished(session);
    }
    // A size that nobody told is that of what has come by the end of an open range.
    if (end === 'open' && session.total === null) session.total = session.blob.bytes;
    return session.total === session.blob.bytes ? this.#finish(exchange, session) : unfinished(session);
  }

  cancel(exchange: Exchange): Answer {
    const session = this.#session(exchange);
    this.#end(session, 410);
    return { status: 499, text: '' };
  }

  /** Bytes and sessions that were begun and not finished. */
  get unfinished(): number {
    return [...this.#sessions.values()].filter(({ stored, ended }) => stored === null && ended === null).length;
  }

  /** Gives back what unfinished uploads hold. */
  clear(): void {
    for (const session of this.#sessions.values()) if (session.ended === null) this.#end(session, 410);
  }

  #session({ asked, troubles }: Exchange): Session {
    const session = this.#sessions.get(asked.query.get('upload_id') ?? '');
    const lost = troubles.of('loseSession');
    if (session && lost) this.#end(session, lost.status ?? 404);
    if (session === undefined || session.ended !== null) {
      const status = session?.ended ?? 404;
      throw new ApiError(status, status === 410 ? 'gone' : 'notFound', 'The upload session does not exist any more.');
    }
    return session;
  }

  #end(session: Session, status: number): void {
    session.ended = status;
    session.turn++;
    if (session.stored === null) session.blob.remove();
  }

  /** Stores the body from `start` on; false where it ended before what was announced, or less was kept. */
  async #take(exchange: Exchange, session: Session, turn: number, range: { start: number; end: number | 'open' }) {
    const { blob } = session;
    const { start } = range;
    if (start > blob.bytes) {
      const message = `Invalid request.  According to the Content-Range header, the upload offset is ${start} byte(s), which exceeds already uploaded size of ${blob.bytes} byte(s).`;
      throw new ApiError(400, 'invalid', message);
    }
    const keep = exchange.troubles.of('keepLess')?.bytes ?? Number.POSITIVE_INFINITY;
    let at = start;
    let pending: Buffer[] = [];
    let waiting = 0;
    const flush = (whole: boolean) => {
      const bytes = Buffer.concat(pending);
      const length = whole ? bytes.length : bytes.length - (bytes.length % QUANTUM);
      if (length > 0) blob.append(bytes.subarray(0, length));
      pending = length < bytes.length ? [bytes.subarray(length)] : [];
      waiting = bytes.length - length;
    };
    try {
      for await (const chunk of bodyOf(exchange)) {
        if (session.turn !== turn) throw new ApiError(409, 'conflict', 'Another request goes on with this upload.');
        // What is stored already is ignored, as documented.
        const fresh = chunk.subarray(Math.min(chunk.length, Math.max(0, blob.bytes + waiting - at)));
        at += chunk.length;
        const room = Math.max(0, start + keep - (blob.bytes + waiting));
        pending.push(fresh.subarray(0, Math.min(fresh.length, room)));
        waiting += Math.min(fresh.length, room);
        if (waiting >= 4 * QUANTUM) flush(false);
      }
    } catch (error) {
      // Whole pieces of what came before the connection ended are kept.
      if (error instanceof Gone && session.turn === turn) flush(false);
      throw error;
    }
    if (session.turn !== turn) throw new ApiError(409, 'conflict', 'Another request goes on with this upload.');
    if (range.end !== 'open' && at !== range.end) {
      const message = `Invalid request.  There were ${at - start} byte(s) in the request body.  There should have been ${range.end - start} byte(s).`;
      throw new ApiError(400, 'invalid', message);
    }
    const last = blob.bytes + waiting === at && (range.end === 'open' || at === session.total);
    flush(last);
    return last;
  }

  #finish(exchange: Exchange, session: Session): Answer {
    const { bucket, name, blob, fields, conditions, metadata } = session;
    try {
      checkHashes(blob, metadata, exchange.request.headers['x-goog-hash']);
      session.stored = this.#store.put(bucket, name, blob, fields, { conditions });
    } catch (error) {
      this.#end(session, 410);
      throw error;
    }
    return { status: 200, json: objectResource(session.stored, exchange.base) };
  }
}

function unfinished({ blob }: Session): Answer {
  const headers: Record<string, string> = blob.bytes === 0 ? {} : { range: `bytes=0-${blob.bytes - 1}` };
  return { status: 308, headers, text: '' };
}

interface PieceRange {
  readonly start: number;
  /** Exclusive; open where the piece goes to the end of the body. */
  readonly end: number | 'open';
  readonly total: number | null;
}

function readRange(range: string | undefined, length: string | undefined): PieceRange {
  if (range === undefined) return { start: 0, end: 'open', total: length === undefined ? null : Number(length) };
  const found = /^bytes (?:(\d+)-(\d+|\*)|\*)\/(\d+|\*)$/.exec(range);
  if (!found) throw new ApiError(400, 'invalid', `Failed to parse Content-Range header: ${range}`);
  const [, start, end, total] = found;
  const known = total === '*' ? null : Number(total);
  if (start === undefined) return { start: 0, end: 0, total: known };
  return { start: Number(start), end: end === '*' ? 'open' : Number(end) + 1, total: known };
}

/** Refuses bytes that are not those the client has sums of. */
function checkHashes(blob: Blob, metadata: Fields, header: string | string[] | undefined): void {
  const told = new Map(
    (headerOf(header) ?? '').split(',').map(item => {
      const [kind = '', ...value] = item.trim().split('=');
      return [kind, value.join('=')] as const;
    }),
  );
  const check = (kind: string, given: unknown, actual: () => string) => {
    if (typeof given !== 'string' || given === actual()) return;
    throw new ApiError(400, 'invalid', `Provided ${kind} "${given}" doesn't match calculated ${kind} "${actual()}".`);
  };
  check('CRC32C', told.get('crc32c') ?? metadata['crc32c'], () => blob.crc32c);
  check('MD5 hash', told.get('md5') ?? metadata['md5Hash'], () => blob.md5());
}

function headerOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}

/** A line without its end, and the bytes from `start` to `end` (exclusive, line end included) where it stands. */
interface Line {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface LineReader {
  /** Where the next line begins. */
  readonly position: number;
  /** At most `max` lines; waits up to `waitMs` (Infinity: as long as it takes) for the first. Empty where none came in time, null at the end. */
  take(max: number, waitMs: number, signal: AbortSignal): Promise<Line[] | null>;
  close(): void;
}

/** A readable stream, as far as it is used here. */
export interface Chunks extends AsyncIterable<Uint8Array | string> {
  destroy?(): unknown;
}

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const MARK = '\uFEFF';

/** Splits chunks of bytes into lines; reads ahead no further than the chunk that holds the last line asked for. */
export function createLineReader(chunks: Chunks, start: number): LineReader {
  const iterator = chunks[Symbol.asyncIterator]();
  const lines: Line[] = [];
  /** The beginning of a line whose end has not come yet. */
  let parts: Buffer[] = [];
  let position = start;
  let ended = false;
  let pending: Promise<void> | undefined;

  const push = (last: Buffer, endBytes: number) => {
    const bytes = Buffer.concat([...parts, last]);
    const text = bytes.subarray(0, bytes.at(-1) === CARRIAGE_RETURN ? -1 : undefined).toString('utf8');
    const end = position + bytes.length + endBytes;
    lines.push({ text: position === 0 && text.startsWith(MARK) ? text.slice(1) : text, start: position, end });
    parts = [];
    position = end;
  };

  const readChunk = async () => {
    const { value, done } = await iterator.next();
    if (done) {
      ended = true;
      if (parts.length > 0) push(Buffer.alloc(0), 0);
      return;
    }
    const chunk =
      typeof value === 'string' ? Buffer.from(value) : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      push(chunk.subarray(from, at), 1);
      from = at + 1;
    }
    if (from < chunk.length) parts.push(chunk.subarray(from));
  };

  return {
    get position() {
      return lines[0]?.start ?? position;
    },
    async take(max, waitMs, signal) {
      const until = Date.now() + waitMs;
      while (lines.length === 0 && !ended) {
        signal.throwIfAborted();
        // One read is under way at most, and it goes on when the time is over: nothing that arrives is lost.
        pending ??= readChunk().finally(() => {
          pending = undefined;
        });
        if (await settles(pending, until - Date.now(), signal)) continue;
        signal.throwIfAborted();
        return [];
      }
      return lines.length === 0 ? null : lines.splice(0, max);
    },
    close() {
      // A read that nobody answers would keep the process alive; ending it is no failure.
      pending?.catch(() => {});
      chunks.destroy?.();
    },
  };
}

/** True when the work is done, false when the time is over or the signal came first. */
async function settles(work: Promise<void>, waitMs: number, signal: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<false>();
  const stop = () => resolve(false);
  const timer = Number.isFinite(waitMs) ? setTimeout(stop, Math.max(0, waitMs)) : undefined;
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work.then(() => true as const), promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

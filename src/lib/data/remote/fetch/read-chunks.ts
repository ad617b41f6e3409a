import type { IncomingMessage } from 'node:http';
import { Silence } from './transport.ts';

/**
 * The chunks of a body. Only the time in which somebody waits for the server counts as its silence: whoever writes
 * slowly to a disk or a bucket must not lose the connection for it.
 */
export async function* readChunks(
  body: IncomingMessage,
  silenceMs: number,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  let waiting = false;
  const timer = setInterval(() => {
    if (waiting) body.destroy(new Silence('nothing came'));
  }, silenceMs);
  const stop = () => body.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    const chunks = body.iterator({ destroyOnReturn: true });
    for (;;) {
      waiting = true;
      timer.refresh();
      const next: IteratorResult<Buffer> = await chunks.next();
      waiting = false;
      if (next.done) break;
      yield next.value;
    }
    signal.throwIfAborted();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', stop);
    body.destroy();
  }
}

/** A short body as a whole; what goes beyond the limit is left away. */
export async function readStart(
  body: IncomingMessage,
  most: number,
  silenceMs: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of readChunks(body, silenceMs, signal)) {
    parts.push(chunk.subarray(0, most - size));
    size += chunk.length;
    if (size >= most) break;
  }
  return Buffer.concat(parts);
}

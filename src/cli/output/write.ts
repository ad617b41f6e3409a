import fs from 'node:fs';
import { redactor } from '../../lib/core/redact.ts';
import { isTerminal } from './streams.ts';

type Stream = NodeJS.WritableStream;
type ClosedListener = (error: unknown) => void;

/** What a pipe takes without anybody reading it, on every system that Node runs on. */
const PIPE_BYTES = 64 * 1024;

const guarded = new WeakSet<Stream>();
const closedListeners = new Set<ClosedListener>();

/** Calls back when whoever reads standard output went away; returns how to stop that. */
export function watchOutput(listener: ClosedListener): () => void {
  closedListeners.add(listener);
  return () => void closedListeners.delete(listener);
}

/**
 * Writes to standard output as `writeText` does. For a pipe or a file `process.stdout` is not made, which costs a
 * tenth of what Node needs to start; only a text that could have to wait for its reader needs it.
 */
export async function writeOutput(proc: NodeJS.Process, text: string): Promise<void> {
  const bytes = Buffer.from(redactor.redact(text));
  const isLong = bytes.length > PIPE_BYTES;
  const rest = isLong || isTerminal(1, proc) ? bytes : writeAtOnce(bytes);
  if (rest.length > 0) await push(proc.stdout, rest);
}

/**
 * Writes a part of a result that is printed while work goes on: whole lines as UTF-8. Resolves when the reader has
 * taken them, so that a slow one slows the work down instead of filling the memory; the bytes may then be used again.
 */
export async function writeChunk(proc: NodeJS.Process, lines: Uint8Array): Promise<void> {
  if (redactor.idle) await push(proc.stdout, lines);
  else await writeText(proc.stdout, Buffer.from(lines.buffer, lines.byteOffset, lines.length).toString('utf8'));
}

/** Returns what could not be written without waiting. */
function writeAtOnce(bytes: Uint8Array): Uint8Array {
  let done = 0;
  try {
    while (done < bytes.length) done += fs.writeSync(1, bytes, done);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return bytes.subarray(done);
    if (!isClosedPipe(error)) throw error;
    tellClosed(error);
  }
  return bytes.subarray(bytes.length);
}

/**
 * Writes and waits until the stream has taken everything, so that nothing is cut off when the process ends, however
 * slow the reader is. A reader that went away (`| head`) is not an error. Known secrets are hidden.
 */
export function writeText(stream: Stream, text: string): Promise<void> {
  return text === '' ? Promise.resolve() : push(stream, redactor.redact(text));
}

function push(stream: Stream, data: string | Uint8Array): Promise<void> {
  guard(stream);
  return new Promise((resolve, reject) => {
    stream.write(data, error => (error && !isClosedPipe(error) ? reject(error) : resolve()));
  });
}

/** For lines drawn while work goes on: does not wait. */
export function writeNow(stream: Stream, text: string): void {
  guard(stream);
  stream.write(redactor.redact(text));
}

export function isClosedPipe(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED' || code === 'EOF';
}

/** An error event that nobody listens to would end the process. */
function guard(stream: Stream): void {
  if (guarded.has(stream)) return;
  guarded.add(stream);
  stream.on('error', error => {
    if (stream === process.stdout && isClosedPipe(error)) tellClosed(error);
  });
}

function tellClosed(error: unknown): void {
  for (const listener of closedListeners) listener(error);
}

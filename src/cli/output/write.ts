import { redactor } from '../../lib/core/redact.ts';

type Stream = NodeJS.WritableStream;

const guarded = new WeakSet<Stream>();

/**
 * Writes and waits until the stream has taken everything, so that nothing is cut off when the process ends, however
 * slow the reader is. A reader that went away (`| head`) is not an error. Known secrets are hidden.
 */
export function writeText(stream: Stream, text: string): Promise<void> {
  if (text === '') return Promise.resolve();
  guard(stream);
  return new Promise((resolve, reject) => {
    stream.write(redactor.redact(text), error => (error && !isClosedPipe(error) ? reject(error) : resolve()));
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
  stream.on('error', () => {});
}

import { SentopsError } from '../../core/errors.ts';

/** Passes a body on and throws DATA_INVALID as soon as it is longer than was said, or at its end where it is shorter. */
export async function* checkBytes(
  body: AsyncIterable<Uint8Array>,
  path: string,
  bytes: number,
): AsyncGenerator<Uint8Array> {
  let came = 0;
  for await (const chunk of body) {
    came += chunk.length;
    if (came > bytes) throw otherSize(path, `more than ${bytes}`);
    yield chunk;
  }
  if (came < bytes) throw otherSize(path, `${came} of ${bytes}`);
}

function otherSize(path: string, amount: string): SentopsError {
  return new SentopsError('DATA_INVALID', `${path}: ${amount} bytes came; nothing of it was stored`, {
    hint: 'the file changed while it was read, or the connection broke: send it again',
    details: { path },
  });
}

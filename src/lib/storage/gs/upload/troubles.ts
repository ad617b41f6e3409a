import { SentopsError } from '../../../core/errors.ts';
import { Transient } from '../failures.ts';

/** Answers after which it is not known what the server did: asked for as answers, to look before trying again. */
export const TROUBLES: readonly number[] = [408, 429, 500, 502, 503, 504];

export function isTrouble(status: number): boolean {
  return TROUBLES.includes(status);
}

/** For `GsClient.pause`: what a client that was not to try again by itself says of a broken connection. */
export function troubleOf(error: unknown): unknown {
  return error instanceof SentopsError && error.code === 'REMOTE_UNAVAILABLE' ? new Transient(error) : error;
}

import { SentopsError } from '../../../core/errors.ts';
import { crc32c } from '../../crc32c.ts';
import { STEP_BYTES } from './session.ts';

/** The checksum of what has been sent, remembered at every step so that it can be had again for any place. */
export class Tally {
  /** Of the first step, the first two, …: shared with the session that is saved. */
  readonly sums: number[];
  at = 0;
  crc = 0;

  constructor(sums: number[] = []) {
    this.sums = sums;
  }

  /** Goes back to the last step that is not behind a place, and returns it. */
  rewind(place: number): number {
    const steps = Math.min(Math.floor(place / STEP_BYTES), this.sums.length);
    this.at = steps * STEP_BYTES;
    this.crc = steps === 0 ? 0 : (this.sums[steps - 1] as number);
    return this.at;
  }

  /** Returns whether a step was passed that was not known before. */
  add(chunk: Uint8Array): boolean {
    const before = this.sums.length;
    let rest = chunk;
    while (rest.length > 0) {
      const room = STEP_BYTES - (this.at % STEP_BYTES);
      const piece = rest.length > room ? rest.subarray(0, room) : rest;
      this.crc = crc32c(piece, this.crc);
      this.at += piece.length;
      if (this.at % STEP_BYTES === 0) this.sums[this.at / STEP_BYTES - 1] = this.crc;
      rest = rest.subarray(piece.length);
    }
    return this.sums.length > before;
  }
}

export interface Source {
  open(start: number): AsyncIterable<Uint8Array>;
}

/** The body from a place on, after what lies between it and the last known step was read for its checksum. */
export async function* openAt(body: Source, place: number, tally: Tally): AsyncGenerator<Uint8Array> {
  const from = tally.rewind(place);
  for await (const chunk of body.open(from)) {
    const known = Math.min(chunk.length, place - tally.at);
    if (known > 0) tally.add(chunk.subarray(0, known));
    if (known < chunk.length) yield known > 0 ? chunk.subarray(known) : chunk;
  }
  if (tally.at < place) throw new SentopsError('CONFLICT', 'what is being sent became shorter while it was sent');
}

/** The checksum of the first bytes of a body, reading no more than is needed. */
export async function crcTo(body: Source, place: number, tally: Tally): Promise<number> {
  if (tally.at === place) return tally.crc;
  tally.rewind(place);
  if (tally.at < place)
    for await (const chunk of body.open(tally.at)) {
      tally.add(chunk.subarray(0, Math.min(chunk.length, place - tally.at)));
      if (tally.at >= place) break;
    }
  if (tally.at < place) throw new SentopsError('CONFLICT', 'what is being sent became shorter while it was sent');
  return tally.crc;
}

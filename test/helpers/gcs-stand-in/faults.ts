import type { Operation } from './operation.ts';

/** What goes wrong with a request. */
type Trouble =
  /** Answers so instead of doing anything; the body of the request is read. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly retryAfter?: number | string;
      readonly reason?: string;
      readonly message?: string;
      readonly html?: string;
    }
  /** Ends the connection after so many bytes of the request's body; a resumable upload keeps whole 256 KiB of them. */
  | { readonly kind: 'cutRequest'; readonly afterBytes: number }
  /** Ends the connection after so many bytes of the answer's body. */
  | { readonly kind: 'cutResponse'; readonly afterBytes: number }
  /** Does what was asked, and ends the connection instead of answering. */
  | { readonly kind: 'noAnswer' }
  /** Tells a checksum that is not that of the object. */
  | { readonly kind: 'wrongCrc' }
  /** Changes the byte at this place of an object on its way out. */
  | { readonly kind: 'corrupt'; readonly at: number }
  /** Says Content-Length this much longer (then the connection ends early) or, if negative, sends that much less. */
  | { readonly kind: 'lie'; readonly by: number }
  /** The server forgets the upload session: 404 or 410 from now on. */
  | { readonly kind: 'loseSession'; readonly status?: 404 | 410 }
  /** Keeps at most so many bytes of this piece of a resumable upload and says so. */
  | { readonly kind: 'keepLess'; readonly bytes: number }
  /** Ignores the Range of a request: 200 with everything. */
  | { readonly kind: 'ignoreRange' }
  /** Waits before it answers, or sends slowly. */
  | { readonly kind: 'slow'; readonly delayMs?: number; readonly bytesPerSecond?: number };

/** A trouble and the requests that run into it. */
export type Fault = Trouble & {
  readonly on?: Operation | readonly Operation[];
  readonly bucket?: string;
  /** A part of the object's name. */
  readonly object?: string;
  /** As many requests run into it; one unless said otherwise, Infinity (null in JSON) for all. */
  readonly times?: number | null;
  /** As many matching requests pass before. */
  readonly skip?: number;
  /** Of those that are left, one in so many. */
  readonly every?: number;
};

interface Armed {
  readonly fault: Fault;
  left: number;
  /** Matching requests that pass before the next one that does not. */
  passing: number;
}

export interface Target {
  readonly operation: Operation;
  readonly bucket?: string | undefined;
  readonly object?: string | undefined;
}

/** What is to go wrong. Every request takes the first fault of each kind that fits. */
export class Faults {
  #armed: Armed[] = [];

  add(...faults: readonly Fault[]): void {
    for (const fault of faults) {
      const { times = 1, skip = 0 } = fault;
      this.#armed.push({ fault, left: times ?? Number.POSITIVE_INFINITY, passing: skip });
    }
  }

  clear(): void {
    this.#armed = [];
  }

  /** How many are still to come, those without an end not counted. */
  get pending(): number {
    return this.#armed.reduce((sum, { left }) => sum + (Number.isFinite(left) ? left : 0), 0);
  }

  take(target: Target): Troubles {
    const taken = new Map<Trouble['kind'], Trouble>();
    for (const armed of this.#armed) {
      if (taken.has(armed.fault.kind) || armed.left <= 0 || !fits(armed.fault, target)) continue;
      if (armed.passing > 0) {
        armed.passing--;
        continue;
      }
      armed.passing = (armed.fault.every ?? 1) - 1;
      armed.left--;
      taken.set(armed.fault.kind, armed.fault);
    }
    return {
      of: <K extends Trouble['kind']>(kind: K) => taken.get(kind) as Extract<Trouble, { kind: K }> | undefined,
    };
  }
}

/** The troubles of one request, by kind. */
export interface Troubles {
  of<K extends Trouble['kind']>(kind: K): Extract<Trouble, { readonly kind: K }> | undefined;
}

function fits({ on, bucket, object }: Fault, target: Target): boolean {
  const operations = on === undefined ? [target.operation] : typeof on === 'string' ? [on] : on;
  return (
    operations.includes(target.operation) &&
    (bucket === undefined || bucket === target.bucket) &&
    (object === undefined || (target.object ?? '').includes(object))
  );
}

import { SentopsError } from '../../core/errors.ts';

/** What may go better the next time; `failure` is what it means once nobody tries again. */
export class Transient extends Error {
  readonly failure: SentopsError;
  /** It was surely not carried out: also what may not happen twice can be sent again. */
  readonly undone: boolean;
  /** As the server asks. */
  readonly waitMs: number | null;
  /** Attempts beyond which trying again is of no use. */
  readonly most: number;

  constructor(failure: SentopsError, { undone = false, waitMs = null, most = Number.POSITIVE_INFINITY }: Again = {}) {
    super(failure.message, { cause: failure });
    this.failure = failure;
    this.undone = undone;
    this.waitMs = waitMs;
    this.most = most;
  }
}

interface Again {
  readonly undone?: boolean;
  readonly waitMs?: number | null;
  readonly most?: number;
}

/** Nothing moved on the connection for the whole time limit. */
export class Silence extends Error {}

/** What feeds a body failed: that is no failure of the connection. */
export class SourceFailure extends Error {}

/** Nobody answers there, or there is no such place: it is told soon. */
const FEW = 2;
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN']);
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE', 'EPROTO']);

/** For what was thrown while a server was asked or its answer read. */
export function connectionFailure(error: unknown, endpoint: string, foreign: boolean): Error {
  if (error instanceof SourceFailure) return error.cause instanceof Error ? error.cause : error;
  if (error instanceof Transient || error instanceof SentopsError) return error;
  const code = codeOf(error);
  const reason = error instanceof Error ? error.message : String(error);
  const hint = foreign
    ? `check that something listens at ${endpoint}, and storage.endpoint or STORAGE_EMULATOR_HOST`
    : 'check the network and HTTPS_PROXY, then run the command again: it goes on where it stopped';
  const make = (message: string) =>
    new SentopsError('REMOTE_UNAVAILABLE', message, {
      hint,
      cause: error,
      details: { endpoint, ...(code && { code }) },
    });
  if (error instanceof Silence) return new Transient(make(`${endpoint} did not answer: ${reason}`));
  if (NEVER_SENT.has(code))
    return new Transient(make(`${endpoint} cannot be reached: ${reason}`), { undone: true, most: FEW });
  if (BROKEN.has(code) || code.startsWith('HPE_') || /socket hang up|aborted/.test(reason))
    return new Transient(make(`the connection to ${endpoint} broke: ${reason}`));
  return make(`${endpoint} cannot be asked: ${reason}`);
}

function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

import { SentopsError } from '../../core/errors.ts';
import { isWireErrorCode, WIRE_STATUS, type WireErrorCode } from '../wire/error.ts';

interface RefusalOptions {
  /** Where the HTTP status is not the usual one of the code. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that is answered with an error, as clients of MLflow know it. */
export class Refusal extends Error {
  readonly code: WireErrorCode;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: WireErrorCode, message: string, options: RefusalOptions = {}) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.status = options.status ?? WIRE_STATUS[code];
    this.headers = options.headers ?? {};
  }
}

/**
 * The Python client repeats what is answered with 408, 429, 500, 502, 503 and 504 for minutes. So only what can be
 * different the next time is one of these.
 */
const BY_CODE: Readonly<Partial<Record<SentopsError['code'], readonly [WireErrorCode, number?]>>> = {
  FLAG_INVALID: ['INVALID_PARAMETER_VALUE'],
  USAGE: ['INVALID_PARAMETER_VALUE'],
  NOT_FOUND: ['RESOURCE_DOES_NOT_EXIST'],
  CONFLICT: ['RESOURCE_ALREADY_EXISTS'],
  LOCKED: ['TEMPORARILY_UNAVAILABLE'],
  REMOTE_UNAVAILABLE: ['TEMPORARILY_UNAVAILABLE'],
  INTERRUPTED: ['TEMPORARILY_UNAVAILABLE'],
  TERMINATED: ['TEMPORARILY_UNAVAILABLE'],
  AUTH_FAILED: ['PERMISSION_DENIED'],
  PERMISSION_DENIED: ['PERMISSION_DENIED'],
  NOT_WRITABLE: ['PERMISSION_DENIED'],
  DISK_FULL: ['INTERNAL_ERROR', 507],
};

/** What the store threw, as an answer; undefined where nobody foresaw it. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (!(error instanceof SentopsError)) return undefined;
  const named = error.details['errorCode'];
  if (typeof named === 'string' && isWireErrorCode(named))
    return new Refusal(named, inWordsOfMlflow(error), {
      status: WIRE_STATUS[named] === 500 ? 400 : WIRE_STATUS[named],
    });
  const known = BY_CODE[error.code];
  if (known === undefined) return undefined;
  const [code, status] = known;
  return new Refusal(code, error.message, status === undefined ? {} : { status });
}

/** Clients tell a conflict from a wrong value by the words of MLflow, whose code is the same for both. */
function inWordsOfMlflow({ code, message, details }: SentopsError): string {
  if (code !== 'CONFLICT') return message;
  if ('key' in details) return `Changing param values is not allowed: ${message}`;
  return `${message}; it must be in the 'active' state`;
}

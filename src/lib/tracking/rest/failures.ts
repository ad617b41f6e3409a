import { SentopsError } from '../../core/errors.ts';
import { networkCode } from '../../core/network-code.ts';

/** A failure after which the same call may be made again, where the call allows it. */
export class Transient extends SentopsError {
  /** The server surely did nothing: even a call that must not be repeated may be. */
  readonly undone: boolean;
  /** What the server said of when; null where it said nothing. */
  readonly waitMs: number | null;
  /** Fewer tries than usual, where another one rarely helps. */
  readonly most: number;

  constructor(
    error: SentopsError,
    {
      undone = false,
      waitMs = null,
      most = Number.POSITIVE_INFINITY,
    }: Partial<Pick<Transient, 'undone' | 'waitMs' | 'most'>>,
  ) {
    const { hint, details, cause } = error;
    super(error.code, error.message, { hint, details, cause });
    this.undone = undone;
    this.waitMs = waitMs;
    this.most = most;
  }
}

const TLS = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|HOSTNAME_MISMATCH)/;

/** Why there was no answer, or only the beginning of one. `shown` is the address; `met` says that it answered before. */
export function connectionFailure(cause: unknown, shown: string, met: boolean): SentopsError {
  const code = networkCode(cause);
  const host = new URL(shown).host;
  const fail = (message: string, hint: string) =>
    new SentopsError('REMOTE_UNAVAILABLE', message, { hint, details: { uri: shown, cause: code }, cause });
  // Whoever had an answer before waits for a server that is being started again; who had none has the wrong address.
  const most = met ? Number.POSITIVE_INFINITY : 0;
  if (code === 'ECONNREFUSED')
    return new Transient(
      fail(
        `nothing listens at ${host}, where the MLflow server ${shown} should be`,
        'start the server or check mlflow.trackingUri',
      ),
      { undone: true, most },
    );
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new Transient(
      fail(
        `the host name of ${shown} is not known`,
        'check mlflow.trackingUri and the network: the name has no address',
      ),
      { undone: true, most: code === 'EAI_AGAIN' ? 2 : 0 },
    );
  if (TLS.test(code))
    return fail(`${shown}: the certificate is not accepted (${code}: ${textOf(cause)})`, tlsHint(code));
  if (code === 'EPROTO')
    return fail(
      `${shown} does not speak TLS as it should (${textOf(cause)})`,
      'try the address with http:// instead of https://',
    );
  if (code.startsWith('HPE_'))
    return fail(`what listens at ${host} does not speak HTTP (${textOf(cause)})`, 'try https:// and check the port');
  return new Transient(
    fail(
      `the connection to ${shown} broke (${code || textOf(cause)})`,
      'run the command again; look at the log of the server if it happens more than once',
    ),
    {},
  );
}

export function timeoutFailure(shown: string, what: string, ms: number): SentopsError {
  return new SentopsError('TIMEOUT', `${shown} did not answer ${what} for ${ms / 1000} s`, {
    hint: 'look at the load of the server; MLFLOW_HTTP_REQUEST_TIMEOUT sets another limit, in seconds',
    details: { uri: shown },
  });
}

function tlsHint(code: string): string {
  if (code === 'CERT_HAS_EXPIRED') return 'renew the certificate of the server';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'use a host name that the certificate was made for';
  return 'name the authority that signed it in MLFLOW_TRACKING_SERVER_CERT_PATH (MLFLOW_TRACKING_INSECURE_TLS=true trusts anyone)';
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? (cause.message.split('\n')[0]?.slice(0, 200) ?? '') : String(cause);
}

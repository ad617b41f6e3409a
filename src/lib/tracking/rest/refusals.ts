import type { IncomingHttpHeaders } from 'node:http';
import { type ErrorCode, SentopsError } from '../../core/errors.ts';
import { readRetryAfter } from '../../core/retry-after.ts';
import { tryJson } from '../../core/try-json.ts';
import { errorFromWire } from '../wire/error.ts';
import type { WireError } from '../wire/shapes.ts';
import type { Credentials } from './credentials.ts';
import { Transient } from './failures.ts';

/** An answer that was read whole. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Where it came from in the end, redirects followed. */
  readonly url: URL;
}

export interface Asked {
  /** The address of the server, for messages. */
  readonly shown: string;
  readonly url: URL;
  readonly credentials: Credentials | null;
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  BAD_REQUEST: 'FLAG_INVALID',
  INVALID_PARAMETER_VALUE: 'FLAG_INVALID',
  RESOURCE_ALREADY_EXISTS: 'CONFLICT',
  UNAUTHENTICATED: 'AUTH_FAILED',
  PERMISSION_DENIED: 'PERMISSION_DENIED',
  NOT_FOUND: 'NOT_FOUND',
  ENDPOINT_NOT_FOUND: 'NOT_FOUND',
  RESOURCE_DOES_NOT_EXIST: 'NOT_FOUND',
  ABORTED: 'CONFLICT',
  RESOURCE_CONFLICT: 'CONFLICT',
};

/** MLflow says of these INVALID_PARAMETER_VALUE as well; its words have been the same since 1.x. */
const IN_THE_WAY =
  /must be in the '?(active|deleted)'? (lifecycle_stage|state)|non-active experiment|changing param values is not allowed|param with key=.* was already logged/i;

/** MLflow calls every trouble with its database a bad request. These are not the fault of who asked. */
const DATABASE_BUSY = /QueuePool limit|database is locked|deadlock detected|lost connection/i;

const TRANSIENT = [408, 429, 500, 502, 503, 504];

export function isHtml({ headers, text }: Pick<Reply, 'headers' | 'text'>): boolean {
  return /\bhtml\b/i.test(headers['content-type'] ?? '') || /^\s*<(!doctype|html)/i.test(text);
}

/** What an answer other than 2xx means. */
export function refusalOf(reply: Reply, asked: Asked): SentopsError {
  const wire = errorFromWire(tryJson(reply.text));
  const details = {
    uri: asked.shown,
    path: asked.url.pathname,
    status: reply.status,
    ...(wire === null ? {} : { errorCode: wire.error_code }),
  };
  const error = wire === null ? explainStatus(reply, asked, details) : explainWire(wire, reply.status, asked, details);
  const isBusy = TRANSIENT.includes(reply.status) || DATABASE_BUSY.test(wire?.message ?? '');
  if (!isBusy || error.code !== 'REMOTE_UNAVAILABLE') return error;
  // A fault of the server is rarely gone a second later, least of all one that it names; what a proxy says often is.
  const most = reply.status !== 500 ? Number.POSITIVE_INFINITY : wire === null ? 2 : 1;
  return new Transient(error, {
    undone: reply.status === 429,
    waitMs: readRetryAfter(reply.headers['retry-after']),
    most,
  });
}

type Details = Readonly<Record<string, unknown>>;

function explainWire(wire: WireError, status: number, { shown, credentials }: Asked, details: Details): SentopsError {
  const message = firstLine(wire.message) || wire.error_code;
  const code = codeOf(wire.error_code, message);
  const text = `${shown}: ${message}`;
  if (code === 'REMOTE_UNAVAILABLE')
    return new SentopsError(code, `${text} (${wire.error_code}, HTTP ${status})`, {
      hint: 'look at the log of the MLflow server, and run the command again',
      details,
    });
  if (code === 'AUTH_FAILED') return new SentopsError(code, text, { hint: signInHint(credentials, ''), details });
  return new SentopsError(code, text, { details });
}

function codeOf(errorCode: string, message: string): ErrorCode {
  if (IN_THE_WAY.test(message)) return 'CONFLICT';
  return DATABASE_BUSY.test(message) ? 'REMOTE_UNAVAILABLE' : (CODES[errorCode] ?? 'REMOTE_UNAVAILABLE');
}

function explainStatus(reply: Reply, asked: Asked, details: Details): SentopsError {
  const { status, text, headers } = reply;
  const { shown, url, credentials } = asked;
  if (/invalid host header/i.test(text))
    return new SentopsError(
      'PERMISSION_DENIED',
      `the MLflow server refuses to be called by the name ${url.host} (HTTP ${status}: Invalid Host header)`,
      {
        hint: `start it with --allowed-hosts ${url.host} (or MLFLOW_SERVER_ALLOWED_HOSTS=${url.host}), the port included`,
        details,
      },
    );
  if (status === 401 || status === 407)
    return new SentopsError(
      'AUTH_FAILED',
      credentials === null
        ? `${shown} wants to know who asks (HTTP ${status})`
        : `${shown} refused ${credentials.who} (HTTP ${status})`,
      { hint: signInHint(credentials, headers['www-authenticate'] ?? ''), details },
    );
  if (status === 403)
    return new SentopsError(
      'PERMISSION_DENIED',
      `${shown}${url.pathname}: ${plain(reply) || 'permission denied'} (HTTP 403)`,
      {
        hint: 'ask whoever runs the server for the permission on this experiment or model',
        details,
      },
    );
  if (status === 404 || status === 405 || status === 501)
    return new SentopsError('REMOTE_UNAVAILABLE', `${shown} has no ${url.pathname} (HTTP ${status})`, {
      hint: 'is that an MLflow server, and does its address need a path, such as https://host/mlflow?',
      details,
    });
  if (status === 413)
    return new SentopsError('FLAG_INVALID', `${shown}${url.pathname}: too large for the server (HTTP 413)`, {
      hint: 'the server, or a proxy before it, limits what it takes at once (nginx: client_max_body_size)',
      details,
    });
  if (status >= 400 && status < 500 && !TRANSIENT.includes(status))
    return new SentopsError(
      'FLAG_INVALID',
      `${shown}${url.pathname}: ${detailOf(text) ?? (plain(reply) || 'refused')} (HTTP ${status})`,
      { details },
    );
  return new SentopsError('REMOTE_UNAVAILABLE', `${shown} answered HTTP ${status}${withColon(plain(reply))}`, {
    hint: 'run the command again in a moment; look at the log of the server if it stays so',
    details,
  });
}

/** A page where JSON was asked for: a sign-in page, or no MLflow server at all. */
export function pageFailure(reply: Reply, asked: Asked): SentopsError {
  const elsewhere = reply.url.host !== asked.url.host;
  const signIn =
    elsewhere ||
    /type=["']?password|sign[ -]?in|log[ -]?in|oauth|\bsso\b/i.test(
      `${reply.url.pathname} ${reply.text.slice(0, 20_000)}`,
    );
  const details = { uri: asked.shown, path: asked.url.pathname, status: reply.status, from: reply.url.origin };
  if (signIn) return signInFailure(reply.url, asked, details);
  return new SentopsError('REMOTE_UNAVAILABLE', `${asked.shown} answers with a web page: that is no MLflow server`, {
    hint: 'check the host, the port and the path in mlflow.trackingUri',
    details,
  });
}

export function signInFailure(to: URL, { shown, credentials }: Asked, details: Details): SentopsError {
  return new SentopsError(
    'AUTH_FAILED',
    `${shown} sends to a page where a person signs in (${to.origin}${to.pathname})`,
    {
      hint: signInHint(credentials, ''),
      details,
    },
  );
}

function signInHint(credentials: Credentials | null, scheme: string): string {
  if (credentials?.kind === 'Bearer' && /^basic/i.test(scheme))
    return 'this server takes a user and a password, no token: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD';
  if (credentials !== null) return 'check the user, the password or the token; one that expired has to be made anew';
  return 'set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, or mlflow.auth in the project file';
}

/** The error of the artifact endpoints: `{"detail": "…"}`. */
function detailOf(text: string): string | undefined {
  const json = tryJson(text);
  if (typeof json !== 'object' || json === null || !('detail' in json)) return undefined;
  return typeof json.detail === 'string' ? firstLine(json.detail) : firstLine(JSON.stringify(json.detail));
}

/** The text of a refusal that is no page. MLflow sends single words as HTML. */
function plain({ text }: Reply): string {
  return /^\s*</.test(text) ? '' : firstLine(text);
}

function withColon(text: string): string {
  return text === '' ? '' : `: ${text}`;
}

/** The message alone: what follows may be a statement of SQL with all its values. */
function firstLine(text: string): string {
  const line = text.trim().split('\n')[0] ?? '';
  return line.length > 400 ? `${line.slice(0, 400)}…` : line;
}

import { SentopsError } from '../../core/errors.ts';
import { tryJson } from '../../core/try-json.ts';
import { VERSION } from '../../core/version.ts';
import type { Credentials } from './credentials.ts';
import type { Http, HttpAnswer, HttpRequest } from './http.ts';
import { type Asked, isHtml, pageFailure, type Reply, refusalOf, signInFailure } from './refusals.ts';
import { type Again, type RetrySettings, withRetries } from './retry.ts';

export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** The REST API of one server: JSON in, JSON out, every failure explained. */
export interface Api {
  /** The address, without credentials. */
  readonly shown: string;
  /** `path` below /api/2.0/mlflow/. */
  get(path: string, query?: Query): Promise<unknown>;
  /** Calls that change something. Whether they may be repeated has to be thought about each time. */
  send(method: 'POST' | 'PATCH' | 'DELETE', path: string, body: object, again: Again<unknown>): Promise<unknown>;
  /** Any path below the address, for bodies that are not JSON. The body of an answer that is no error is not read. */
  raw(request: RawRequest): Promise<RawAnswer>;
  /** As `raw`, for what is answered with nothing to read: a page in its place is a failure. */
  rawDone(request: RawRequest): Promise<void>;
  /** As `raw`, read as JSON. */
  rawJson(path: string): Promise<unknown>;
  /** What a broken body means. */
  explain(error: unknown): Error;
}

export interface RawRequest {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  /** From the address on, percent-encoded, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: NonNullable<HttpRequest['body']>;
  readonly again: 'always' | 'never';
}

export interface RawAnswer extends HttpAnswer {
  readonly url: URL;
}

export interface ApiSettings extends RetrySettings {
  readonly http: Http;
  readonly base: URL;
  readonly shown: string;
  readonly credentials: Credentials | null;
}

const REDIRECTS = [301, 302, 303, 307, 308];
const MOST_REDIRECTS = 5;

export function createApi(settings: ApiSettings): Api {
  const { base, shown } = settings;
  const root = shown.replace(/\/+$/, '');
  const json = (request: Sent, again: Again<unknown>) =>
    withRetries(() => exchangeJson(request, settings), again, settings);
  const rest = (path: string) => new URL(`${root}/api/2.0/mlflow/${path}`);
  return {
    shown,
    get: (path, query = {}) => json({ method: 'GET', url: withQuery(rest(path), query), headers: {} }, 'always'),
    send(method, path, body, again) {
      const headers = { 'content-type': 'application/json' };
      const connection = again === 'always' ? {} : ({ connection: 'new' } as const);
      return json({ method, url: rest(path), headers, body: JSON.stringify(body), ...connection }, again);
    },
    raw: request => withRetries(() => exchange(sentRaw(root, request), settings), request.again, settings),
    rawDone(request) {
      const sent = sentRaw(root, request);
      return withRetries(() => exchangeNothing(sent, settings), request.again, settings);
    },
    rawJson: path => json({ method: 'GET', url: new URL(`${root}${path}`), headers: {} }, 'always'),
    explain: error => settings.http.explain(error, base),
  };
}

function withQuery(url: URL, query: Query): URL {
  for (const [name, value] of Object.entries(query))
    if (value !== undefined)
      for (const one of typeof value === 'object' ? value : [value]) url.searchParams.append(name, String(one));
  return url;
}

type Sent = HttpRequest;

function sentRaw(root: string, { method, path, headers = {}, body }: RawRequest): Sent {
  return {
    method,
    headers,
    url: new URL(`${root}${path}`),
    connection: 'stream',
    ...(body === undefined ? {} : { body }),
  };
}

/** A proxy that wants a person to sign in says so with 200 and a page; MLflow calls its empty answers HTML as well. */
async function exchangeNothing(request: Sent, settings: ApiSettings): Promise<void> {
  const reply = await readReply(await exchange(request, settings), settings.http);
  if (reply.text.trimStart().startsWith('<')) throw pageFailure(reply, askedBy(request, settings));
}

async function exchangeJson(request: Sent, settings: ApiSettings): Promise<unknown> {
  const answer = await exchange(request, settings);
  const reply = await readReply(answer, settings.http);
  if (isHtml(reply)) throw pageFailure(reply, askedBy(request, settings));
  const body = reply.text.trim() === '' ? {} : tryJson(reply.text);
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw new SentopsError(
    'REMOTE_UNAVAILABLE',
    `${settings.shown} answered ${request.url.pathname} with what is no JSON object: ${JSON.stringify(reply.text.slice(0, 80))}`,
    { hint: 'check mlflow.trackingUri: an MLflow server does not answer so', details: { uri: settings.shown } },
  );
}

/** An answer that is no error, with its body still to be read; redirects followed as far as that is safe. */
async function exchange(request: Sent, settings: ApiSettings): Promise<RawAnswer> {
  const asked = askedBy(request, settings);
  let url = request.url;
  for (let hops = 0; ; hops++) {
    const answer = await settings.http.send({ ...request, url, headers: headersFor(request, url, settings) });
    const { status, headers } = answer;
    if (status >= 200 && status < 300) return { ...answer, url };
    const to = REDIRECTS.includes(status) && headers.location ? URL.parse(headers.location, url.href) : null;
    if (to === null) {
      const reply = await readReply({ ...answer, url }, settings.http);
      // A sign-in service in another place may refuse us as well; that is not what the server itself said.
      throw hops > 0 && isHtml(reply) ? pageFailure(reply, asked) : refusalOf(reply, asked);
    }
    answer.body.resume();
    refuseRedirect(request, to, asked, hops, status);
    url = to;
  }
}

function refuseRedirect(request: Sent, to: URL, asked: Asked, hops: number, status: number): void {
  const details = { uri: asked.shown, status, location: `${to.origin}${to.pathname}` };
  if (!/^https?:$/.test(to.protocol) || hops >= MOST_REDIRECTS)
    throw new SentopsError('REMOTE_UNAVAILABLE', `${asked.shown} leads in circles (to ${to.origin}${to.pathname})`, {
      hint: 'check mlflow.trackingUri',
      details,
    });
  if (request.method === 'GET') return;
  if (/log-?in|sign-?in|oauth|\bsso\b|\/auth/i.test(to.href)) throw signInFailure(to, asked, details);
  const whole = (status === 307 || status === 308) && trusts(asked.url, to);
  if (whole && (request.body === undefined || typeof request.body === 'string')) return;
  // Sent again as a GET, or to whoever else, it would be lost or read by somebody it is not meant for.
  throw new SentopsError('REMOTE_UNAVAILABLE', `${asked.shown} has moved to ${to.origin}`, {
    hint: `set mlflow.trackingUri to the new address: what is to be stored is not sent after a redirect`,
    details,
  });
}

/** Credentials are for the host that was named, and never go from an encrypted connection to an open one. */
function headersFor({ headers, url: first }: Sent, url: URL, { credentials }: ApiSettings): Record<string, string> {
  const own = { accept: 'application/json, */*', 'user-agent': `sentops/${VERSION}`, ...headers };
  return credentials !== null && trusts(first, url) ? { ...own, authorization: credentials.header } : own;
}

function trusts(first: URL, to: URL): boolean {
  if (first.origin === to.origin) return true;
  const ports = [first.port, to.port];
  return first.hostname === to.hostname && to.protocol === 'https:' && ports.every(port => port === '');
}

function askedBy({ url }: Sent, { shown, credentials }: ApiSettings): Asked {
  return { shown, url, credentials };
}

/** Somewhat less than the longest text that there can be. */
const MOST_BYTES = 500 * 1024 * 1024;
/** An error says what it says at its beginning. */
const MOST_ERROR_BYTES = 1024 * 1024;

async function readReply({ status, headers, body, url }: RawAnswer, http: Http): Promise<Reply> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) throw new SentopsError('DATA_INVALID', `the answer of ${url.pathname} does not end`);
      chunks.push(chunk);
      if (status >= 300 && bytes > MOST_ERROR_BYTES) break;
    }
  } catch (error) {
    throw http.explain(error, url);
  }
  return { status, headers, text: Buffer.concat(chunks).toString('utf8'), url };
}

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { SentopsError } from '../../core/errors.ts';
import type { Report } from '../../core/report.ts';
import type { Credentials } from '../../gcp/credentials.ts';
import type { Endpoint } from './endpoint.ts';
import { createExchanger, type Exchanger, type GsBody, wasReused } from './exchange.ts';
import { connectionFailure, Transient } from './failures.ts';
import { refusalOf } from './refusals.ts';
import { parseJson, readAll } from './reply.ts';
import { headersFor, pathFor } from './request-head.ts';

/**
 * Whether a request may be sent again. `always` where twice is as good as once: reads, and writes with a precondition,
 * which then meets what the first one made (see `attempt`). `undone` only where it surely was not carried out. `never`
 * where the body can be read once only.
 */
type Again = 'always' | 'undone' | 'never';

export interface GsRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  /** Below the endpoint and percent-encoded: `/storage/v1/b/…`; or an address that the server gave: `https://…`. */
  readonly path: string;
  /** Not for addresses that the server gave. What is undefined is left out. */
  readonly query?: GsQuery;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: GsBody;
  readonly again: Again;
  readonly signal: AbortSignal;
  /** Statuses that are answers, beside 200 to 299. Every other one is thrown as an error, after retries. */
  readonly expect?: readonly number[];
  /** What it is about, for messages: `gs://bucket/name`. */
  readonly about: string;
}

type GsQuery = Readonly<Record<string, string | number | boolean | undefined>>;

interface GsAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** 0 for the first attempt: after a later one, a failed precondition may be the work of an earlier one. */
  readonly attempt: number;
}

/** An answer that was read to its end. */
export interface GsReply extends GsAnswer {
  readonly body: Buffer;
  json(): unknown;
}

/** An answer whose body is still to be read, or to be destroyed. What breaks it is told by `explain`. */
export interface GsStream extends GsAnswer {
  readonly body: IncomingMessage;
}

/** The JSON API of Cloud Storage: credentials, retries with back-off, refusals as our errors. */
export interface GsClient {
  /** For messages. */
  readonly endpoint: string;
  /** Sends, reads the whole answer, and does both again where that may help. */
  request(wanted: GsRequest): Promise<GsReply>;
  /** As `request`, up to the head of the answer. */
  open(wanted: GsRequest): Promise<GsStream>;
  /** What a broken body means; a Transient where asking for the rest may help. */
  explain(error: unknown): Error;
  /** Waits as long as the attempt asks for, and says so; throws what failed once it is not to be tried again. */
  pause(error: unknown, attempt: number, signal: AbortSignal): Promise<void>;
  close(): void;
}

export interface ClientSettings {
  readonly endpoint: Endpoint;
  readonly credentials: Credentials | null;
  /** Who pays for requests to buckets whose readers pay. */
  readonly userProject?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly report: Report;
  readonly retries?: number;
  /** Before the first retry; twice as long before each further one. */
  readonly retryDelayMs?: number;
  readonly silenceMs?: number;
}

const RETRIES = 6;
const RETRY_DELAY_MS = 500;
const LONGEST_DELAY_MS = 32_000;
const SILENCE_MS = 60_000;
/** Lists of a thousand objects have about a megabyte; nothing that is read whole by this way is near this. */
const LONGEST_REPLY = 256 * 1024 * 1024;
/** An error says what it says at its beginning. */
const LONGEST_REFUSAL = 1024 * 1024;

export function createClient(settings: ClientSettings): GsClient {
  const { endpoint, env } = settings;
  const link: Link = { ...settings, exchanger: createExchanger(endpoint, env) };
  return {
    endpoint: endpoint.origin,
    request: wanted =>
      withRetries(link, wanted, async (answer, attempt) => {
        const body = await readAll(answer, LONGEST_REPLY, wanted.method);
        const { statusCode: status = 0, headers } = answer;
        return { status, headers, attempt, body, json: () => parseJson(body, wanted.about, endpoint) };
      }),
    open: wanted =>
      withRetries(link, wanted, (body, attempt) => ({
        status: body.statusCode ?? 0,
        headers: body.headers,
        attempt,
        body,
      })),
    explain: error => explain(error, link),
    pause: (error, attempt, signal) => pause(error, attempt, signal, link),
    close: () => link.exchanger.close(),
  };
}

interface Link extends ClientSettings {
  readonly exchanger: Exchanger;
}

function explain(error: unknown, { endpoint }: Link): Error {
  return connectionFailure(error, endpoint.origin, endpoint.foreign);
}

type Finish<Answer> = (answer: IncomingMessage, attempt: number) => Answer | Promise<Answer>;

async function withRetries<Answer>(link: Link, wanted: GsRequest, finish: Finish<Answer>): Promise<Answer> {
  const { again, signal, about } = wanted;
  let isRenewed = false;
  let isFresh = false;
  let failures = 0;
  for (let attempt = 0; ; attempt++) {
    try {
      return await finish(await attemptOnce(link, wanted, isRenewed), attempt);
    } catch (thrown) {
      signal.throwIfAborted();
      if (thrown instanceof Renewed) {
        if (again === 'never') throw tokenEnded(about);
        isRenewed = true;
        continue;
      }
      const error = explain(thrown, link);
      if (!(error instanceof Transient)) throw error;
      if (again === 'never' || (again === 'undone' && !error.undone)) throw error.failure;
      // That the server had closed a kept connection is no failure; the next one is new.
      if (!isFresh && wasReused(thrown)) isFresh = true;
      else await pause(error, failures++, signal, link);
    }
  }
}

async function attemptOnce(link: Link, wanted: GsRequest, isRenewed: boolean): Promise<IncomingMessage> {
  const { credentials, exchanger, silenceMs = SILENCE_MS } = link;
  const { method, signal, body, about } = wanted;
  const { token, headers } = await headersFor(wanted, credentials);
  const path = pathFor(wanted, link);
  const answer = await exchanger.send({
    method,
    path,
    headers,
    ...(body === undefined ? {} : { body }),
    signal,
    silenceMs,
  });
  const status = answer.statusCode ?? 0;
  if ((status >= 200 && status < 300) || wanted.expect?.includes(status)) return answer;
  const said = await readAll(answer, LONGEST_REFUSAL, method).catch(() => Buffer.alloc(0));
  if (status === 401 && !isRenewed && token !== null && credentials?.renew(token)) throw new Renewed();
  throw refusalOf(status, answer.headers, said, { about, who: token === null ? null : (credentials?.who ?? null) });
}

async function pause(error: unknown, attempt: number, signal: AbortSignal, link: Link): Promise<void> {
  const { retries = RETRIES, retryDelayMs = RETRY_DELAY_MS, report } = link;
  if (!(error instanceof Transient)) throw error;
  if (attempt >= Math.min(retries, error.most)) throw error.failure;
  // Several clients that failed together must not come back together.
  const backOff = Math.min(retryDelayMs * 2 ** attempt, LONGEST_DELAY_MS) * (0.75 + Math.random() / 2);
  const wait = Math.max(error.waitMs ?? 0, backOff);
  report({
    type: 'note',
    level: attempt === 0 ? 'debug' : 'warn',
    message: `${error.message}; trying again${wait < 1000 ? '' : ` in ${Math.round(wait / 1000)} s`}`,
  });
  await sleep(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
}

/** The token was refused and there is a new one. */
class Renewed extends Error {}

function tokenEnded(about: string): SentopsError {
  return new SentopsError('AUTH_FAILED', `${about} was not reached: the access token had just ended`, {
    hint: 'run the command again',
  });
}

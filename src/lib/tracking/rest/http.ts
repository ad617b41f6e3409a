import http from 'node:http';
import { addAbortSignal, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SentopsError } from '../../core/errors.ts';
import type { ExtensionContext } from '../../extend/contract.ts';
import type { Address } from './address.ts';
import { connectionFailure, timeoutFailure } from './failures.ts';
import type { Tls } from './tls.ts';

/*
 * node:http and not fetch: the first request costs 14 ms of start-up against 60 ms (fetch loads undici), the TLS
 * variables of MLflow's client need options that fetch does not have, and no redirect is followed behind our back.
 */

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | { readonly chunks: AsyncIterable<Uint8Array>; readonly bytes: number };
  /**
   * `new`: an old one may just be closing, and then nobody knows whether the call came through. `stream`: it may be held
   * for long, and must not keep a call away that its reader waits for.
   */
  readonly connection?: 'new' | 'stream';
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: http.IncomingMessage;
}

export interface Http {
  /** Throws a SentopsError, Transient where trying again may help; the reason of the signal once that is aborted. */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** The same error for what breaks while a body is read. */
  explain(error: unknown, url: URL): Error;
  close(): void;
}

export interface HttpSettings {
  readonly address: Address;
  readonly tls: Tls;
  readonly timeoutMs: number;
  readonly context: Pick<ExtensionContext, 'signal' | 'env'>;
}

/** Shorter than the five seconds after which uvicorn closes a connection that nobody uses. */
const IDLE_MS = 4000;

/**
 * At once, on new connections and on kept ones. MLflow's server has 15 connections to its database; with 16 runs created at
 * once it was seen to wait for itself for 30 seconds, and to fail.
 */
const MOST_CALLS = 5;

export function createHttp({ address, tls, timeoutMs, context }: HttpSettings): Http {
  const { signal } = context;
  const agents = createAgents(address, tls, context.env);
  let met = false;
  const explain = (error: unknown, url: URL): Error => {
    if (signal.aborted) return asError(signal.reason);
    if (error instanceof SourceFailure) return asError(error.cause);
    if (error instanceof SentopsError) return error;
    // A redirect may have led elsewhere.
    const shown = url.origin === address.base.origin ? address.shown : url.origin;
    if (error instanceof Late) return timeoutFailure(shown, url.pathname, timeoutMs);
    return connectionFailure(error, shown, met);
  };
  const open = (wanted: HttpRequest) =>
    new Promise<HttpAnswer>((resolve, reject) => {
      const { method, url, headers, body, connection = 'kept' } = wanted;
      // A redirect may lead from http to https and back; the agents are for one of them.
      const agent = url.protocol === address.base.protocol ? agents[connection] : undefined;
      const outgoing = moduleOf(url).request(url, {
        method,
        headers: { ...headers, ...lengthOf(body) },
        agent,
        timeout: timeoutMs,
        signal,
      });
      let answer: http.IncomingMessage | undefined;
      outgoing.on('timeout', () => (answer ?? outgoing).destroy(new Late()));
      outgoing.on('error', reject);
      outgoing.on('response', incoming => {
        met = true;
        answer = addAbortSignal(signal, incoming);
        // Whoever reads the body hears of it; without a listener it would end the process.
        incoming.on('error', () => {});
        const got = { status: incoming.statusCode ?? 0, headers: incoming.headers, body: incoming };
        // Whoever says that it is done before everything has come did not listen. A refusal may come early.
        if (got.status < 300) sent.then(() => resolve(got), reject);
        else {
          incoming.once('end', () => outgoing.writableFinished || outgoing.destroy());
          resolve(got);
        }
      });
      const sent = sendBody(body, outgoing);
      sent.catch(reject);
    });
  return {
    explain,
    async send(wanted) {
      signal.throwIfAborted();
      try {
        return await open(wanted);
      } catch (error) {
        throw explain(error, wanted.url);
      }
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

async function sendBody(body: HttpRequest['body'], outgoing: http.ClientRequest): Promise<void> {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) outgoing.end(body);
  else await pipeline(Readable.from(feed(body.chunks), { objectMode: false }), outgoing);
}

function createAgents({ base }: Address, tls: Tls, env: ExtensionContext['env']) {
  const { Agent } = moduleOf(base);
  const isProxied = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'].some(name => env[name]);
  const make = (options: http.AgentOptions) =>
    new Agent({
      timeout: IDLE_MS,
      ...(isProxied ? { proxyEnv: { ...env } } : {}),
      ...(base.protocol === 'https:' ? tls : {}),
      ...options,
    } as http.AgentOptions);
  return {
    kept: make({ keepAlive: true, maxSockets: MOST_CALLS }),
    new: make({ keepAlive: false, maxSockets: MOST_CALLS }),
    stream: make({ keepAlive: true }),
  };
}

/** TLS is loaded for an address that needs it: it costs another 10 ms. */
function moduleOf({ protocol }: URL): Pick<typeof http, 'request' | 'Agent'> {
  return protocol === 'https:' ? process.getBuiltinModule('node:https') : http;
}

/** What feeds a body may fail, too: that is no failure of the connection. */
class SourceFailure extends Error {}

async function* feed(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (cause) {
    throw new SourceFailure('the source of the body failed', { cause });
  }
}

/** Nothing moved on the connection for the whole time limit. */
class Late extends Error {}

function lengthOf(body: HttpRequest['body']): Readonly<Record<string, string>> {
  if (body === undefined) return {};
  if (typeof body === 'string') return { 'content-length': String(Buffer.byteLength(body)) };
  return { 'content-length': String(body instanceof Uint8Array ? body.length : body.bytes) };
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

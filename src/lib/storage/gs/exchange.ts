import http from 'node:http';
import type { OnReadOpts, Socket } from 'node:net';
import { SentopsError } from '../../core/errors.ts';
import { type Endpoint, isLoopback } from './endpoint.ts';
import { Silence, SourceFailure } from './failures.ts';

/*
 * node:http and not fetch: a body that is streamed through fetch was seen to be held whole in memory, and every small
 * request costs about twice the time.
 */

/** Bytes to send. A list goes out as one body: what stands around a content need not be copied together with it. */
export type GsBody = string | Uint8Array | readonly Uint8Array[] | StreamBody;

interface StreamBody {
  /** Null where it is not known: sent in pieces that each tell their length. */
  readonly bytes: number | null;
  /** Called once for each attempt. */
  open(): AsyncIterable<Uint8Array>;
  /** Told of each chunk that is not read any more. */
  readonly release?: ((chunk: Uint8Array) => void) | undefined;
}

interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: GsBody;
  readonly signal: AbortSignal;
  readonly silenceMs: number;
}

export interface Exchanger {
  /** The answer with its body still to be read. */
  send(wanted: Exchange): Promise<http.IncomingMessage>;
  close(): void;
}

const PROXIES = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'];
/** Shorter than most servers keep a connection that nobody uses. */
const IDLE_MS = 15_000;

export function createExchanger(endpoint: Endpoint, env: Readonly<Record<string, string | undefined>>): Exchanger {
  // TLS is loaded for an address that needs it: it costs another 10 ms.
  const transport: Pick<typeof http, 'request' | 'Agent'> = endpoint.secure
    ? process.getBuiltinModule('node:https')
    : http;
  // An emulator on this machine is not behind a proxy, whatever NO_PROXY forgets.
  const isProxied = !isLoopback(endpoint.hostname) && PROXIES.some(name => env[name]);
  const agent = new transport.Agent({
    keepAlive: true,
    timeout: IDLE_MS,
    ...(isProxied ? { proxyEnv: { ...env } } : {}),
  } as http.AgentOptions);
  // What a proxy answers first is read in another way.
  if (!isProxied) receiveInto(agent);
  const { hostname, port } = endpoint;
  return {
    send: wanted =>
      new Promise((resolve, reject) => {
        const { method, path, headers, body, signal, silenceMs } = wanted;
        if (signal.aborted) return reject(signal.reason);
        const outgoing = transport.request({
          hostname,
          port,
          path,
          method,
          headers: { ...headers, ...lengthOf(body, method) },
          agent,
          timeout: silenceMs,
        });
        let answer: http.IncomingMessage | undefined;
        const stop = () => (answer ?? outgoing).destroy(asError(signal.reason));
        signal.addEventListener('abort', stop, { once: true });
        outgoing.once('close', () => signal.removeEventListener('abort', stop));
        outgoing.on('timeout', () => (answer ?? outgoing).destroy(new Silence(`nothing for ${silenceMs / 1000} s`)));
        outgoing.on('error', error => reject(signal.aborted ? signal.reason : markReused(error, outgoing)));
        const sent = sendBody(body, outgoing, () => answer !== undefined);
        outgoing.on('response', incoming => {
          answer = incoming;
          // Whoever reads the body hears of it; without a listener it would end the process.
          incoming.on('error', () => {});
          // Whoever says that it is done before everything has come did not listen. A refusal may come early.
          if ((incoming.statusCode ?? 0) < 300) sent.then(() => resolve(incoming), reject);
          else {
            incoming.once('end', () => outgoing.writableFinished || outgoing.destroy());
            resolve(incoming);
          }
        });
        sent.catch((error: unknown) => {
          outgoing.destroy();
          reject(error);
        });
      }),
    close: () => agent.destroy(),
  };
}

const RECEIVED_BYTES = 256 * 1024;

/**
 * Each connection receives into memory of its own in place of new memory for every 64 KiB: the parser of node:http copies
 * what it hands on.
 */
function receiveInto(agent: http.Agent): void {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const onread: OnReadOpts = {
      buffer: Buffer.allocUnsafeSlow(RECEIVED_BYTES),
      callback(this: Socket, bytes, memory) {
        this.emit('data', memory.subarray(0, bytes));
        return true;
      },
    };
    return connect({ ...options, onread } as typeof options, callback);
  };
}

/** The server closed a kept connection while the request was on its way: the next connection is a new one. */
export function wasReused(error: unknown): boolean {
  return typeof error === 'object' && error !== null && reused.has(error);
}

const reused = new WeakSet<object>();

function markReused(error: Error, { reusedSocket }: http.ClientRequest): Error {
  if (reusedSocket) reused.add(error);
  return error;
}

async function sendBody(
  body: GsBody | undefined,
  outgoing: http.ClientRequest,
  isAnswered: () => boolean,
): Promise<void> {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) outgoing.end(body);
  else if (isStream(body)) await pour(body, outgoing, isAnswered);
  else {
    for (const part of body) outgoing.write(part);
    outgoing.end();
  }
}

async function pour(body: StreamBody, outgoing: http.ClientRequest, isAnswered: () => boolean): Promise<void> {
  let bytes = 0;
  for await (const chunk of feed(body)) {
    // Refused or broken: whoever waits hears of it from the answer or the error.
    if (outgoing.destroyed || isAnswered()) return;
    bytes += chunk.length;
    // Sent or not: whatever comes next is read from the source again.
    const hasRoom = outgoing.write(chunk, () => body.release?.(chunk));
    if (!hasRoom) await drained(outgoing);
  }
  if (body.bytes !== null && bytes !== body.bytes)
    throw new SourceFailure('the length has changed', {
      cause: new SentopsError('DATA_INVALID', `${bytes} bytes came to be sent instead of ${body.bytes}`, {
        hint: 'does somebody write to it? Run the command again when that is done',
      }),
    });
  outgoing.end();
}

async function* feed(body: StreamBody): AsyncGenerator<Uint8Array> {
  try {
    yield* body.open();
  } catch (cause) {
    throw new SourceFailure('the source of the body failed', { cause });
  }
}

function drained(outgoing: http.ClientRequest): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      outgoing.off('drain', done);
      outgoing.off('close', done);
      outgoing.off('response', done);
      resolve();
    };
    outgoing.on('drain', done);
    outgoing.on('close', done);
    outgoing.on('response', done);
  });
}

function lengthOf(body: GsBody | undefined, method: string): Readonly<Record<string, string>> {
  if (body === undefined) return method === 'GET' || method === 'HEAD' ? {} : { 'content-length': '0' };
  if (typeof body === 'string') return { 'content-length': String(Buffer.byteLength(body)) };
  if (body instanceof Uint8Array) return { 'content-length': String(body.length) };
  if (isStream(body)) return body.bytes === null ? {} : { 'content-length': String(body.bytes) };
  return { 'content-length': String(body.reduce((sum, part) => sum + part.length, 0)) };
}

function isStream(body: GsBody): body is StreamBody {
  return typeof body === 'object' && 'open' in body;
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

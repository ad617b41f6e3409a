import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import type { ExtensionContext } from '../../../../src/lib/extend/contract.ts';
import createRest from '../../../../src/lib/tracking/rest/tracker.ts';
import type { Tracker } from '../../../../src/lib/tracking/types.ts';
import { createTestContext } from '../../../helpers/extension-context.ts';

/** A request as it came in, its body read. */
export interface Came {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  /** The body as JSON; empty where there is none. */
  readonly json: Readonly<Record<string, unknown>>;
}

export type Answerer = (came: Came, response: http.ServerResponse, index: number) => unknown;

export interface StandIn {
  readonly uri: string;
  readonly port: number;
  readonly requests: readonly Came[];
  close(): Promise<void>;
}

/** A server that answers as it is told: what the answerer returns is sent as JSON, unless it answers by itself. */
export async function standIn(answer: Answerer): Promise<StandIn> {
  const requests: Came[] = [];
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const url = new URL(request.url ?? '/', 'http://localhost');
    const body = Buffer.concat(chunks);
    const isJson = /json/.test(request.headers['content-type'] ?? '');
    const json = isJson ? (JSON.parse(body.toString()) as Came['json']) : {};
    const { method = '', headers } = request;
    const came: Came = { method, path: url.pathname, query: url.searchParams, headers, body, json };
    requests.push(came);
    const value = await answer(came, response, requests.length - 1);
    if (value !== undefined && !response.writableEnded) sendJson(response, 200, value);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    uri: `http://127.0.0.1:${port}`,
    port,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export function sendJson(response: http.ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

export function sendError(response: http.ServerResponse, status: number, code: string, message: string): void {
  sendJson(response, status, { error_code: code, message });
}

export function sendText(response: http.ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type }).end(text);
}

interface Opening {
  readonly env?: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, string>>;
  readonly context?: Partial<ExtensionContext>;
}

/** Without waiting between tries, and without the credentials of whoever runs the tests. */
export async function openRest(uri: string, { env = {}, options = {}, context = {} }: Opening = {}): Promise<Tracker> {
  const calm = { HOME: '/nonexistent', MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR: '0', ...env };
  return await createRest({ uri, mode: 'write', ...options }, createTestContext({ ...context, env: calm }));
}

/** A stand-in and a tracker on it, for as long as the work takes. */
export async function withRest<T>(
  answer: Answerer,
  work: (tracker: Tracker, server: StandIn) => Promise<T>,
  opening: Opening = {},
): Promise<T> {
  const server = await standIn(answer);
  const tracker = await openRest(server.uri, opening);
  try {
    return await work(tracker, server);
  } finally {
    await tracker.close();
    await server.close();
  }
}

/** The SentopsError that the work ends with. */
export async function errorOf(work: Promise<unknown>): Promise<SentopsError> {
  const outcome = await work.then(
    value => new Error(`no error but ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (outcome instanceof SentopsError) return outcome;
  throw outcome;
}

export const API = '/api/2.0/mlflow/';

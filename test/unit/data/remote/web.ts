import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import type { ReportEvent } from '../../../../src/lib/core/report.ts';
import { createFetcher } from '../../../../src/lib/data/remote/fetch/create-fetcher.ts';
import type { Fetcher } from '../../../../src/lib/data/remote/fetch/types.ts';
import type { ExtensionOptions } from '../../../../src/lib/extend/contract.ts';
import { createTestContext, type TestContext } from '../../../helpers/extension-context.ts';

interface Got {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface Web {
  readonly url: string;
  readonly got: readonly Got[];
}

type Answer = (got: Got, response: http.ServerResponse, index: number) => unknown;

const open: http.Server[] = [];

afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server for one test; what the function does not answer is answered with 404. */
export async function serve(answer: Answer): Promise<Web> {
  const got: Got[] = [];
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
    got.push(one);
    await answer(one, response, got.length - 1);
  });
  open.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, got };
}

export interface World {
  readonly context: TestContext;
  readonly fetcher: Fetcher;
  readonly notes: string[];
}

export const HASTY: ExtensionOptions = { retries: 3, delayMs: 1, silenceMs: 20_000 };

/** A fetcher that does not wait, and what it tells. */
export function createWorld(env: Readonly<Record<string, string>> = {}, options: ExtensionOptions = {}): World {
  const notes: string[] = [];
  const report = (event: ReportEvent) => {
    if (event.type === 'note') notes.push(`${event.level}: ${event.message}`);
  };
  const context = createTestContext({ env, report });
  return { context, notes, fetcher: createFetcher(context, { ...HASTY, ...options }) };
}

export function neverAborted(): AbortSignal {
  return new AbortController().signal;
}

export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

/** What it fails with; a success is a failure of the test. */
export async function failureOf(work: Promise<unknown>): Promise<SentopsError> {
  const error = await work.then(
    () => new Error('it did not fail'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof SentopsError) return error;
  throw error;
}

export interface FileFaults {
  /** Breaks each of the next answers after so many bytes. */
  cuts?: number[];
  etag?: string | null;
  modified?: string;
  ranges?: boolean;
  type?: string;
}

/** Gives out bytes as a good server does, ranges and conditions included, but for the faults. */
export function give(content: Uint8Array, faults: FileFaults = {}): Answer {
  return ({ headers }, response) => {
    const { etag = '"one"', modified, ranges = true, type = 'application/octet-stream' } = faults;
    const condition = headers['if-range'];
    const isMet = condition === undefined || condition === etag || condition === modified;
    const asked = ranges && isMet ? /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') : null;
    const start = Number(asked?.[1] ?? 0);
    const end = asked?.[2] ? Math.min(Number(asked[2]) + 1, content.length) : content.length;
    if (etag !== null) response.setHeader('etag', etag);
    if (modified !== undefined) response.setHeader('last-modified', modified);
    if (asked !== null && start >= content.length)
      return response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
    if (asked !== null) response.setHeader('content-range', `bytes ${start}-${end - 1}/${content.length}`);
    response.writeHead(asked === null ? 200 : 206, { 'content-type': type, 'content-length': end - start });
    const isProbe = asked?.[2] !== undefined && asked[2] !== '';
    const cut = isProbe ? undefined : faults.cuts?.shift();
    if (cut === undefined || cut >= end - start) return response.end(content.subarray(start, end));
    // Not before it is on its way.
    return response.write(content.subarray(start, start + cut), () => setImmediate(() => response.destroy()));
  };
}

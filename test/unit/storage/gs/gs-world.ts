import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { type ReportEvent, silent } from '../../../../src/lib/core/report.ts';
import type { Credentials } from '../../../../src/lib/gcp/credentials.ts';
import { type ClientSettings, createClient, type GsClient } from '../../../../src/lib/storage/gs/client.ts';
import { parseEndpoint } from '../../../../src/lib/storage/gs/endpoint.ts';
import { type GcsStandIn, type GcsStandInOptions, startGcsStandIn } from '../../../helpers/gcs-stand-in/start.ts';

export const never = new AbortController().signal;

export interface GsWorld {
  readonly server: GcsStandIn;
  readonly client: GsClient;
  readonly notes: readonly ReportEvent[];
}

/** A server with the bucket `data` and a client that does not wait long before it tries again. */
export async function openWorld(
  options: GcsStandInOptions = {},
  settings: Partial<ClientSettings> = {},
): Promise<GsWorld> {
  const server = await startGcsStandIn({ buckets: ['data'], ...options });
  const notes: ReportEvent[] = [];
  const client = clientFor(server.uri, { report: event => notes.push(event), ...settings });
  onTestFinished(async () => {
    client.close();
    await server.stop();
  });
  return { server, client, notes };
}

export function clientFor(uri: string, settings: Partial<ClientSettings> = {}): GsClient {
  const client = createClient({
    endpoint: parseEndpoint(uri),
    credentials: null,
    env: {},
    report: silent,
    retryDelayMs: 1,
    ...settings,
  });
  return client;
}

/** A server that answers as it is told; for what no server of Cloud Storage would do. */
export async function listen(answer: http.RequestListener): Promise<string> {
  const server = http.createServer(answer);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Gives out these tokens, one after the other. */
export function tokens(...texts: readonly string[]): Credentials & { readonly asked: () => number } {
  let at = -1;
  let asked = 0;
  let atHand: string | null = null;
  return {
    who: 'the tester',
    asked: () => asked,
    ready: () => atHand,
    async token() {
      asked++;
      at = Math.min(at + 1, texts.length - 1);
      atHand = texts[at] ?? '';
      return atHand;
    },
    renew() {
      atHand = null;
      return at + 1 < texts.length;
    },
  };
}

export async function collect<T>(items: AsyncIterable<T> | Iterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await collect(chunks));
}

import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { ReportEvent } from '../../src/lib/core/report.ts';
import createEmbedded from '../../src/lib/tracking/embedded/tracker.ts';
import { artifactFolderOf } from '../../src/lib/tracking/serve/artifact-folder.ts';
import { type Listening, listen } from '../../src/lib/tracking/serve/http-server.ts';
import { createService } from '../../src/lib/tracking/serve/run-server.ts';
import type { Access, Limits } from '../../src/lib/tracking/serve/service.ts';
import type { Tracker } from '../../src/lib/tracking/types.ts';
import { createTestContext } from './extension-context.ts';

export interface StoreServer {
  readonly url: string;
  readonly port: number;
  /** The folder of the store; the database is mlflow.db in it. */
  readonly folder: string;
  readonly artifacts: string;
  readonly tracker: Tracker;
  readonly events: readonly ReportEvent[];
  readonly server: Listening;
  /** A call of the API, below /api/2.0/mlflow/; the answer has to be JSON. */
  call(method: string, route: string, body?: unknown): Promise<Answer>;
  /** As `call`, for what has to succeed; the JSON. */
  want(method: string, route: string, body?: unknown): Promise<Json>;
  /** Sends bytes as they are and gives what comes back until the other side ends or `until` is seen. */
  raw(text: string, until?: RegExp): Promise<string>;
  stop(): Promise<void>;
}

interface Members {
  readonly [name: string]: Json;
}
interface Items extends ReadonlyArray<Json> {}

/** An answer that tests reach deep into: each part may be taken for what it is; what is not there fails the test. */
export type Json = Members & Items & string;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Json;
}

export interface StoreServerOptions {
  readonly access?: Partial<Access>;
  readonly limits?: Partial<Limits>;
  /** Stands between the server and the store. */
  readonly wrap?: (tracker: Tracker) => Tracker;
}

const LIMITS: Limits = { jsonBytes: 1 << 20, artifactBytes: 8 << 20, jsonMs: 20_000, idleMs: 60_000 };

/** A server over a real store in a folder of its own. */
export async function startStoreServer({ access, limits, wrap }: StoreServerOptions = {}): Promise<StoreServer> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops serve #1 ä-'));
  const file = path.join(folder, 'mlflow.db');
  const context = createTestContext({ cwd: folder, env: { HOME: folder } });
  const opened = await createEmbedded({ uri: '', mode: 'write', file }, context);
  const tracker = wrap?.(opened) ?? opened;
  const events: ReportEvent[] = [];
  const service = createService({
    tracker,
    folder: await artifactFolderOf(tracker, file),
    store: file,
    access: { token: null, hosts: [], ...access },
    limits: { ...LIMITS, ...limits },
    report: event => events.push(event),
  });
  const server = await listen(service, '127.0.0.1', 0);
  const call = (method: string, route: string, body?: unknown) => callApi(server.url, method, route, body);
  return {
    url: server.url,
    port: server.port,
    folder,
    artifacts: service.root.folder,
    tracker,
    events,
    server,
    call,
    async want(method, route, body) {
      const { status, json } = await call(method, route, body);
      if (status !== 200) throw new Error(`${method} ${route}: ${status} ${JSON.stringify(json)}`);
      return json;
    },
    raw: (text, until) => talk(server.port, text, until),
    async stop() {
      await server.stop(0);
      await opened.close();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** With a route of GET the body goes into the query, as clients do it. */
async function callApi(url: string, method: string, route: string, body?: unknown): Promise<Answer> {
  const target = new URL(route.startsWith('/') ? route : `/api/2.0/mlflow/${route}`, url);
  const isQuery = method === 'GET' && body !== undefined;
  if (isQuery)
    for (const [name, value] of Object.entries(body as object))
      for (const one of [value].flat()) target.searchParams.append(name, String(one));
  const response = await fetch(target, {
    method,
    ...(body === undefined || isQuery
      ? {}
      : {
          headers: { 'content-type': 'application/json' },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: JSON.parse(text) as Json };
}

/** fetch tidies paths and headers before it sends them; an attacker does not. */
function talk(port: number, text: string, until?: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
    let got = '';
    socket.setEncoding('latin1').on('data', (part: string) => {
      got += part;
      if (until?.test(got)) socket.destroy();
    });
    socket.on('error', error => (got === '' ? reject(error) : resolve(got)));
    socket.on('close', () => resolve(got));
  });
}

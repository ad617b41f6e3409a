import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SentopsError } from '../../core/errors.ts';
import { answerRequest } from './answer-request.ts';
import type { Service } from './service.ts';

export interface Listening {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** How many requests have been answered. */
  readonly answered: number;
  /** Takes no new requests and ends what is under way; after `graceMs` it is cut off. How many were. */
  stop(graceMs: number): Promise<number>;
}

/** The headers of a request come at once; whoever sends them slowly only holds a connection. */
const HEADERS_MS = 20_000;
/** Longer than clients keep an idle connection in their pool: to end it is up to them. */
const KEEP_ALIVE_MS = 75_000;
/** How long work whose client was cut off may take to remove what it had half-written. */
const TIDY_MS = 1_000;

export async function listen(service: Service, host: string, port: number): Promise<Listening> {
  const underWay = new Set<http.ServerResponse>();
  const working = new Set<Promise<void>>();
  let answered = 0;
  const options = { headersTimeout: HEADERS_MS, requestTimeout: 0, connectionsCheckingInterval: 5_000 };
  const server = http.createServer(options, (request, response) => {
    underWay.add(response);
    // It came over a connection that was there before the end.
    if (!server.listening) response.setHeader('connection', 'close');
    response.once('close', () => underWay.delete(response));
    const work = answerRequest(service, request, response).then(() => {
      answered += 1;
      working.delete(work);
    });
    working.add(work);
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.timeout = service.limits.idleMs;
  await bind(server, host, port);
  const address = server.address() as AddressInfo;
  return {
    host,
    port: address.port,
    url: `http://${addressName(host)}:${address.port}`,
    get answered() {
      return answered;
    },
    async stop(graceMs) {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      // A connection that is kept for the next request would be waited for.
      for (const response of underWay) if (!response.headersSent) response.setHeader('connection', 'close');
      const sweep = setInterval(() => server.closeIdleConnections(), 50);
      let cut = 0;
      const timer = setTimeout(() => {
        cut = underWay.size;
        server.closeAllConnections();
      }, graceMs);
      server.closeIdleConnections();
      await closed;
      clearTimeout(timer);
      clearInterval(sweep);
      if (working.size > 0) await Promise.race([Promise.all(working), sleep(TIDY_MS)]);
      return cut;
    },
  };
}

/** A server that listens everywhere is asked by the address of this machine. */
function addressName(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function bind(server: http.Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', error => reject(explainBind(error, host, port)));
    server.listen(port, host, () => resolve());
  });
}

function explainBind(error: Error, host: string, port: number): unknown {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return new SentopsError('CONFLICT', `port ${port} of ${host} is taken by another program`, {
      hint: 'choose another one with --port, or any free one with --port 0; on macOS AirPlay holds port 5000',
      details: { host, port },
      cause: error,
    });
  if (code === 'EACCES')
    return new SentopsError('PERMISSION_DENIED', `port ${port} of ${host} may not be used`, {
      hint: 'ports below 1024 belong to the system: choose a greater one with --port',
      details: { host, port },
      cause: error,
    });
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new SentopsError('FLAG_INVALID', `--host: ${host} is no address of this machine`, {
      hint: 'give 127.0.0.1, 0.0.0.0 or one of its own addresses',
      details: { flag: '--host', value: host },
      cause: error,
    });
  return error;
}

import http from 'node:http';
import { VERSION } from '../../../core/version.ts';
import type { FetchAnswer, FetchContext, FetchRequest } from './types.ts';

/*
 * node:http and not fetch: it obeys the proxies of the environment that we are given, streams without copies, tells
 * header and body apart, and follows no redirect behind our back.
 */

/** One hop: a request as it goes over the wire, and the beginning of its answer. */
export type Send = (hop: Hop) => Promise<FetchAnswer>;

export interface Hop extends Pick<FetchRequest, 'url' | 'body' | 'signal'> {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Nothing came for too long. */
export class Silence extends Error {
  readonly code = 'SILENCE';
}

const IDLE_MS = 4000;
const USER_AGENT = `sentops/${VERSION} (node ${process.version})`;

export function createTransport({ env }: Pick<FetchContext, 'env'>, silenceMs: number): Send {
  const agents = new Map<string, http.Agent>();
  return hop => {
    const transport = moduleOf(hop.url);
    const agent = agents.get(hop.url.protocol) ?? new transport.Agent(agentOptions(env));
    agents.set(hop.url.protocol, agent);
    return send(transport, agent, hop, silenceMs);
  };
}

function send(
  transport: Transport,
  agent: http.Agent,
  { url, method, headers, body, signal }: Hop,
  silenceMs: number,
): Promise<FetchAnswer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const request = transport.request(url, {
      method,
      agent,
      signal,
      // An address may hold user and password; they went into the credential.
      auth: null,
      headers: { 'user-agent': USER_AGENT, 'accept-encoding': 'identity', ...headers, ...length },
    });
    const timer = setTimeout(() => request.destroy(new Silence('no answer')), silenceMs);
    request.on('error', error => {
      clearTimeout(timer);
      reject(error);
    });
    request.on('response', answer => {
      clearTimeout(timer);
      // Whoever reads the body hears of it; without a listener it would end the process.
      answer.on('error', () => {});
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, url, body: answer });
    });
    request.end(body);
  });
}

/** `proxyEnv` came with Node.js 22.21; the types do not know it everywhere. */
function agentOptions(env: FetchContext['env']): http.AgentOptions {
  return {
    keepAlive: true,
    timeout: IDLE_MS,
    ...(isProxied(env) ? { proxyEnv: { ...env } } : {}),
  } as http.AgentOptions;
}

export function isProxied(env: FetchContext['env']): boolean {
  return ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'].some(name => env[name]);
}

type Transport = Pick<typeof http, 'request' | 'Agent'>;

/** TLS is loaded for an address that needs it: it costs another 10 ms. */
function moduleOf({ protocol }: URL): Transport {
  return protocol === 'https:' ? process.getBuiltinModule('node:https') : http;
}

import { SentopsError } from '../../../core/errors.ts';
import { networkCode } from '../../../core/network-code.ts';
import { isProxied } from './transport.ts';
import type { FetchContext, Interruption } from './types.ts';

/** What hinders a connection once and not the next time. */
const PASSING = [
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
  'SILENCE',
];
const TLS = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|HOSTNAME_MISMATCH)/;

/** Addresses in messages: without user, password and query, which may hold a signature. */
export function shown(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

/** False for mistakes of ours, which are to be seen as such: what goes wrong in Node.js or on the way has a code. */
export function isConnectionFailure(error: unknown): boolean {
  return networkCode(error) !== '';
}

/** Why a connection gave no answer, or only the beginning of one; `passing` where trying again may help. */
export function explainConnection(
  cause: unknown,
  url: URL,
  env: FetchContext['env'],
): Interruption & { readonly passing: boolean } {
  const code = networkCode(cause);
  const [message, hint] = wordsFor(code, cause, url, env);
  const isRefused = code === 'ERR_PROXY_TUNNEL' && statusOf(cause) === 407;
  const error = new SentopsError(isRefused ? 'AUTH_FAILED' : 'REMOTE_UNAVAILABLE', message, {
    hint,
    details: { url: shown(url), cause: code },
    cause,
  });
  const isBusyProxy = code === 'ERR_PROXY_TUNNEL' && (statusOf(cause) ?? 0) >= 500;
  return { error, waitMs: null, passing: PASSING.includes(code) || isBusyProxy };
}

function wordsFor(code: string, cause: unknown, url: URL, env: FetchContext['env']): readonly [string, string] {
  const by = isProxied(env) ? ', asked by the proxy that the environment names' : '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return [
      `the host name ${url.hostname} is not known${by}`,
      'check the address and the network; behind a proxy set HTTPS_PROXY and HTTP_PROXY',
    ];
  if (code === 'ERR_PROXY_TUNNEL')
    return statusOf(cause) === 407
      ? ['the proxy wants to know who asks (HTTP 407)', 'write HTTPS_PROXY as http://user:password@host:port']
      : [
          `the proxy does not lead to ${url.host} (HTTP ${statusOf(cause) ?? 'unknown'})`,
          `add ${url.hostname} to NO_PROXY if no proxy is needed for it`,
        ];
  if (TLS.test(code))
    return [
      `${url.origin}: the certificate is not accepted (${code})`,
      'behind a proxy that looks into connections, name its authority in NODE_EXTRA_CA_CERTS',
    ];
  if (code === 'EPROTO' || code.startsWith('HPE_'))
    return [
      `${url.origin} does not speak ${url.protocol === 'https:' ? 'TLS' : 'HTTP'}`,
      'check the port, and http:// against https://',
    ];
  if (code === 'SILENCE')
    return [`${url.origin} stopped sending${by}`, 'run the command again: it goes on where it stopped'];
  const refused = code === 'ECONNREFUSED' && by !== '' ? otherPort(cause, url) : null;
  if (refused !== null)
    return [
      `nothing listens at ${refused}, where the environment says there is a proxy`,
      `check HTTPS_PROXY and HTTP_PROXY, or add ${url.hostname} to NO_PROXY`,
    ];
  if (code === 'ECONNREFUSED') return [`nothing listens at ${url.host}${by}`, 'check the address and the port'];
  return [`the connection to ${url.origin} broke (${code})${by}`, 'run the command again: it goes on where it stopped'];
}

/** Who did not answer, where it is not the host of the address but what stands before it. */
function otherPort(cause: unknown, url: URL): string | null {
  const inner = cause instanceof AggregateError ? cause.errors[0] : cause;
  if (!(inner instanceof Error) || !('port' in inner) || !('address' in inner)) return null;
  const own = url.port || (url.protocol === 'https:' ? '443' : '80');
  return String(inner.port) === own ? null : `${inner.address}:${inner.port}`;
}

/** What a proxy answered to CONNECT. */
function statusOf(cause: unknown): number | undefined {
  return cause instanceof Error && 'statusCode' in cause && typeof cause.statusCode === 'number'
    ? cause.statusCode
    : undefined;
}

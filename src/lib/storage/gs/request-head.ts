import { SentopsError } from '../../core/errors.ts';
import { VERSION } from '../../core/version.ts';
import type { Credentials } from '../../gcp/credentials.ts';
import { type Endpoint, isGoogle } from './endpoint.ts';

/** What of a request stands before its body. */
interface Wanted {
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly about: string;
  readonly signal: AbortSignal;
}

interface Target {
  readonly endpoint: Endpoint;
  readonly userProject?: string;
}

interface SentHeaders {
  readonly headers: Record<string, string>;
  readonly token: string | null;
}

export async function headersFor(wanted: Wanted, credentials: Credentials | null): Promise<SentHeaders> {
  // Asked for a promise only where the token has to be fetched: this is on the way of every small object.
  const token = credentials === null ? null : (credentials.ready() ?? (await credentials.token(wanted.signal)));
  const quota = credentials?.quotaProject;
  return {
    token,
    headers: {
      accept: '*/*',
      'user-agent': `sentops/${VERSION}`,
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(quota === undefined ? {} : { 'x-goog-user-project': quota }),
      ...wanted.headers,
    },
  };
}

export function pathFor({ path, query, about }: Wanted, { endpoint, userProject }: Target): string {
  if (!path.startsWith('/')) return givenPath(path, endpoint, about);
  let text = '';
  for (const [name, value] of Object.entries(query ?? {}))
    if (value !== undefined) text += `${text === '' ? '?' : '&'}${name}=${encodeURIComponent(value)}`;
  if (userProject !== undefined) text += `${text === '' ? '?' : '&'}userProject=${encodeURIComponent(userProject)}`;
  return `${endpoint.prefix}${path}${text}`;
}

/**
 * An address that the server gave, or that was kept since an earlier run. The credentials go to nobody but the endpoint:
 * emulators, too, name hosts that are right inside their container only.
 */
function givenPath(address: string, endpoint: Endpoint, about: string): string {
  const url = URL.parse(address);
  if (url !== null && (url.origin === endpoint.origin || endpoint.foreign || isGoogle(url.hostname)))
    return `${url.pathname}${url.search}`;
  throw new SentopsError('DATA_INVALID', `${about} is to be sent to a server that is not Google's`, {
    details: { endpoint: endpoint.origin, origin: url?.origin ?? null },
  });
}

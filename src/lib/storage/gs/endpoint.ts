import { SentopsError } from '../../core/errors.ts';

/** Where the API is asked. */
export interface Endpoint {
  /** `https://storage.googleapis.com`: no slash at the end. */
  readonly origin: string;
  /** Before every path: `/gcs` where a gateway puts the API there. */
  readonly prefix: string;
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
  /** Somebody else's server, such as an emulator: Google's credentials are not for it. */
  readonly foreign: boolean;
}

const GOOGLE = 'https://storage.googleapis.com';

/** As the other clients read STORAGE_EMULATOR_HOST: the scheme may be left out, the path of the API be there. */
export function parseEndpoint(text: string): Endpoint {
  const wanted = text.trim() === '' ? GOOGLE : text.trim();
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(wanted) ? wanted : `http://${wanted}`);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '')
    throw new SentopsError('CONFIG_INVALID', `storage.endpoint ${JSON.stringify(text)} is no address of a server`, {
      hint: 'write it as http://127.0.0.1:4443; it comes from storage.endpoint or STORAGE_EMULATOR_HOST',
    });
  const secure = url.protocol === 'https:';
  return {
    origin: url.origin,
    prefix: url.pathname.replace(/\/+$/, '').replace(/\/storage\/v1$/, ''),
    secure,
    // Without the brackets of an IPv6 address, which a socket does not want.
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    foreign: !(secure && isGoogle(url.hostname)),
  };
}

/** Also private endpoints, such as storage-vpc.p.googleapis.com. */
export function isGoogle(hostname: string): boolean {
  return hostname === 'googleapis.com' || hostname.endsWith('.googleapis.com');
}

/** This machine: nobody else sees what is sent there. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(hostname);
}

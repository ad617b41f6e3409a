import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { Refusal } from './refusal.ts';
import type { Access } from './service.ts';

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Throws for whoever may not ask. */
export function checkAccess(request: IncomingMessage, access: Access): void {
  // A page whose name was pointed at this machine does not know the token, so with one the name need not be known.
  if (access.token === null || access.hosts.length > 0) checkHost(request.headers.host, access.hosts);
  checkOrigin(request, access.hosts);
  if (access.token !== null) checkToken(request.headers.authorization, access.token);
}

/** Against DNS rebinding: only names can be pointed elsewhere, addresses cannot. */
function checkHost(header: string | undefined, hosts: readonly string[]): void {
  if (header === undefined || header === '') return;
  if (isKnownHost(header, hosts)) return;
  throw new Refusal(
    'PERMISSION_DENIED',
    `Invalid Host header - possible DNS rebinding attack detected: ${JSON.stringify(header)} is no name of this server. ` +
      'If it is one, start the server with --allowed-hosts and that name, or with a token.',
  );
}

/** A name of the DNS is no longer; a longer text would keep a pattern with several stars busy for minutes. */
const LONGEST_HOST = 253 + ':65535'.length;

function isKnownHost(header: string, hosts: readonly string[]): boolean {
  if (header.length > LONGEST_HOST) return false;
  const name = header.replace(/:\d+$/, '').toLowerCase();
  const bare = name.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  if (isIP(bare) !== 0 || bare === 'localhost' || bare.endsWith('.localhost')) return true;
  return hosts.some(host => isLike(header.toLowerCase(), host) || isLike(bare, host));
}

function isLike(name: string, pattern: string): boolean {
  const parts = pattern.toLowerCase().split('*').map(escapePattern);
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.+?()[\]{}|]/g, '\\$&');
}

/** A page of another site can send some requests without asking first, but not without saying where it comes from. */
function checkOrigin({ method = '', headers }: IncomingMessage, hosts: readonly string[]): void {
  const { origin, host } = headers;
  if (READS.has(method) || origin === undefined) return;
  const from = URL.parse(origin)?.host ?? '';
  const isName = from !== '' && from.length <= LONGEST_HOST;
  if (isName && (from === host?.toLowerCase() || hosts.some(name => isLike(from, name)))) return;
  throw new Refusal('PERMISSION_DENIED', `Cross-origin request blocked: it comes from ${JSON.stringify(origin)}`);
}

/** Bearer, or Basic with the token as the password: MLflow's client sends that where a user name is set. */
function checkToken(header: string | undefined, token: string): void {
  const [, scheme = '', value = ''] = /^(\w+) +(\S+)$/.exec(header ?? '') ?? [];
  const given = scheme.toLowerCase() === 'basic' ? passwordOf(value) : value;
  const isScheme = ['basic', 'bearer'].includes(scheme.toLowerCase());
  // Hashes are of equal length, and comparing them takes as long whatever they hold.
  if (isScheme && timingSafeEqual(hash(given), hash(token))) return;
  const message =
    header === undefined
      ? 'A token is needed: set MLFLOW_TRACKING_TOKEN, or a user name and the token as MLFLOW_TRACKING_PASSWORD'
      : 'The token is not the one of this server';
  throw new Refusal('UNAUTHENTICATED', message, {
    headers: { 'www-authenticate': 'Bearer realm="sentops", Basic realm="sentops"' },
  });
}

function passwordOf(encoded: string): string {
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  return pair.slice(pair.indexOf(':') + 1);
}

function hash(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}

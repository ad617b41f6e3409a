import { SentopsError } from '../core/errors.ts';
import { redactor } from '../core/redact.ts';
import { ask, type Env } from './ask.ts';
import type { Token, TokenSource } from './credentials.ts';

export const CLOUD_SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const TOKEN_URI = 'https://oauth2.googleapis.com/token';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const LIFE_S = 3600;

/** A credentials file of Google as it was read. */
export interface KeyFile {
  /** Where it was read, for messages. */
  readonly from: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** A key of a service account: a signed statement is exchanged for a token (RFC 7523). */
export function serviceAccountSource(file: KeyFile, env: Env): TokenSource {
  const mail = demand(file, 'client_email');
  const key = demand(file, 'private_key');
  const tokenUri = text(file, 'token_uri') ?? TOKEN_URI;
  const project = text(file, 'project_id');
  const quotaProject = text(file, 'quota_project_id');
  redactor.add(key);
  const who = `the service account ${mail}`;
  return {
    who,
    ...(project && { project }),
    ...(quotaProject && { quotaProject }),
    fetch(signal) {
      const assertion = sign(file, { mail, key, tokenUri });
      return exchange({ tokenUri, form: { grant_type: GRANT, assertion }, who, file, env, signal });
    },
  };
}

/** What `gcloud auth application-default login` leaves: a user's refresh token. */
export function authorizedUserSource(file: KeyFile, env: Env): TokenSource {
  const form = {
    grant_type: 'refresh_token',
    client_id: demand(file, 'client_id'),
    client_secret: demand(file, 'client_secret'),
    refresh_token: demand(file, 'refresh_token'),
  };
  const quotaProject = text(file, 'quota_project_id');
  const account = text(file, 'account');
  redactor.add(form.refresh_token);
  redactor.add(form.client_secret);
  const who = account ? `the user ${account}` : `the user of ${file.from}`;
  const tokenUri = text(file, 'token_uri') ?? TOKEN_URI;
  return {
    who,
    ...(quotaProject && { quotaProject }),
    fetch: signal => exchange({ tokenUri, form, who, file, env, signal }),
  };
}

interface Exchange {
  readonly tokenUri: string;
  readonly form: Readonly<Record<string, string>>;
  readonly who: string;
  readonly file: KeyFile;
  readonly env: Env;
  readonly signal: AbortSignal;
}

async function exchange({ tokenUri, form, who, file, env, signal }: Exchange): Promise<Token> {
  const { status, json } = await ask({
    url: secretAddress(file, 'token_uri', tokenUri),
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
    env,
    signal,
  });
  const { access_token: token, expires_in: seconds } = json;
  if (status === 200 && typeof token === 'string' && token !== '')
    return { text: token, endsAt: Date.now() + (typeof seconds === 'number' ? seconds : LIFE_S) * 1000 };
  const said = json['error_description'] ?? json['error'] ?? `HTTP ${status}`;
  if (status >= 500 || status === 429)
    throw new SentopsError('REMOTE_UNAVAILABLE', `no token for ${who}: ${new URL(tokenUri).host} answers ${status}`);
  throw new SentopsError('AUTH_FAILED', `no token for ${who} (${file.from}): ${String(said)}`, {
    hint:
      form['grant_type'] === GRANT
        ? 'the key may have been deleted or the account disabled, or the clock of this machine is wrong; make a new key, or run: gcloud auth application-default login'
        : 'the sign-in has ended or was revoked; run: gcloud auth application-default login',
  });
}

function sign(file: KeyFile, { mail, key, tokenUri }: { mail: string; key: string; tokenUri: string }): string {
  const { createSign } = process.getBuiltinModule('node:crypto');
  const now = Math.floor(Date.now() / 1000);
  const keyId = text(file, 'private_key_id');
  const header = { alg: 'RS256', typ: 'JWT', ...(keyId && { kid: keyId }) };
  const claims = { iss: mail, scope: CLOUD_SCOPE, aud: tokenUri, iat: now, exp: now + LIFE_S };
  const signed = [header, claims].map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  try {
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`;
  } catch {
    // What the library says of a key may hold parts of it.
    throw broken(file, 'its private_key cannot be used');
  }
}

/** Who is there gets a secret: an open connection is for this machine only, as tests and emulators have it. */
export function secretAddress(file: KeyFile, key: string, uri: string): URL {
  const url = URL.parse(uri);
  const isLocal = url !== null && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url !== null && (url.protocol === 'https:' || isLocal)) return url;
  throw broken(file, `its ${key} is no https address`);
}

export function text({ json }: KeyFile, key: string): string | undefined {
  const value = json[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function demand(file: KeyFile, key: string): string {
  const value = text(file, key);
  if (value === undefined) throw broken(file, `it has no ${key}`);
  return value;
}

export function broken(file: KeyFile, why: string): SentopsError {
  return new SentopsError('AUTH_FAILED', `${file.from} is no usable file of credentials: ${why}`, {
    hint: 'make a new key file, or run: gcloud auth application-default login',
  });
}

import { SentopsError } from '../core/errors.ts';
import { ask, type Env } from './ask.ts';
import type { TokenSource } from './credentials.ts';
import { CLOUD_SCOPE } from './oauth.ts';

const ENDPOINT = 'https://iamcredentials.googleapis.com';
const LIFE_S = 3600;

export interface Impersonation {
  /** Address of the service account. */
  readonly account: string;
  readonly source: TokenSource;
  /** As a credentials file names it; Google's where absent. */
  readonly url?: string;
  readonly delegates?: readonly string[];
  readonly env: Env;
}

/** Acts as a service account, with the credentials of somebody who may. */
export function impersonationSource({ account, source, url, delegates, env }: Impersonation): TokenSource {
  const { quotaProject } = source;
  return {
    who: `${account} (through ${source.who})`,
    ...(quotaProject === undefined ? {} : { quotaProject }),
    async fetch(signal) {
      const { text } = await source.fetch(signal);
      const { status, json } = await ask({
        url: new URL(url ?? addressFor(account, env)),
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${text}` },
        body: JSON.stringify({ scope: [CLOUD_SCOPE], lifetime: `${LIFE_S}s`, ...(delegates && { delegates }) }),
        env,
        signal,
      });
      const { accessToken, expireTime } = json;
      if (status === 200 && typeof accessToken === 'string')
        return { text: accessToken, endsAt: Date.parse(String(expireTime)) || Date.now() + LIFE_S * 1000 };
      throw refused(status, json, account, source);
    },
  };
}

/** gcloud knows this variable for another endpoint. */
function addressFor(account: string, env: Env): string {
  const endpoint = env['CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS'] || ENDPOINT;
  return `${endpoint.replace(/\/+$/, '')}/v1/projects/-/serviceAccounts/${encodeURIComponent(account)}:generateAccessToken`;
}

function refused(
  status: number,
  json: Readonly<Record<string, unknown>>,
  account: string,
  { who }: TokenSource,
): SentopsError {
  const said = (json['error'] as { readonly message?: unknown } | undefined)?.message;
  const reason = typeof said === 'string' ? said : `HTTP ${status}`;
  const message = `${who} cannot act as ${account}: ${reason}`;
  if (status >= 500 || status === 429) return new SentopsError('REMOTE_UNAVAILABLE', message);
  if (status === 403)
    return new SentopsError('PERMISSION_DENIED', message, {
      hint: `ask for roles/iam.serviceAccountTokenCreator on ${account}`,
    });
  if (status === 404)
    return new SentopsError('AUTH_FAILED', message, { hint: 'check gcp.serviceAccount in the profile' });
  return new SentopsError('AUTH_FAILED', message);
}

import { SentopsError } from '../core/errors.ts';
import type { TokenSource } from './credentials.ts';
import { CLOUD_SCOPE, type KeyFile, text } from './oauth.ts';

/**
 * Workload identity federation: a token of somebody else's (AWS, Azure, GitHub, a file, a program) is exchanged. Google's
 * library knows all of these ways; it costs a tenth of a second to load, and nobody else has to wait for it.
 */
export function externalSource(file: KeyFile): TokenSource {
  const quotaProject = text(file, 'quota_project_id');
  const account = /serviceAccounts\/([^/:]+):/.exec(text(file, 'service_account_impersonation_url') ?? '')?.[1];
  return {
    who: account ? `${account} (through ${file.from})` : `the external account of ${file.from}`,
    ...(quotaProject && { quotaProject }),
    async fetch() {
      const { GoogleAuth } = await import('google-auth-library');
      try {
        // A new one each time: it would give out again what was just refused.
        const client = await new GoogleAuth({ scopes: [CLOUD_SCOPE], credentials: { ...file.json } }).getClient();
        const { token } = await client.getAccessToken();
        if (token) return { text: token, endsAt: client.credentials.expiry_date ?? Date.now() + 3_600_000 };
      } catch (error) {
        throw refused(file, error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error), error);
      }
      throw refused(file, 'no token was given', undefined);
    },
  };
}

function refused({ from }: KeyFile, reason: string, cause: unknown): SentopsError {
  return new SentopsError('AUTH_FAILED', `no token for the external account of ${from}: ${reason}`, {
    hint: 'check the workload identity pool, its provider, and that the job may ask for an identity token (GitHub: permissions: id-token: write)',
    ...(cause === undefined ? {} : { cause }),
  });
}

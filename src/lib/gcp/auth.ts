import { SentopsError } from '../core/errors.ts';

const CLOUD_SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

export interface Identity {
  /** A service account key or an external account configuration; application default credentials where absent. */
  readonly keyfile?: string;
}

/** A bearer token for Google APIs from the identity's credentials. */
export async function accessToken(scope: string = CLOUD_SCOPE, identity: Identity = {}): Promise<string> {
  const { GoogleAuth } = await import('google-auth-library');
  const from = identity.keyfile === undefined ? 'the application default credentials' : identity.keyfile;
  try {
    const auth = new GoogleAuth({
      scopes: [scope],
      ...(identity.keyfile === undefined ? {} : { keyFile: identity.keyfile }),
    });
    const token = await auth.getAccessToken();
    if (token) return token;
  } catch (error) {
    throw authFailed(
      `no Google access token from ${from}: ${error instanceof Error ? firstLine(error.message) : String(error)}`,
      error,
    );
  }
  throw authFailed(`no Google access token from ${from}`);
}

function authFailed(message: string, cause?: unknown): SentopsError {
  return new SentopsError('AUTH_FAILED', message, {
    hint: 'run: gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS to a key file',
    ...(cause === undefined ? {} : { cause }),
  });
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}

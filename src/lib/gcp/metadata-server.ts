import { SentopsError } from '../core/errors.ts';
import { ask, type Env } from './ask.ts';
import type { TokenSource } from './credentials.ts';

const HOST = 'metadata.google.internal';
const TOKEN = '/computeMetadata/v1/instance/service-accounts/default/token';
/** On a machine elsewhere nobody answers, and perhaps nobody refuses either. */
const TIME_LIMIT_MS = 3000;

/** The service account of the virtual machine, cluster or container that this runs on. */
export function metadataSource(env: Env, missing: (cause: unknown) => SentopsError): TokenSource {
  const host = env['GCE_METADATA_HOST'] || HOST;
  return {
    who: 'the service account of this machine',
    async fetch(signal) {
      const answer = await ask({
        url: new URL(`http://${host}${TOKEN}`),
        method: 'GET',
        headers: { 'metadata-flavor': 'Google' },
        // It is on this machine: no proxy may see it.
        env: {},
        signal,
        timeLimitMs: TIME_LIMIT_MS,
        attempts: env['GCE_METADATA_HOST'] ? 3 : 1,
      }).catch(cause => {
        signal.throwIfAborted();
        throw missing(cause);
      });
      const { access_token: token, expires_in: seconds } = answer.json;
      if (answer.status === 200 && typeof token === 'string')
        return { text: token, endsAt: Date.now() + Number(seconds) * 1000 };
      if (answer.status === 404)
        throw new SentopsError('AUTH_FAILED', 'this machine has no service account', {
          hint: 'give it one, or set GOOGLE_APPLICATION_CREDENTIALS to a key file',
        });
      throw missing(new Error(`${host} answers ${answer.status}`));
    },
  };
}

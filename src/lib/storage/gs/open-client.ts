import { isSecret } from '../../config/secret-type.ts';
import { SentopsError } from '../../core/errors.ts';
import type { ExtensionContext, ExtensionOptions } from '../../extend/contract.ts';
import type { Credentials } from '../../gcp/credentials.ts';
import type { Profile } from '../../gcp/open-credentials.ts';
import { createClient, type GsClient } from './client.ts';
import { type Endpoint, isLoopback, parseEndpoint } from './endpoint.ts';

export interface OpenedClient {
  readonly client: GsClient;
  readonly endpoint: Endpoint;
  readonly credentials: Credentials | null;
}

/** The options of the adapter, as `storageOptions` writes them. */
export async function openClient(
  options: ExtensionOptions,
  { cwd, env, report }: Pick<ExtensionContext, 'cwd' | 'env' | 'report'>,
): Promise<OpenedClient> {
  const endpoint = parseEndpoint(text(options, 'endpoint') ?? env['STORAGE_EMULATOR_HOST'] ?? '');
  const credentials = await credentialsFor(endpoint, options, { cwd, env });
  const userProject = text(options, 'userProject');
  const retries = number(options, 'retries');
  const retryDelayMs = number(options, 'retryDelayMs');
  const silenceMs = number(options, 'silenceMs');
  const client = createClient({
    endpoint,
    credentials,
    env,
    report,
    ...(userProject === undefined ? {} : { userProject }),
    ...(retries === undefined ? {} : { retries }),
    ...(retryDelayMs === undefined ? {} : { retryDelayMs }),
    ...(silenceMs === undefined ? {} : { silenceMs }),
  });
  return { client, endpoint, credentials };
}

/** An emulator is asked without credentials unless the profile names some: those of the machine are not for it. */
async function credentialsFor(
  { foreign, secure, hostname, origin }: Endpoint,
  options: ExtensionOptions,
  around: Pick<ExtensionContext, 'cwd' | 'env'>,
): Promise<Credentials | null> {
  const auth = (text(options, 'auth') ?? 'adc') as Profile['auth'];
  if (auth === 'none' || (foreign && auth === 'adc')) return null;
  if (!secure && !isLoopback(hostname))
    throw new SentopsError(
      'CONFIG_INVALID',
      `${origin} is no https address: the credentials of gcp.auth are not sent there`,
      {
        hint: 'give storage.endpoint as https://…, or set gcp.auth to none in the profile',
        details: { endpoint: origin },
      },
    );
  const { openCredentials } = await import('../../gcp/open-credentials.ts');
  const { token } = options;
  const keyfile = text(options, 'keyfile');
  const serviceAccount = text(options, 'serviceAccount');
  const quotaProject = text(options, 'quotaProject');
  const profile: Profile = {
    auth,
    ...(keyfile === undefined ? {} : { keyfile }),
    ...(serviceAccount === undefined ? {} : { serviceAccount }),
    ...(quotaProject === undefined ? {} : { quotaProject }),
    ...(isSecret(token) || typeof token === 'string' ? { token } : {}),
  };
  return await openCredentials(profile, around);
}

function text(options: ExtensionOptions, key: string): string | undefined {
  const value = options[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function number(options: ExtensionOptions, key: string): number | undefined {
  const value = options[key];
  return typeof value === 'number' ? value : undefined;
}

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isSecret, type Secret } from '../config/secret-type.ts';
import { SentopsError } from '../core/errors.ts';
import { homeFolder } from '../core/folders.ts';
import { redactor } from '../core/redact.ts';
import type { Env } from './ask.ts';
import { type Credentials, keepToken, type TokenSource } from './credentials.ts';
import { externalSource } from './external-source.ts';
import { impersonationSource } from './impersonation.ts';
import { metadataSource } from './metadata-server.ts';
import {
  authorizedUserSource,
  broken,
  demand,
  type KeyFile,
  secretAddress,
  serviceAccountSource,
  text,
} from './oauth.ts';

/** As a profile says it under `gcp`. */
export interface Profile {
  readonly auth: 'adc' | 'workload-identity' | 'keyfile' | 'impersonation' | 'token' | 'none';
  readonly keyfile?: string;
  readonly serviceAccount?: string;
  readonly token?: Secret | string;
  readonly quotaProject?: string;
}

export interface Surroundings {
  readonly cwd: string;
  readonly env: Env;
}

const VARIABLE = 'GOOGLE_APPLICATION_CREDENTIALS';
const LOGIN = 'gcloud auth application-default login';

/** Null where nobody is to be named. Files are read here; a token is asked for when the first request needs it. */
export async function openCredentials(profile: Profile, around: Surroundings): Promise<Credentials | null> {
  const source = await chooseSource(profile, around);
  if (source === null) return null;
  const { quotaProject } = profile;
  return keepToken(quotaProject === undefined ? source : { ...source, quotaProject });
}

async function chooseSource(profile: Profile, around: Surroundings): Promise<TokenSource | null> {
  const { auth, keyfile, serviceAccount } = profile;
  switch (auth) {
    case 'none':
      return null;
    case 'token':
      return await fixedSource(profile);
    case 'keyfile':
      if (!keyfile)
        throw unset('keyfile', `set gcp.keyfile in the profile, or ${VARIABLE} where the profile refers to it`);
      return await fileSource(keyfile, around);
    case 'impersonation':
      if (!serviceAccount) throw unset('serviceAccount', 'set gcp.serviceAccount in the profile');
      return impersonationSource({
        account: serviceAccount,
        source: keyfile ? await fileSource(keyfile, around) : await defaultSource(around),
        env: around.env,
      });
    default:
      return keyfile ? await fileSource(keyfile, around) : await defaultSource(around);
  }
}

/** As Google's libraries look for them: the variable, what gcloud left, the machine. */
async function defaultSource(around: Surroundings): Promise<TokenSource> {
  const { env } = around;
  const named = env[VARIABLE];
  if (named) return await fileSource(named, around, VARIABLE);
  const left = path.join(gcloudFolder(env), 'application_default_credentials.json');
  const json = await readKeyFile(left, left);
  if (json !== null) return sourceOf({ from: left, json }, env);
  return metadataSource(env, cause => missing(left, cause));
}

async function fileSource(file: string, { cwd, env }: Surroundings, variable?: string): Promise<TokenSource> {
  const from = variable === undefined ? file : `${file} (${variable})`;
  const json = await readKeyFile(path.resolve(cwd, file), from);
  if (json !== null) return sourceOf({ from, json }, env);
  throw new SentopsError('AUTH_FAILED', `the credentials file ${from} does not exist`, {
    hint:
      variable === undefined
        ? `check gcp.keyfile in the profile, or run: ${LOGIN}, and use auth: adc`
        : `set ${variable} to a file that is there, or unset it and run: ${LOGIN}`,
  });
}

function sourceOf(file: KeyFile, env: Env): TokenSource {
  const type = text(file, 'type');
  switch (type) {
    case 'service_account':
      return serviceAccountSource(file, env);
    case 'authorized_user':
      return authorizedUserSource(file, env);
    case 'external_account':
    case 'external_account_authorized_user':
      return externalSource(file);
    case 'impersonated_service_account':
      return impersonated(file, env);
    default:
      throw broken(file, type === undefined ? 'it has no type' : `its type ${JSON.stringify(type)} is not known`);
  }
}

/** What gcloud leaves after a login with --impersonate-service-account. */
function impersonated(file: KeyFile, env: Env): TokenSource {
  const key = 'service_account_impersonation_url';
  const url = demand(file, key);
  const { source_credentials: source, delegates } = file.json;
  if (typeof source !== 'object' || source === null) throw broken(file, 'it has no source_credentials');
  const json = source as KeyFile['json'];
  if (json['type'] === 'impersonated_service_account') throw broken(file, 'one account acts as another too often');
  return impersonationSource({
    account: /serviceAccounts\/([^/:]+):/.exec(url)?.[1] ?? 'a service account',
    source: sourceOf({ from: file.from, json }, env),
    url: secretAddress(file, key, url).href,
    ...(Array.isArray(delegates) && delegates.length > 0 ? { delegates: delegates.map(String) } : {}),
    env,
  });
}

async function fixedSource({ token }: Profile): Promise<TokenSource> {
  const revealed = (isSecret(token) ? await token.reveal() : token)?.trim();
  if (!revealed) throw unset('token', 'set gcp.token in the profile, for instance to ${env.GOOGLE_OAUTH_ACCESS_TOKEN}');
  if (/[^\x21-\x7e]/.test(revealed))
    throw new SentopsError('AUTH_FAILED', 'the access token holds a character that no HTTP header can carry', {
      hint: 'look for a space or a line break in it',
    });
  redactor.add(revealed);
  return {
    who: 'the access token of the profile',
    fixed: true,
    fetch: async () => ({ text: revealed, endsAt: Number.POSITIVE_INFINITY }),
  };
}

async function readKeyFile(file: string, from: string): Promise<KeyFile['json'] | null> {
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw new SentopsError('AUTH_FAILED', `the credentials file ${from} cannot be read: ${error.message}`, {
      hint: `check its permissions, or run: ${LOGIN}`,
      cause: error,
    });
  });
  if (content === null) return null;
  try {
    const json: unknown = JSON.parse(content);
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as KeyFile['json'];
  } catch {
    // What the parser says would show a part of the file.
  }
  throw broken({ from, json: {} }, 'it is no JSON object');
}

function gcloudFolder(env: Env): string {
  if (env['CLOUDSDK_CONFIG']) return env['CLOUDSDK_CONFIG'];
  const { platform } = process;
  return platform === 'win32' && env['APPDATA']
    ? path.join(env['APPDATA'], 'gcloud')
    : path.join(homeFolder({ env, platform }), '.config', 'gcloud');
}

function missing(looked: string, cause: unknown): SentopsError {
  return new SentopsError(
    'AUTH_FAILED',
    `there are no Google credentials: ${VARIABLE} is not set, ${looked} is not there, and this machine has no metadata server`,
    {
      hint: `run: ${LOGIN}; or set ${VARIABLE} to a key file; or choose a profile with --profile`,
      cause,
    },
  );
}

function unset(key: string, hint: string): SentopsError {
  return new SentopsError('AUTH_FAILED', `the profile has no gcp.${key}, which its gcp.auth needs`, { hint });
}

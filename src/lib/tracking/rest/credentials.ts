import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isSecret } from '../../config/secret-type.ts';
import { SentopsError } from '../../core/errors.ts';
import { homeFolder } from '../../core/folders.ts';
import { redactor } from '../../core/redact.ts';
import type { ExtensionContext, ExtensionOptions } from '../../extend/contract.ts';
import type { Address } from './address.ts';

/** What to send as proof of who asks; null where there is nothing to send. */
export interface Credentials {
  readonly kind: 'Basic' | 'Bearer';
  /** The user, or where a token came from: for messages. */
  readonly who: string;
  readonly header: string;
}

type Env = ExtensionContext['env'];

/**
 * As MLflow's own client decides: the address, then user and password, each from the options, the environment or
 * ~/.mlflow/credentials; only without both of them a token.
 */
export async function findCredentials(
  { username: user, password: pass }: Pick<Address, 'username' | 'password'>,
  options: ExtensionOptions,
  env: Env,
): Promise<Credentials | null> {
  refuseUnsupported(env);
  if (user !== undefined || pass !== undefined) return basic(user ?? '', pass ?? '');
  let username = (await reveal(options['username'])) || env['MLFLOW_TRACKING_USERNAME'];
  let password = (await reveal(options['password'])) || env['MLFLOW_TRACKING_PASSWORD'];
  if (!username || !password) {
    const file = await readCredentialsFile(env);
    username ||= file['mlflow_tracking_username'];
    password ||= file['mlflow_tracking_password'];
  }
  if (username && password) return basic(username, password);
  const token = (await reveal(options['token'])) || env['MLFLOW_TRACKING_TOKEN'];
  if (!token) return null;
  if (/[^\x21-\x7e]/.test(token))
    throw new SentopsError('AUTH_FAILED', 'the bearer token holds a character that no HTTP header can carry', {
      hint: 'look for a space or a line break in MLFLOW_TRACKING_TOKEN or mlflow.auth.token',
    });
  redactor.add(token);
  return { kind: 'Bearer', who: 'the bearer token', header: `Bearer ${token}` };
}

function refuseUnsupported(env: Env): void {
  const asked = isTrue(env['MLFLOW_TRACKING_AWS_SIGV4'])
    ? 'MLFLOW_TRACKING_AWS_SIGV4 (requests signed for AWS)'
    : env['MLFLOW_TRACKING_AUTH'] &&
      `MLFLOW_TRACKING_AUTH=${env['MLFLOW_TRACKING_AUTH']} (a plugin of MLflow's client)`;
  if (asked)
    throw new SentopsError('CONFIG_INVALID', `${asked} is not supported`, {
      hint: 'unset it and use MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD',
    });
}

export function isTrue(value: string | undefined): boolean {
  return value !== undefined && ['1', 'true'].includes(value.toLowerCase());
}

function basic(username: string, password: string): Credentials {
  const encoded = Buffer.from(`${username}:${password}`).toString('base64');
  redactor.add(password);
  redactor.add(encoded);
  return { kind: 'Basic', who: `user ${username}`, header: `Basic ${encoded}` };
}

async function reveal(value: ExtensionOptions[string]): Promise<string | undefined> {
  if (isSecret(value)) return await value.reveal();
  return typeof value === 'string' ? value : undefined;
}

/** The [mlflow] section of the file, as Python's configparser reads it. */
async function readCredentialsFile(env: Env): Promise<Readonly<Record<string, string>>> {
  const file = path.join(homeFolder({ env, platform: process.platform }), '.mlflow', 'credentials');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return '';
    throw new SentopsError('CONFIG_UNREADABLE', `${file} cannot be read: ${error.message}`, { cause: error });
  });
  const values: Record<string, string> = {};
  let section = '';
  for (const line of text.split(/\r?\n/)) {
    const trimmed = line.trim();
    if (trimmed === '' || /^[#;]/.test(trimmed)) continue;
    const header = /^\[(.*)\]$/.exec(trimmed);
    if (header) section = header[1] ?? '';
    const pair = header ? null : /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(trimmed);
    // A percent sign is doubled in such files.
    if (pair && section === 'mlflow') values[(pair[1] ?? '').toLowerCase()] = (pair[2] ?? '').replaceAll('%%', '%');
  }
  return values;
}

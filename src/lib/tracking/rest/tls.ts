import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { SentopsError } from '../../core/errors.ts';
import type { ExtensionContext } from '../../extend/contract.ts';
import { isTrue } from './credentials.ts';

export interface Tls {
  readonly rejectUnauthorized?: boolean;
  readonly ca?: readonly string[];
  readonly cert?: string;
  readonly key?: string;
}

/** The variables of MLflow's own client that say whom to trust and who we are. */
export async function readTls({ env, cwd }: Pick<ExtensionContext, 'env' | 'cwd'>): Promise<Tls> {
  const authority = env['MLFLOW_TRACKING_SERVER_CERT_PATH'];
  const client = env['MLFLOW_TRACKING_CLIENT_CERT_PATH'];
  const insecure = isTrue(env['MLFLOW_TRACKING_INSECURE_TLS']);
  if (insecure && authority)
    throw new SentopsError(
      'CONFIG_INVALID',
      'MLFLOW_TRACKING_INSECURE_TLS and MLFLOW_TRACKING_SERVER_CERT_PATH exclude each other',
      { hint: 'unset one: the first trusts any server, the second only those that the file vouches for' },
    );
  const own = client ? await readPem(path.resolve(cwd, client), 'MLFLOW_TRACKING_CLIENT_CERT_PATH') : undefined;
  return {
    ...(insecure ? { rejectUnauthorized: false } : {}),
    ...(authority ? { ca: await readAuthorities(path.resolve(cwd, authority)) } : {}),
    // One file with both, as the Python client takes it.
    ...(own === undefined ? {} : { cert: own, key: own }),
  };
}

/** A file of certificates or a folder of such files. */
async function readAuthorities(place: string): Promise<string[]> {
  const name = 'MLFLOW_TRACKING_SERVER_CERT_PATH';
  const isFolder = (await stat(place).catch(() => null))?.isDirectory() === true;
  const files = isFolder ? (await readdir(place)).sort().map(file => path.join(place, file)) : [place];
  return await Promise.all(files.map(file => readPem(file, name)));
}

async function readPem(file: string, variable: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new SentopsError('CONFIG_INVALID', `${variable}: ${file} cannot be read: ${error.message}`, {
      hint: 'name a file in PEM format that this user may read',
      place: { file },
      cause: error,
    });
  });
  if (!text.includes('-----BEGIN '))
    throw new SentopsError('CONFIG_INVALID', `${variable}: ${file} holds no certificate in PEM format`, {
      hint: 'convert it with openssl x509 -in FILE -inform der -out FILE.pem',
      place: { file },
    });
  return text;
}

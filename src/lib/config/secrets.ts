import fs from 'node:fs';
import path from 'node:path';
import { SentopsError } from '../core/errors.ts';
import { redactor } from '../core/redact.ts';
import type { Report } from '../core/report.ts';
import type { Identity } from '../gcp/auth.ts';
import { isSecret, type Secret } from './secret-type.ts';

/** Where one secret is kept, as under `secrets:`, after interpolation. */
export interface SecretSource {
  readonly env?: string;
  readonly file?: string;
  readonly gcp?: string;
}

export interface SecretReaderOptions {
  readonly env: (name: string) => string | undefined;
  /** Relative files stand below the project's folder. */
  readonly dir: string;
  readonly report?: Report;
  readonly secretManagerEndpoint?: string;
  readonly identity?: Identity;
}

/** Everybody reads these in a container, and only the container sees them. */
const MOUNTED = /^\/(?:var\/)?run\//;

/** A secret that is read once, when first used; its value is hidden in all output from then on. */
export function createSecret(name: string, read: () => Promise<string>): Secret {
  return makeSecret([name], read);
}

/** A text with secrets inside, itself a secret. */
export function composeSecret(parts: readonly (string | Secret)[]): Secret {
  const names = parts.flatMap(part => (isSecret(part) ? part.names : []));
  return makeSecret([...new Set(names)], async () => {
    const texts = await Promise.all(parts.map(part => (isSecret(part) ? part.reveal() : part)));
    return texts.join('');
  });
}

/** A secret whose source may be empty: the default then takes its place. */
export function withFallback(name: string, read: () => Promise<string | undefined>, fallback: string | Secret): Secret {
  const names = isSecret(fallback) ? [name, ...fallback.names] : [name];
  return makeSecret(names, async () => {
    const value = await read();
    if (value !== undefined && value !== '') return value;
    return isSecret(fallback) ? fallback.reveal() : fallback;
  });
}

/** Reads a secret from where it is kept; undefined where there is nothing, an error where it cannot be read. */
export async function readSecret(
  name: string,
  source: SecretSource,
  options: SecretReaderOptions,
): Promise<string | undefined> {
  if (source.env !== undefined) return options.env(source.env);
  if (source.file !== undefined) return readSecretFile(name, source.file, options);
  if (source.gcp === undefined) return undefined;
  const { accessSecretVersion } = await import('../gcp/secret-manager.ts');
  const { secretManagerEndpoint: endpoint, identity } = options;
  return accessSecretVersion(source.gcp, { ...(endpoint ? { endpoint } : {}), ...(identity ? { identity } : {}) });
}

/** The error for a secret that is needed and not there. */
export function secretMissing(name: string, source: SecretSource): SentopsError {
  const [where, hint] =
    source.env !== undefined
      ? [`the environment variable ${source.env} is not set`, `set ${source.env} in the environment or in .env`]
      : source.file !== undefined
        ? [
            `the file ${source.file} does not exist`,
            'write the secret into that file, or change its path under secrets:',
          ]
        : ['it names no source', `write env:, file: or gcp: under secrets.${name}`];
  return new SentopsError('SECRET_UNREADABLE', `the secret ${name} cannot be read: ${where}`, { hint });
}

/** A warning for a file that every user of the machine can read, or undefined. */
export function secretFileExposed(file: string): string | undefined {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (stat === undefined || process.platform === 'win32' || MOUNTED.test(file) || (stat.mode & 0o004) === 0)
    return undefined;
  return `the secret file ${file} can be read by everybody (mode ${(stat.mode & 0o777).toString(8)}): run chmod 600 ${file}`;
}

function readSecretFile(name: string, given: string, options: SecretReaderOptions): string | undefined {
  const file = path.resolve(options.dir, given);
  try {
    const text = fs.readFileSync(file, 'utf8');
    const message = secretFileExposed(file);
    if (message !== undefined) options.report?.({ type: 'note', level: 'warn', message });
    return text.replace(/\r?\n$/, '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return undefined;
    const reason =
      code === 'EACCES' ? 'permission denied' : code === 'EISDIR' ? 'it is a folder' : String(code ?? error);
    throw new SentopsError('SECRET_UNREADABLE', `the secret ${name} cannot be read from ${file}: ${reason}`, {
      hint: 'check the path under secrets: and the permissions of the file',
      place: { file },
      cause: error,
    });
  }
}

function makeSecret(names: readonly string[], read: () => Promise<string>): Secret {
  let value: Promise<string> | undefined;
  const label = `[secret ${names.join(', ')}]`;
  const secret = {
    kind: 'secret' as const,
    names,
    reveal: () => {
      value ??= read().then(hide, (error: unknown) => {
        value = undefined;
        throw error;
      });
      return value;
    },
    toString: () => label,
    toJSON: () => label,
    [Symbol.for('nodejs.util.inspect.custom')]: () => label,
  };
  return Object.freeze(secret);
}

function hide(value: string): string {
  redactor.add(value);
  return value;
}

import { readFile, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { SentopsError } from '../../core/errors.ts';
import { redactor } from '../../core/redact.ts';
import type { Report } from '../../core/report.ts';

const TOKEN_NAME = 'SENTOPS_STORE_TOKEN';

/** The token that clients have to know: of the file, else of the environment; null where neither is given. */
export async function readToken(
  env: Readonly<Record<string, string | undefined>>,
  file: string | undefined,
  report: Report,
): Promise<string | null> {
  const given = file === undefined ? env[TOKEN_NAME] : await readTokenFile(file, report);
  if (given === undefined || (file === undefined && given === '')) return null;
  const where = file ?? TOKEN_NAME;
  const token = given.trim();
  // It has to fit into a header as it is.
  if (!/^[\x21-\x7e]{8,1024}$/.test(token))
    throw new SentopsError(
      'CONFIG_INVALID',
      `${where} holds no token: it has to be 8 or more letters, digits and marks`,
      {
        hint: 'make one, for example with: openssl rand -hex 32',
      },
    );
  redactor.add(token);
  return token;
}

async function readTokenFile(file: string, report: Report): Promise<string> {
  try {
    const { mode } = await stat(file);
    if ((mode & 0o077) !== 0 && process.platform !== 'win32')
      report({ type: 'note', level: 'warn', message: `others on this machine may read ${file}: run chmod 600 on it` });
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new SentopsError('SECRET_UNREADABLE', `--auth-token-file: ${file} cannot be read`, {
      hint: 'check the path and its permissions',
      place: { file },
      cause: error,
    });
  }
}

/** Whether only programs on this machine can reach the address. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

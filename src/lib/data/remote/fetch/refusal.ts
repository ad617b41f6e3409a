import { SentopsError } from '../../../core/errors.ts';
import { shown } from './failures.ts';
import { isPage } from './page.ts';
import { readStart } from './read-chunks.ts';
import type { FetchAnswer, Fetcher } from './types.ts';

export interface Refused {
  readonly what: string;
  readonly credential: string | undefined;
  readonly fetcher: Pick<Fetcher, 'silenceMs'>;
  readonly signal: AbortSignal;
}

/** What an answer other than 2xx means at an address of which nothing is known but that a file should be there. */
export async function refusalOf(answer: FetchAnswer, refused: Refused): Promise<SentopsError> {
  const said = await readWords(answer, refused);
  const { status, url, headers } = answer;
  const { what, credential } = refused;
  const details = { url: shown(url), status };
  const text = said === '' ? '' : `: ${said}`;
  if (status === 401 || status === 407)
    return new SentopsError('AUTH_FAILED', `${what} wants to know who asks (HTTP ${status})${text}`, {
      hint: authHint(credential, headers['www-authenticate']),
      details,
    });
  if (status === 403)
    return new SentopsError('PERMISSION_DENIED', `${what} may not be read (HTTP 403)${text}`, {
      hint: /signature|expired/i.test(said)
        ? 'the link has expired: get a new one'
        : 'ask its owner for access, or whether the link is still good',
      details,
    });
  if (status === 404 || status === 410)
    return new SentopsError('NOT_FOUND', `there is nothing at ${what} (HTTP ${status})`, {
      hint: 'check the address; open it in a browser',
      details,
    });
  if (status >= 500) return new SentopsError('REMOTE_UNAVAILABLE', `${what}: HTTP ${status}${text}`, { details });
  return new SentopsError('DATA_INVALID', `${what} gave no file but HTTP ${status}${text}`, {
    hint: 'open the address in a browser and use the address of the file itself',
    details,
  });
}

function authHint(credential: string | undefined, challenge: string | undefined): string {
  if (credential !== undefined) return 'check user and password in the address';
  return /basic/i.test(challenge ?? '')
    ? 'write the address as https://user:password@host/path'
    : 'where it takes a user and a password: https://user:password@host/path; else download it in a browser and name the file: ./path';
}

const LONGEST = 300;

/** The first line of what a server says in plain words. */
export async function readWords(
  answer: FetchAnswer,
  { fetcher, signal }: Omit<Refused, 'what' | 'credential'>,
): Promise<string> {
  const body = await readStart(answer.body, 16_384, fetcher.silenceMs, signal).catch(() => Buffer.alloc(0));
  signal.throwIfAborted();
  if (isPage(answer.headers, body)) return '';
  const text = body.toString('utf8').trim();
  if (!/xml/i.test(answer.headers['content-type'] ?? '')) return firstLine(text);
  // Google's and Amazon's stores answer in XML.
  return firstLine(/<(?:Details|Message)>([^<]*)</.exec(text)?.[1] ?? '');
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/[\u0000-\u001f\u007f]/g, ' ').slice(0, LONGEST);
}

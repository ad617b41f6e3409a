import { SentopsError } from '../../../core/errors.ts';
import { shown } from '../fetch/failures.ts';
import { isPage, pageFailure } from '../fetch/page.ts';
import { readStart } from '../fetch/read-chunks.ts';
import type { FetchAnswer, Fetcher } from '../fetch/types.ts';
import { parseObject } from './parse-object.ts';
import type { KaggleRef } from './read-ref.ts';

interface Refused {
  /** The body. */
  readonly said: string;
  readonly ref: KaggleRef;
  /** Where the credential that was sent comes from; null where none was. */
  readonly credential: string | null;
  /** Those that were refused before. */
  readonly refused: readonly string[];
}

export const HOW_TO_SIGN_IN =
  'make a token at https://www.kaggle.com/settings and set KAGGLE_API_TOKEN, or put kaggle.json into ~/.kaggle';

export async function readSaid(answer: FetchAnswer, fetcher: Fetcher, signal: AbortSignal): Promise<string> {
  const body = await readStart(answer.body, 65_536, fetcher.silenceMs, signal).catch(() => Buffer.alloc(0));
  signal.throwIfAborted();
  return body.toString('utf8');
}

/** What a refusal of Kaggle, or of the store that it leads to, means for the dataset. */
export function refusalOf({ status, url, headers }: FetchAnswer, refused: Refused): SentopsError {
  const { ref, credential } = refused;
  const what = nameOf(ref);
  const page = pageOf(ref);
  const said = wordsOf(refused.said);
  const text = said === '' ? '' : `: ${said}`;
  const details = { dataset: what, url: shown(url), status };
  if (status < 400 && isPage(headers, Buffer.from(refused.said)))
    return pageFailure(`Kaggle's ${what}`, url, `open ${page} in a browser; ${HOW_TO_SIGN_IN}`);
  switch (status) {
    case 401:
      return new SentopsError('AUTH_FAILED', `${whoAsks(refused)} for ${what} (HTTP 401)${text}`, {
        hint: HOW_TO_SIGN_IN,
        details: { ...details, refused: refused.refused },
      });
    case 403:
      return new SentopsError(
        credential === null ? 'AUTH_FAILED' : 'PERMISSION_DENIED',
        credential === null
          ? `${refusedBefore(refused)}Kaggle does not give ${what} to whom it does not know (HTTP 403)${text}`
          : `the user of ${credential} may not read ${what} on Kaggle (HTTP 403)${text}`,
        {
          hint:
            credential === null
              ? `check the name; if it is right, ${HOW_TO_SIGN_IN}`
              : `check the name, and open ${page} in a browser: its terms may have to be accepted, or its owner asked`,
          details,
        },
      );
    case 404:
      return new SentopsError('NOT_FOUND', `Kaggle has no ${what}${text}`, {
        hint: `check owner, name and version: ${page}`,
        details,
      });
    default:
      return new SentopsError(
        status >= 500 ? 'REMOTE_UNAVAILABLE' : 'DATA_INVALID',
        `Kaggle answered HTTP ${status} for ${what}${text}`,
        { hint: `run the command again in a moment, and look at ${page} if it stays so`, details },
      );
  }
}

export function nameOf({ owner, name, version }: KaggleRef): string {
  return version === null ? `${owner}/${name}` : `${owner}/${name} (version ${version})`;
}

export function pageOf({ owner, name, version }: KaggleRef): string {
  const page = `https://www.kaggle.com/datasets/${owner}/${name}`;
  return version === null ? page : `${page}/versions/${version}`;
}

function refusedBefore({ refused }: Refused): string {
  return refused.length === 0 ? '' : `what ${refused.join(' and ')} holds was refused, and `;
}

function whoAsks({ credential, refused }: Refused): string {
  if (credential !== null) return `Kaggle refuses what ${credential} holds`;
  if (refused.length > 0) return `Kaggle refuses what ${refused.join(' and ')} holds`;
  return 'Kaggle wants to know who asks';
}

/** The message of an error in JSON; nothing of a page. */
function wordsOf(said: string): string {
  const message = parseObject(said)?.['message'];
  return typeof message === 'string' ? (message.split('\n')[0] ?? '').slice(0, 300) : '';
}

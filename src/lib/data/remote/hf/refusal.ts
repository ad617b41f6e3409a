import { SentopsError } from '../../../core/errors.ts';
import { shown } from '../fetch/failures.ts';
import { readWords } from '../fetch/refusal.ts';
import type { FetchAnswer, Fetcher } from '../fetch/types.ts';
import type { HubRef } from './read-ref.ts';

interface Refused {
  readonly ref: HubRef;
  readonly endpoint: string;
  readonly hasToken: boolean;
  readonly fetcher: Pick<Fetcher, 'silenceMs'>;
  readonly signal: AbortSignal;
}

/** What a refusal of the hub means; it names its reason in a header. */
export async function refusalOf(answer: FetchAnswer, refused: Refused): Promise<SentopsError> {
  const { ref, endpoint, hasToken } = refused;
  const { status, headers, url } = answer;
  const said = await readWords(answer, refused);
  const reason = String(headers['x-error-code'] ?? '');
  const page = `${endpoint}/datasets/${ref.id}`;
  const details = { dataset: ref.id, url: shown(url), status, reason };
  const signIn = `make a token at ${endpoint}/settings/tokens and set HF_TOKEN`;
  if (reason === 'GatedRepo')
    return new SentopsError('PERMISSION_DENIED', `${ref.id} is given to those alone who accepted its terms`, {
      hint: hasToken ? `open ${page} in a browser and accept them` : `open ${page}, accept them; then ${signIn}`,
      details,
    });
  // Strangers are not told whether a private dataset exists.
  if (reason === 'RepoNotFound' || (status === 401 && !hasToken))
    return new SentopsError('NOT_FOUND', `Hugging Face shows no dataset ${ref.id}`, {
      hint: hasToken ? `check its name: ${page}` : `check its name; if it is private, ${signIn}`,
      details,
    });
  if (status === 401)
    return new SentopsError('AUTH_FAILED', 'Hugging Face refuses the token: it may have expired', {
      hint: signIn,
      details,
    });
  if (status === 403)
    return new SentopsError('PERMISSION_DENIED', `the token may not read ${ref.id}`, {
      hint: `give it the right to read this dataset: ${endpoint}/settings/tokens`,
      details,
    });
  if (status === 404)
    return new SentopsError('NOT_FOUND', `${ref.id} has no revision ${ref.revision}, or not this file`, {
      hint: `look at ${page}/tree/main`,
      details,
    });
  return new SentopsError(
    'REMOTE_UNAVAILABLE',
    `Hugging Face answered HTTP ${status}${said === '' ? '' : `: ${said}`}`,
    {
      details,
    },
  );
}

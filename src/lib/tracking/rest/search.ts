import { SentopsError } from '../../core/errors.ts';
import { endlessPages } from '../endless-pages.ts';
import type { LanguageName } from '../filter/types.ts';
import type { Page, View } from '../types.ts';
import type { Fields } from '../wire/fields.ts';
import { isRefusal, nextToken, readAnswer } from './answers.ts';
import type { Api } from './api.ts';

/** The largest pages that MLflow's server gives; for a longer one it answers 400. */
export const MOST_ROWS = {
  runs: 50_000,
  experiments: 50_000,
  registeredModels: 1000,
  modelVersions: 200_000,
  loggedModels: 1000,
} as const satisfies Readonly<Record<LanguageName, number>>;

interface Asked {
  readonly filter?: string;
  readonly orderBy?: readonly string[];
  readonly limit: number;
  readonly pageToken?: string;
}

/** The members that every search of the API has. `max_results` always: without it some calls fail, others cut. */
export function searchBody(language: LanguageName, { filter, orderBy, limit, pageToken }: Asked) {
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new SentopsError('FLAG_INVALID', `a page of ${limit} items cannot be`, { hint: 'ask for at least one' });
  return {
    max_results: Math.min(limit, MOST_ROWS[language]),
    ...(filter === undefined || filter.trim() === '' ? {} : { filter }),
    ...(orderBy === undefined || orderBy.length === 0 ? {} : { order_by: orderBy }),
    ...(pageToken === undefined ? {} : { page_token: pageToken }),
  };
}

export function viewToWire(view: View = 'active'): string {
  return view === 'all' ? 'ALL' : `${view.toUpperCase()}_ONLY`;
}

/** One page. A filter that the server refuses is read by our own parser, too: that one knows the column. */
export async function searchPage<Item>(
  api: Api,
  language: LanguageName,
  asked: Asked,
  ask: () => Promise<unknown>,
  read: (answer: Fields) => readonly Item[],
): Promise<Page<Item>> {
  const json = await ask().catch(async (error: unknown) => {
    if (!isRefusal(error, 'FLAG_INVALID')) throw error;
    throw await placeRefusal(error, language, asked);
  });
  const page = readAnswer(api, json, answer => ({ items: read(answer), nextPageToken: nextToken(answer) }));
  if (page.nextPageToken !== null && page.nextPageToken === asked.pageToken) throw endlessPages(page.nextPageToken);
  return page;
}

async function placeRefusal(
  refusal: SentopsError,
  language: LanguageName,
  { filter, orderBy }: Asked,
): Promise<SentopsError> {
  const [{ parseFilter }, { parseOrder }] = await Promise.all([
    import('../filter/parse-filter.ts'),
    import('../filter/parse-order.ts'),
  ]);
  try {
    if (filter !== undefined) parseFilter(language, filter);
    if (orderBy !== undefined) parseOrder(language, orderBy);
  } catch (error) {
    if (!isRefusal(error, 'FLAG_INVALID')) throw error;
    const { message, hint, details } = error;
    return new SentopsError('FLAG_INVALID', message, {
      hint,
      details: { ...refusal.details, ...details, answer: refusal.message },
      cause: refusal,
    });
  }
  return refusal;
}

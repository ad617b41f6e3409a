import { SentopsError } from '../../core/errors.ts';
import type { View } from '../types.ts';
import type { Args } from './args.ts';

const VIEWS = { ACTIVE_ONLY: 'active', DELETED_ONLY: 'deleted', ALL: 'all' } as const satisfies Record<string, View>;

export function viewOf(args: Args, name: string): View {
  return VIEWS[args.oneOf(name, ['ACTIVE_ONLY', 'DELETED_ONLY', 'ALL']) ?? 'ACTIVE_ONLY'];
}

interface PageLimits {
  /** How many there are where the request does not say; it has to, where this is absent. */
  readonly usual?: number;
  readonly most: number;
}

export interface PageQuery {
  readonly filter?: string;
  readonly orderBy?: readonly string[];
  readonly limit: number;
  readonly pageToken?: string;
}

/** What every search takes. */
export function pageOf(args: Args, limits: PageLimits): PageQuery {
  const filter = args.maybeText('filter') ?? '';
  const orderBy = args.texts('order_by');
  return {
    ...pageRange(args, limits),
    ...(filter === '' ? {} : { filter }),
    ...(orderBy.length === 0 ? {} : { orderBy }),
  };
}

export function pageRange(args: Args, { usual, most }: PageLimits): Pick<PageQuery, 'limit' | 'pageToken'> {
  const limit = usual === undefined ? args.integer('max_results') : (args.maybeInteger('max_results') ?? usual);
  if (limit < 1 || limit > most)
    throw new SentopsError(
      'FLAG_INVALID',
      `Invalid value ${limit} for parameter 'max_results' supplied. It must be between 1 and ${most}.`,
      { hint: 'ask for the next page with page_token' },
    );
  const pageToken = args.maybeText('page_token') ?? '';
  return { limit, ...(pageToken === '' ? {} : { pageToken }) };
}

export function absent(message: string): SentopsError {
  return new SentopsError('NOT_FOUND', message);
}

/** A page as the wire has it: an empty list and an absent token are left out. */
export function pageToWire(name: string, items: readonly object[], token: string | null): object {
  return {
    ...(items.length === 0 ? {} : { [name]: items }),
    ...(token === null ? {} : { next_page_token: token }),
  };
}

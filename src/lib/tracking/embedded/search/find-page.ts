import type { DatabaseSync } from 'node:sqlite';
import { SentopsError } from '../../../core/errors.ts';
import { readPageToken, writePageToken } from '../../filter/page-token.ts';
import { joinSql, type Sql, sql } from './sql.ts';

export interface Select {
  /** Columns and tables: what stands between SELECT and WHERE. */
  readonly from: readonly Sql[];
  /** All have to hold; at least one. */
  readonly where: readonly Sql[];
  /** At least one; the last makes the order total. */
  readonly order: readonly Sql[];
}

interface PageQuery {
  readonly limit: number;
  readonly pageToken?: string;
}

interface FoundRows {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly nextPageToken: string | null;
}

/** One page of a query. One row more than asked for tells whether there is another page. */
export function findPage(db: DatabaseSync, { from, where, order }: Select, { limit, pageToken }: PageQuery): FoundRows {
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new SentopsError('FLAG_INVALID', `a page of ${limit} items cannot be`, { hint: 'ask for at least 1' });
  const offset = readPageToken(pageToken);
  const { text, values } = joinSql(
    [
      sql('SELECT'),
      ...from,
      sql('WHERE'),
      joinSql(where, ' AND '),
      sql('ORDER BY'),
      joinSql(order, ', '),
      sql('LIMIT ? OFFSET ?', limit + 1, offset),
    ],
    ' ',
  );
  const rows = db.prepare(text).all(...values);
  const isMore = rows.length > limit;
  return { rows: isMore ? rows.slice(0, limit) : rows, nextPageToken: isMore ? writePageToken(offset + limit) : null };
}

export function direction(ascending: boolean): 'ASC' | 'DESC' {
  return ascending ? 'ASC' : 'DESC';
}

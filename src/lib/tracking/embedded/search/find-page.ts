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

/** SQLite joins 64 tables and takes conditions of a depth of 1,000. */
const MOST_JOINS = 60;
const MOST_CONDITIONS = 500;

/** One page of a query. One row more than asked for tells whether there is another page. */
export function findPage(db: DatabaseSync, { from, where, order }: Select, { limit, pageToken }: PageQuery): FoundRows {
  checkLimit(limit);
  checkSize(from.length - 1, where.length);
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

function checkSize(joins: number, conditions: number): void {
  if (joins > MOST_JOINS)
    throw new SentopsError('FLAG_INVALID', `the search is ordered by ${joins} metrics, parameters and tags`, {
      hint: `order by at most ${MOST_JOINS} of them`,
    });
  if (conditions > MOST_CONDITIONS)
    throw new SentopsError('FLAG_INVALID', `the filter makes ${conditions} conditions`, {
      hint: `keep it below ${MOST_CONDITIONS}; IN takes many values at once`,
    });
}

/** A page without items would be followed by itself. */
export function checkLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new SentopsError('FLAG_INVALID', `a page of ${limit} items cannot be`, { hint: 'ask for at least 1' });
}

export function direction(ascending: boolean): 'ASC' | 'DESC' {
  return ascending ? 'ASC' : 'DESC';
}

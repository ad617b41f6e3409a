import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { SentopsError } from '../../../core/errors.ts';
import type { Clause, ClauseValue } from '../../filter/types.ts';
import type { View } from '../../types.ts';

/** A piece of SQL with the values of its question marks, in their order. Nothing of a user stands in the text. */
export interface Sql {
  readonly text: string;
  readonly values: readonly SQLInputValue[];
}

export function sql(text: string, ...values: readonly SQLInputValue[]): Sql {
  return { text, values };
}

export function joinSql(parts: readonly Sql[], separator: string): Sql {
  return { text: parts.map(({ text }) => text).join(separator), values: parts.flatMap(({ values }) => values) };
}

/** A column against the values of a clause. MLflow compares texts byte by byte and takes LIKE with its letters as they are. */
export function compare(column: string, clause: Clause): Sql {
  switch (clause.comparator) {
    case 'LIKE':
      return sql(`${column} GLOB ?`, globOf(pattern(clause.value)));
    case 'ILIKE':
      return sql(`lower(${column}) LIKE lower(?)`, pattern(clause.value));
    case 'IN':
    case 'NOT IN':
      return sql(`${column} ${clause.comparator} (SELECT value FROM json_each(?))`, jsonOf(clause.values));
    case 'IS NULL':
    case 'IS NOT NULL':
      return sql(`${column} ${clause.comparator}`);
    default:
      return sql(`${column} ${clause.comparator} ?`, clause.value);
  }
}

/** Rows of a table of keys and values that belong to the row in question, `owner` being the condition for that. */
export function hasKey(clause: Clause, table: string, owner: string, names = { key: '"key"', value: 'value' }): Sql {
  const { comparator } = clause;
  const exists = `EXISTS (SELECT 1 FROM ${table} AS t WHERE ${owner} AND t.${names.key} = ?`;
  if (comparator === 'IS NULL') return sql(`NOT ${exists})`, clause.key);
  if (comparator === 'IS NOT NULL') return sql(`${exists})`, clause.key);
  const value = compare(`t.${names.value}`, clause);
  return sql(`${exists} AND ${value.text})`, clause.key, ...value.values);
}

/** One value to bind, however many there are: SQLite bounds the number of question marks. */
function jsonOf(values: readonly ClauseValue[]): string {
  return `[${values.map(value => (typeof value === 'bigint' ? String(value) : JSON.stringify(value))).join(',')}]`;
}

/** SQLite's own LIKE ignores the case of ASCII letters unless the connection says otherwise; GLOB never does. */
function globOf(like: string): string {
  return like.replace(/[*?[%_]/g, found => (found === '%' ? '*' : found === '_' ? '?' : `[${found}]`));
}

const LONGEST_PATTERN = 10_000;

function pattern(value: ClauseValue): string {
  const text = String(value);
  if (text.length <= LONGEST_PATTERN) return text;
  throw new SentopsError('FLAG_INVALID', `filter: a pattern has at most ${LONGEST_PATTERN} characters`);
}

const STAGES = { active: ['active'], deleted: ['deleted'], all: ['active', 'deleted'] } as const;

export function inView(column: string, view: View | undefined): Sql {
  return sql(`${column} IN (SELECT value FROM json_each(?))`, jsonOf(STAGES[view ?? 'active']));
}

export function inExperiments(column: string, ids: readonly string[]): Sql {
  const wrong = ids.find(id => !/^\d{1,18}$/.test(id));
  if (ids.length === 0 || wrong !== undefined)
    throw new SentopsError(
      'FLAG_INVALID',
      wrong === undefined ? 'the search names no experiment' : `${JSON.stringify(wrong)} is no experiment id`,
      { hint: 'an experiment id is a whole number: list them with sentops experiment list' },
    );
  return sql(`${column} IN (SELECT value FROM json_each(?))`, jsonOf(ids.map(BigInt)));
}

/**
 * Databases that MLflow 3.17 migrated have workspaces; what is outside of workspaces is in the default one. A condition
 * on the table of that alias, or none.
 */
export function inWorkspace(db: DatabaseSync, table: string, alias: string): Sql[] {
  const found = db.prepare("SELECT 1 FROM pragma_table_info(?) WHERE name = 'workspace'").get(table);
  return found === undefined ? [] : [sql(`${alias}.workspace = 'default'`)];
}

import { SentopsError } from '../../../lib/core/errors.ts';
import { suggest } from '../../../lib/core/suggest.ts';
import { propertyOf, type Read, type ReadyColumn } from '../records.ts';
import type { ListSettings } from '../settings.ts';
import { compareValues, isNothing } from './compare.ts';
import { compileFilter } from './filter.ts';

/** What was asked of a list, checked before any work is done. */
export interface Query {
  /** The columns to show, in the order asked for. */
  readonly columns: readonly ReadyColumn[];
  /** --columns was given: exports hold these columns only. */
  readonly projected: boolean;
  apply<Row>(rows: readonly Row[]): Row[];
}

export function compileQuery(settings: ListSettings, columns: readonly ReadyColumn[]): Query {
  const { limit } = settings;
  const filters = (settings.filter ?? []).map(text =>
    compileFilter(text, (name, flag) => readColumn(name, flag, columns)),
  );
  const order = settings.sort === undefined ? undefined : compileSort(settings.sort, columns);
  return {
    columns:
      settings.columns === undefined
        ? columns.filter(column => !column.extra)
        : chooseColumns(settings.columns, columns),
    projected: settings.columns !== undefined,
    apply(rows) {
      const kept = rows.filter(row => filters.every(matches => matches(row)));
      const sorted = order ? kept.toSorted(order) : kept;
      return limit === undefined ? sorted : sorted.slice(0, limit);
    },
  };
}

function chooseColumns(text: string, columns: readonly ReadyColumn[]): ReadyColumn[] {
  const names = text
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '');
  if (names.length === 0)
    throw new SentopsError('FLAG_INVALID', '--columns names no column', { hint: listColumns(columns) });
  return names.map(name => findColumn(name, '--columns', columns));
}

type Order = (a: unknown, b: unknown) => number;

/** `state,-created` or `created:desc`; rows that are equal keep their order, rows without a value come last either way. */
function compileSort(text: string, columns: readonly ReadyColumn[]): Order {
  const orders = text.split(',').map(part => compileOrder(part.trim(), columns));
  return (a, b) => {
    for (const order of orders) {
      const result = order(a, b);
      if (result !== 0) return result;
    }
    return 0;
  };
}

function compileOrder(part: string, columns: readonly ReadyColumn[]): Order {
  const [, minus, name = '', suffix] = /^(-?)(.*?)(?::(asc|desc))?$/.exec(part) ?? [];
  const read = readColumn(name, '--sort', columns);
  const direction = minus || suffix === 'desc' ? -1 : 1;
  return (a, b) => {
    const [left, right] = [read(a), read(b)];
    if (isNothing(left) || isNothing(right)) return Number(isNothing(left)) - Number(isNothing(right));
    return direction * compareValues(left, right);
  };
}

/** A column, or with dots what its value holds: `labels.team`. */
function readColumn(name: string, flag: string, columns: readonly ReadyColumn[]): Read {
  const exact = columns.find(column => column.key === name);
  if (exact) return exact.value;
  const [head = '', ...rest] = name.split('.');
  const column = findColumn(head, flag, columns);
  return row => rest.reduce<unknown>(propertyOf, column.value(row));
}

function findColumn(name: string, flag: string, columns: readonly ReadyColumn[]): ReadyColumn {
  const found = columns.find(({ key, title }) => key === name || title === name);
  if (found) return found;
  const names = columns.map(({ key }) => key);
  const near = suggest(name, names);
  const meant = near === undefined ? '' : `; did you mean ${near}?`;
  throw new SentopsError('FLAG_INVALID', `${flag}: there is no column ${JSON.stringify(name)}${meant}`, {
    hint: listColumns(columns),
    details: { flag, value: name, allowed: names, ...(near === undefined ? {} : { suggestion: near }) },
  });
}

function listColumns(columns: readonly ReadyColumn[]): string {
  return `the columns are ${columns.map(({ key }) => key).join(', ')}`;
}

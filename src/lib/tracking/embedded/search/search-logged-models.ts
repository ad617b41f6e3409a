import type { DatabaseSync } from 'node:sqlite';
import { LOGGED_MODEL_STATUSES } from '../../entities.ts';
import { parseFilter } from '../../filter/parse-filter.ts';
import { parseOrder } from '../../filter/parse-order.ts';
import type { Clause, ClauseValue, OrderTerm } from '../../filter/types.ts';
import type { LoggedModelQuery } from '../../types.ts';
import type { FoundIds } from '../search-types.ts';
import { direction, findPage, type Select } from './find-page.ts';
import { compare, hasKey, inExperiments, joinSql, type Sql, sql } from './sql.ts';

interface DatasetFilter {
  readonly name: string;
  readonly digest?: string;
}

/** As MLflow's REST interface gives it: a field without quotes, perhaps a metric on one dataset only. */
interface LoggedModelOrder {
  readonly field: string;
  readonly ascending: boolean;
  readonly dataset?: Partial<DatasetFilter>;
}

export interface LoggedModelSearch extends Omit<LoggedModelQuery, 'orderBy'> {
  readonly orderBy?: readonly (string | LoggedModelOrder)[];
  /** Metrics count only where they were measured on one of these; models without such a metric are left out. */
  readonly datasets?: readonly DatasetFilter[];
}

/** Ids of logged models; the newest first where no order is asked for and among equals, then by id. */
export function searchLoggedModels(db: DatabaseSync, query: LoggedModelSearch): FoundIds {
  const terms = (query.orderBy ?? []).map(readTerm);
  const clauses = parseFilter('loggedModels', query.filter ?? '');
  const datasets = (query.datasets ?? []).map(isDataset);
  const onDatasets = datasets.length === 0 ? [] : [sql('AND ('), joinSql(datasets, ' OR '), sql(')')];
  const hasMetricClause = clauses.some(({ kind }) => kind === 'metric');
  const orders = terms.map(orderBy);
  const has = (key: string) => terms.some(term => term.kind === 'attribute' && term.key === key);
  const select: Select = {
    from: [sql('l.model_id AS id FROM logged_models AS l'), ...orders.flatMap(({ join }) => join)],
    where: [
      sql("l.lifecycle_stage != 'deleted'"),
      inExperiments('l.experiment_id', query.experimentIds),
      ...clauses.map(clause => condition(clause, onDatasets)),
      ...(hasMetricClause || onDatasets.length === 0 ? [] : [hasMetric([], onDatasets)]),
    ],
    order: [
      ...orders.map(({ order }) => order),
      ...(has('creation_timestamp') ? [] : [sql('l.creation_timestamp_ms DESC')]),
      sql('l.model_id'),
    ],
  };
  const { rows, nextPageToken } = findPage(db, select, query);
  return { ids: rows.map(({ id }) => String(id)), nextPageToken };
}

interface Term extends OrderTerm {
  readonly dataset?: Partial<DatasetFilter>;
}

function readTerm(entry: string | LoggedModelOrder): Term {
  const parse = (text: string) =>
    parseOrder('loggedModels', [text])[0] ?? { kind: 'attribute', key: 'name', ascending: true };
  if (typeof entry === 'string') return parse(entry);
  const { field, ascending, dataset } = entry;
  if (!field.startsWith('metrics.')) return { ...parse(field), ascending };
  return {
    kind: 'metric',
    key: field.slice('metrics.'.length),
    ascending,
    ...(dataset === undefined ? {} : { dataset }),
  };
}

const COLUMNS: Readonly<Record<string, string>> = {
  creation_timestamp: 'l.creation_timestamp_ms',
  last_updated_timestamp: 'l.last_updated_timestamp_ms',
};

function columnOf(key: string): string {
  return COLUMNS[key] ?? `l.${key}`;
}

const OWN = 't.model_id = l.model_id';

function condition(clause: Clause, onDatasets: readonly Sql[]): Sql {
  switch (clause.kind) {
    case 'metric':
      return hasMetric([sql('AND t.metric_name = ? AND', clause.key), compare('t.metric_value', clause)], onDatasets);
    case 'param':
      return hasKey(clause, 'logged_model_params', OWN, { key: 'param_key', value: 'param_value' });
    case 'tag':
      return hasKey(clause, 'logged_model_tags', OWN, { key: 'tag_key', value: 'tag_value' });
    default:
      return compare(columnOf(clause.key), clause.key === 'status' ? byNumber(clause) : clause);
  }
}

function hasMetric(what: readonly Sql[], onDatasets: readonly Sql[]): Sql {
  return joinSql(
    [sql(`EXISTS (SELECT 1 FROM logged_model_metrics AS t WHERE ${OWN}`), ...what, ...onDatasets, sql(')')],
    ' ',
  );
}

function isDataset({ name, digest }: DatasetFilter): Sql {
  const byName = sql('t.dataset_name = ?', name);
  return digest === undefined ? byName : joinSql([byName, sql('t.dataset_digest = ?', digest)], ' AND ');
}

/** The database has statuses as numbers from 1; MLflow itself takes those only, so names are looked up here. */
function byNumber(clause: Clause): Clause {
  const number = (value: ClauseValue) => {
    const index = LOGGED_MODEL_STATUSES.findIndex(status => status === value || `LOGGED_MODEL_${status}` === value);
    return index === -1 ? value : index + 1;
  };
  if ('values' in clause) return { ...clause, values: clause.values.map(number) };
  return 'value' in clause && !clause.comparator.endsWith('LIKE') ? { ...clause, value: number(clause.value) } : clause;
}

/** A metric that was measured several times counts with its latest value. NaN is stored as no value. */
function orderBy(
  { kind, key, ascending, dataset }: Term,
  index: number,
): { readonly join: Sql[]; readonly order: Sql } {
  const way = direction(ascending);
  if (kind !== 'metric') return { join: [], order: sql(`${columnOf(key)} IS NULL, ${columnOf(key)} ${way}`) };
  const alias = `o${index}`;
  const only = [
    ...(dataset?.name ? [sql('AND dataset_name = ?', dataset.name)] : []),
    ...(dataset?.digest ? [sql('AND dataset_digest = ?', dataset.digest)] : []),
  ];
  const latest = joinSql(
    [
      sql(
        `LEFT JOIN (SELECT model_id, metric_value, row_number() OVER (PARTITION BY model_id
         ORDER BY metric_timestamp_ms DESC, metric_step DESC, run_id) AS place
         FROM logged_model_metrics WHERE metric_name = ?`,
        key,
      ),
      ...only,
      sql(`) AS ${alias} ON ${alias}.model_id = l.model_id AND ${alias}.place = 1`),
    ],
    ' ',
  );
  return { join: [latest], order: sql(`${alias}.metric_value IS NULL, ${alias}.metric_value ${way}`) };
}

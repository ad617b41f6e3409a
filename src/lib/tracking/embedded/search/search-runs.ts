import type { DatabaseSync } from 'node:sqlite';
import { parseFilter } from '../../filter/parse-filter.ts';
import { parseOrder } from '../../filter/parse-order.ts';
import type { Clause, OrderTerm } from '../../filter/types.ts';
import type { RunQuery } from '../../types.ts';
import type { FoundIds } from '../search-types.ts';
import { direction, findPage } from './find-page.ts';
import { compare, hasKey, inExperiments, inView, type Sql, sql } from './sql.ts';

/**
 * Ids of runs, in the order asked for; ties, and everything where nothing is asked for, by start, newest first, then
 * by id. Runs without the value that is ordered by come last either way, behind those with NaN.
 */
export function searchRuns(db: DatabaseSync, query: RunQuery): FoundIds {
  const terms = parseOrder('runs', query.orderBy ?? []);
  const clauses = parseFilter('runs', query.filter ?? '');
  const orders = terms.map(orderBy);
  const byStart = terms.some(({ kind, key }) => kind === 'attribute' && key === 'start_time')
    ? []
    : [sql('r.start_time DESC')];
  const { rows, nextPageToken } = findPage(
    db,
    {
      from: [sql('r.run_uuid AS id FROM runs AS r'), ...orders.flatMap(({ join }) => join)],
      where: [
        inExperiments('r.experiment_id', query.experimentIds),
        inView('r.lifecycle_stage', query.view),
        ...clauses.map(condition),
      ],
      order: [...orders.map(({ order }) => order), ...byStart, sql('r.run_uuid')],
    },
    query,
  );
  return { ids: rows.map(({ id }) => String(id)), nextPageToken };
}

const COLUMNS: Readonly<Record<string, string>> = { run_id: 'r.run_uuid', run_name: 'r.name' };

function columnOf(key: string): string {
  return COLUMNS[key] ?? `r.${key}`;
}

const OWN = 't.run_uuid = r.run_uuid';

function condition(clause: Clause): Sql {
  switch (clause.kind) {
    case 'metric':
      return hasMetric(clause);
    case 'param':
      return hasKey(clause, 'params', OWN);
    case 'tag':
      return hasKey(clause, 'tags', OWN);
    case 'dataset':
      return hasDataset(clause);
    case 'attribute':
      // MLflow looks the name up in the tag: the column is empty for runs of MLflow 1.
      if (clause.key === 'run_name') return hasKey({ ...clause, key: 'mlflow.runName' }, 'tags', OWN);
      return compare(columnOf(clause.key), clause);
  }
}

/** NaN is stored as 0 with a mark; it differs from every number and compares with none. */
function hasMetric(clause: Clause): Sql {
  const value = compare('t.value', clause);
  const isNan = clause.comparator === '!=' ? 'OR t.is_nan = 1' : 'AND t.is_nan = 0';
  return sql(
    `EXISTS (SELECT 1 FROM latest_metrics AS t WHERE ${OWN} AND t."key" = ? AND (${value.text} ${isNan}))`,
    clause.key,
    ...value.values,
  );
}

function hasDataset(clause: Clause): Sql {
  const isContext = clause.key === 'context';
  const value = compare(isContext ? 't.value' : `d.${clause.key}`, clause);
  const tags = isContext
    ? "JOIN input_tags AS t ON t.input_uuid = i.input_uuid AND t.name = 'mlflow.data.context'"
    : '';
  return sql(
    `r.run_uuid IN (SELECT i.destination_id FROM datasets AS d
     JOIN inputs AS i ON i.source_type = 'DATASET' AND i.source_id = d.dataset_uuid AND i.destination_type = 'RUN'
     ${tags} WHERE ${value.text})`,
    ...value.values,
  );
}

const TABLES = { metric: 'latest_metrics', param: 'params', tag: 'tags' } as const;

function orderBy({ kind, key, ascending }: OrderTerm, index: number): { readonly join: Sql[]; readonly order: Sql } {
  const way = direction(ascending);
  if (kind === 'attribute' || kind === 'dataset') {
    const column = columnOf(key);
    return { join: [], order: sql(`${column} IS NULL, ${column} ${way}`) };
  }
  const alias = `o${index}`;
  const join = sql(
    `LEFT JOIN ${TABLES[kind]} AS ${alias} ON ${alias}.run_uuid = r.run_uuid AND ${alias}."key" = ?`,
    key,
  );
  const missing = `${alias}.value IS NULL`;
  const rank = kind === 'metric' ? `CASE WHEN ${alias}.is_nan = 1 THEN 1 WHEN ${missing} THEN 2 ELSE 0 END` : missing;
  return { join: [join], order: sql(`${rank}, ${alias}.value ${way}`) };
}

import type { DatabaseSync } from 'node:sqlite';
import { parseFilter } from '../../filter/parse-filter.ts';
import { parseOrder } from '../../filter/parse-order.ts';
import type { Clause, OrderTerm } from '../../filter/types.ts';
import type { ExperimentQuery } from '../../types.ts';
import type { FoundIds } from '../search-types.ts';
import { direction, findPage } from './find-page.ts';
import { compare, hasKey, inView, inWorkspace, type Sql, sql } from './sql.ts';

const DEFAULT_ORDER: readonly OrderTerm[] = [
  { kind: 'attribute', key: 'creation_time', ascending: false },
  { kind: 'attribute', key: 'experiment_id', ascending: true },
];

/** Ids of experiments; the newest first where no order is asked for, the greatest id first among equals where one is. */
export function searchExperiments(db: DatabaseSync, query: ExperimentQuery): FoundIds {
  const asked = parseOrder('experiments', query.orderBy ?? []);
  const terms = asked.length === 0 ? DEFAULT_ORDER : asked;
  const clauses = parseFilter('experiments', query.filter ?? '');
  const { rows, nextPageToken } = findPage(
    db,
    {
      from: [sql('CAST(e.experiment_id AS TEXT) AS id FROM experiments AS e')],
      where: [
        inView('e.lifecycle_stage', query.view),
        ...inWorkspace(db, 'experiments', 'e'),
        ...clauses.map(condition),
      ],
      order: [
        ...terms.map(({ key, ascending }) => sql(`e.${key} ${direction(ascending)}`)),
        sql('e.experiment_id DESC'),
      ],
    },
    query,
  );
  return { ids: rows.map(({ id }) => String(id)), nextPageToken };
}

function condition(clause: Clause): Sql {
  if (clause.kind === 'tag') return hasKey(clause, 'experiment_tags', 't.experiment_id = e.experiment_id');
  return compare(`e.${clause.key}`, clause);
}

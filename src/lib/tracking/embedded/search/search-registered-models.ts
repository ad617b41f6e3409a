import type { DatabaseSync } from 'node:sqlite';
import { parseFilter } from '../../filter/parse-filter.ts';
import { parseOrder } from '../../filter/parse-order.ts';
import type { ExperimentQuery } from '../../types.ts';
import type { FoundIds } from '../search-types.ts';
import { direction, findPage } from './find-page.ts';
import { withoutPrompts } from './prompts.ts';
import { compare, hasKey, inWorkspace, sql } from './sql.ts';

const COLUMNS: Readonly<Record<string, string>> = { name: 'm.name', last_updated_timestamp: 'm.last_updated_time' };

/** Names of registered models; by name where nothing else is asked for and among equals. */
export function searchRegisteredModels(db: DatabaseSync, query: Omit<ExperimentQuery, 'view'>): FoundIds {
  const terms = parseOrder('registeredModels', query.orderBy ?? []);
  const workspace = inWorkspace(db, 'registered_models', 'm');
  const owner = `t.name = m.name${workspace.length === 0 ? '' : ' AND t.workspace = m.workspace'}`;
  const filter = withoutPrompts(parseFilter('registeredModels', query.filter ?? ''), 'registered_model_tags', owner);
  const { rows, nextPageToken } = findPage(
    db,
    {
      from: [sql('m.name AS id FROM registered_models AS m')],
      where: [
        sql('1'),
        ...workspace,
        ...filter.where,
        ...filter.clauses.map(clause =>
          clause.kind === 'tag' ? hasKey(clause, 'registered_model_tags', owner) : compare('m.name', clause),
        ),
      ],
      order: [...terms.map(({ key, ascending }) => sql(`${COLUMNS[key]} ${direction(ascending)}`)), sql('m.name')],
    },
    query,
  );
  return { ids: rows.map(({ id }) => String(id)), nextPageToken };
}

import type { DatabaseSync } from 'node:sqlite';
import { parseFilter } from '../../filter/parse-filter.ts';
import { parseOrder } from '../../filter/parse-order.ts';
import type { OrderTerm } from '../../filter/types.ts';
import type { ExperimentQuery } from '../../types.ts';
import type { FoundVersions } from '../search-types.ts';
import { direction, findPage } from './find-page.ts';
import { withoutPrompts } from './prompts.ts';
import { compare, hasKey, inWorkspace, sql } from './sql.ts';

const COLUMNS: Readonly<Record<string, string>> = {
  name: 'v.name',
  version_number: 'v.version',
  run_id: 'v.run_id',
  source_path: 'v.source',
  creation_timestamp: 'v.creation_time',
  last_updated_timestamp: 'v.last_updated_time',
};

const DEFAULT_ORDER: readonly OrderTerm[] = [{ kind: 'attribute', key: 'last_updated_timestamp', ascending: false }];

/** Versions of registered models; the last changed first where no order is asked for, then by name, newest first. */
export function searchModelVersions(db: DatabaseSync, query: Omit<ExperimentQuery, 'view'>): FoundVersions {
  const asked = parseOrder('modelVersions', query.orderBy ?? []);
  const terms = asked.length === 0 ? DEFAULT_ORDER : asked;
  const workspace = inWorkspace(db, 'model_versions', 'v');
  const model = `t.name = v.name${workspace.length === 0 ? '' : ' AND t.workspace = v.workspace'}`;
  const filter = withoutPrompts(parseFilter('modelVersions', query.filter ?? ''), 'model_version_tags', model);
  const { rows, nextPageToken } = findPage(
    db,
    {
      from: [sql('v.name AS name, v.version AS version FROM model_versions AS v')],
      where: [
        // Where MLflow keeps the number of a deleted version.
        sql("v.current_stage != 'Deleted_Internal'"),
        ...workspace,
        ...filter.where,
        ...filter.clauses.map(clause =>
          clause.kind === 'tag'
            ? hasKey(clause, 'model_version_tags', `${model} AND t.version = v.version`)
            : compare(COLUMNS[clause.key] ?? 'v.name', clause),
        ),
      ],
      order: [
        ...terms.map(({ key, ascending }) => sql(`${COLUMNS[key]} ${direction(ascending)}`)),
        sql('v.name, v.version DESC'),
      ],
    },
    query,
  );
  return { ids: rows.map(({ name, version }) => ({ name: String(name), version: Number(version) })), nextPageToken };
}

import type { Store } from '../embedded/store.ts';

interface ForeignKey {
  readonly child: string;
  readonly columns: readonly string[];
  readonly parentColumns: readonly string[];
}

/**
 * Deletes the rows of a table whose column is in a list, after everything that refers to them, whatever tables newer
 * versions of MLflow have added: what refers to what is asked of the database.
 */
export function deleteRows(store: Store, table: string, column: string, values: readonly (string | number)[]): number {
  if (values.length === 0) return 0;
  const where = `${quote(column)} IN (SELECT value FROM json_each(?))`;
  return deleteWhere(store, listForeignKeys(store), table, where, JSON.stringify(values), [table]);
}

function deleteWhere(
  store: Store,
  keys: ReadonlyMap<string, readonly ForeignKey[]>,
  table: string,
  where: string,
  values: string,
  path: readonly string[],
): number {
  for (const { child, columns, parentColumns } of keys.get(table) ?? []) {
    if (path.includes(child)) continue;
    const own = columns.map(quote).join(', ');
    const parents = parentColumns.map(quote).join(', ');
    const condition = `(${own}) IN (SELECT ${parents} FROM ${quote(table)} WHERE ${where})`;
    deleteWhere(store, keys, child, condition, values, [...path, child]);
  }
  return store.run(`DELETE FROM ${quote(table)} WHERE ${where}`, values);
}

/** By the table referred to. A reference that becomes empty by itself keeps its row. */
function listForeignKeys(store: Store): Map<string, ForeignKey[]> {
  const rows = store.all<{ child: string; parent: string; id: number; from: string; to: string | null }>(
    `SELECT m.name AS child, f."table" AS parent, f.id AS id, f."from" AS "from", f."to" AS "to"
     FROM sqlite_master AS m JOIN pragma_foreign_key_list(m.name) AS f
     WHERE m.type = 'table' AND f.on_delete != 'SET NULL' ORDER BY m.name, f.id, f.seq`,
  );
  const keys = new Map<string, { parent: string; child: string; columns: string[]; parentColumns: string[] }>();
  for (const { child, parent, id, from, to } of rows) {
    const key = keys.get(`${child}/${id}`) ?? { parent, child, columns: [], parentColumns: [] };
    key.columns.push(from);
    key.parentColumns.push(to ?? from);
    keys.set(`${child}/${id}`, key);
  }
  return Map.groupBy(keys.values(), ({ parent }) => parent);
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Pieces of MLflow's filter language, quoted so that no name can be read as something else. */

/** `tags.mlflow.parentRunId` as a key: in back quotes, or in double quotes where it holds one. */
export function searchKey(kind: 'metrics' | 'params' | 'tags', key: string): string {
  if (/^[A-Za-z_]\w*$/.test(key)) return `${kind}.${key}`;
  return key.includes('`') ? `${kind}."${key}"` : `${kind}.\`${key}\``;
}

/** A text value. Null where it holds both kinds of quotes: the language has no way to write that. */
export function searchText(value: string): string | null {
  if (!value.includes("'")) return `'${value}'`;
  return value.includes('"') ? null : `"${value}"`;
}

/** Several conditions that must all hold; undefined where there is none. */
export function allOf(conditions: readonly (string | undefined)[]): string | undefined {
  const given = conditions.filter(condition => condition !== undefined && condition.trim() !== '');
  return given.length === 0 ? undefined : given.join(' and ');
}

/** The runs that are nested in a run. */
export function childrenOf(parentRunId: string): string {
  return `tags.\`mlflow.parentRunId\` = '${parentRunId}'`;
}

import type { Clause } from '../../filter/types.ts';
import { type Sql, sql } from './sql.ts';

const IS_PROMPT = 'mlflow.prompt.is_prompt';

/**
 * MLflow keeps prompts as registered models with a tag and leaves them out, unless the first comparison with that tag
 * asks for them. Otherwise such comparisons are taken out: models do not have the tag at all.
 */
export function withoutPrompts(
  clauses: readonly Clause[],
  table: string,
  owner: string,
): { clauses: Clause[]; where: Sql[] } {
  const isAboutPrompts = (clause: Clause) => clause.kind === 'tag' && clause.key === IS_PROMPT;
  const first = clauses.find(isAboutPrompts);
  if (first !== undefined && asksForPrompts(first)) return { clauses: [...clauses], where: [] };
  return {
    clauses: clauses.filter(clause => !isAboutPrompts(clause)),
    where: [
      sql(`NOT EXISTS (SELECT 1 FROM ${table} AS t WHERE ${owner} AND t."key" = '${IS_PROMPT}' AND t.value = 'true')`),
    ],
  };
}

function asksForPrompts(clause: Clause): boolean {
  if (clause.comparator !== '=' && clause.comparator !== '!=') return false;
  return String(clause.value).toLowerCase() === (clause.comparator === '=' ? 'true' : 'false');
}

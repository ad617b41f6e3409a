import { suggest } from '../core/suggest.ts';
import type { Run } from '../tracking/entities.ts';
import { parseFilter } from '../tracking/filter/parse-filter.ts';

/**
 * What a filter asks for that none of the runs has: a search for it finds nothing and is no error, so a typing mistake
 * looks like an answer. Sentences, with the name that may have been meant.
 */
export function explainUnknownKeys(filter: string, runs: readonly Run[]): string[] {
  const known = {
    metric: new Set(runs.flatMap(({ metrics }) => metrics.map(({ key }) => key))),
    param: new Set(runs.flatMap(({ params }) => Object.keys(params))),
  };
  const unknown = new Map<string, string>();
  for (const { kind, key } of parseFilter('runs', filter)) {
    if ((kind !== 'metric' && kind !== 'param') || known[kind].has(key)) continue;
    const near = suggest(key, [...known[kind]]);
    const what = `no run has the ${kind === 'metric' ? 'metric' : 'parameter'} ${JSON.stringify(key)}`;
    unknown.set(`${kind} ${key}`, near === undefined ? what : `${what}; did you mean ${near}?`);
  }
  return [...unknown.values()];
}

import { SentopsError } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import type { Experiment, Run } from '../tracking/entities.ts';
import type { Tracker, View } from '../tracking/types.ts';
import { chooseExperiments, searchRuns } from './search-runs.ts';
import { searchText } from './search-terms.ts';

export interface RunScope {
  /** Name or id of the experiment to look in; all of them where absent. A full id is found wherever it is. */
  readonly experiment?: string | undefined;
  /** Active runs where absent. A full id finds a deleted run too. */
  readonly view?: View | undefined;
}

const FULL_ID = /^[0-9a-f]{32}$/;
const ID_PREFIX = /^[0-9a-f]{4,31}$/;
/** Where nothing fits, so many of the newest runs are looked at for names that come near. */
const NEAR_ENOUGH = 1000;
const MOST_LISTED = 20;

/**
 * The run that a person means: by id, by the first four or more digits of it, by name, or the newest with `last` (not
 * counting those nested in another). Several that fit are a CONFLICT that lists them; none is NOT_FOUND.
 */
export async function findRun(tracker: Tracker, idOrName: string, scope: RunScope = {}): Promise<Run> {
  if (FULL_ID.test(idOrName)) {
    const run = await tracker.runs.get(idOrName);
    if (run !== null) return run;
  }
  const view = scope.view ?? 'active';
  const named = scope.experiment === undefined ? [] : [scope.experiment];
  // A deleted experiment has deleted runs.
  const experiments = await chooseExperiments(tracker, named, view === 'active' ? 'active' : 'all');
  const place = { tracker, experiments, view };
  // Who calls a run "last" means that one.
  const byName = await searchByName(place, idOrName);
  const only = byName ?? (idOrName === 'last' ? await newestRun(place) : await searchByPrefix(place, idOrName));
  if (only !== null) return only;
  throw await explainMissing(place, idOrName, scope);
}

interface Place {
  readonly tracker: Tracker;
  readonly experiments: readonly Experiment[];
  readonly view: View;
}

async function searchByName(place: Place, name: string): Promise<Run | null> {
  const quoted = searchText(name);
  const filter = quoted === null ? {} : { filter: `attributes.run_name = ${quoted}` };
  const limit = quoted === null ? NEAR_ENOUGH : MOST_LISTED;
  const { items } = await search(place, { ...filter, limit });
  return theOnly(
    items.filter(run => run.name === name),
    `is the name of several runs`,
    name,
  );
}

async function searchByPrefix(place: Place, prefix: string): Promise<Run | null> {
  if (!ID_PREFIX.test(prefix)) return null;
  const { items } = await search(place, { filter: `attributes.run_id LIKE '${prefix}%'`, limit: MOST_LISTED });
  return theOnly(items, 'begins the ids of several runs', prefix);
}

async function newestRun(place: Place): Promise<Run | null> {
  const { items } = await search(place, { limit: 100 });
  return items.find(({ tags }) => tags['mlflow.parentRunId'] === undefined) ?? items[0] ?? null;
}

function search({ tracker, experiments, view }: Place, query: { readonly filter?: string; readonly limit: number }) {
  return searchRuns(tracker, { experiments, view, orderBy: ['attributes.start_time DESC'], ...query });
}

function theOnly(runs: readonly Run[], what: string, given: string): Run | null {
  if (runs.length <= 1) return runs[0] ?? null;
  const listed = runs.map(({ runId, name, experimentId, startTime }) => ({ runId, name, experimentId, startTime }));
  const lines = listed.map(
    ({ runId, name, startTime }) => `${runId} ${name}, started ${new Date(startTime).toISOString()}`,
  );
  throw new SentopsError('CONFLICT', `${JSON.stringify(given)} ${what}:\n${lines.join('\n')}`, {
    hint: `give the id of one, for instance ${runs[0]?.runId} (the newest), or name the experiment`,
    details: { given, runs: listed },
  });
}

async function explainMissing(place: Place, given: string, { experiment }: RunScope): Promise<SentopsError> {
  const where = experiment === undefined ? place.tracker.uri : `experiment ${experiment}`;
  const { items } = await search(place, { limit: NEAR_ENOUGH });
  if (items.length === 0)
    return new SentopsError('NOT_FOUND', `there is no run in ${where}`, {
      hint: 'sentops train records one',
      details: { run: given },
    });
  const near = suggest(given, new Set(items.flatMap(({ name, runId }) => [name, runId])));
  const said = given === 'last' ? 'no run' : `no run ${JSON.stringify(given)}`;
  return new SentopsError('NOT_FOUND', `there is ${said} in ${where}`, {
    hint: near === undefined ? 'list them with: sentops run list' : `did you mean ${near}?`,
    details: { run: given, ...(near === undefined ? {} : { suggestion: near }) },
  });
}

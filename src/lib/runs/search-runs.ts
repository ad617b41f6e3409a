import { allPages } from '../tracking/all-pages.ts';
import type { Experiment, Run } from '../tracking/entities.ts';
import { findExperiment } from '../tracking/find-experiment.ts';
import type { Page, RunQuery, Tracker, View } from '../tracking/types.ts';

/** So many runs are asked for at once: few calls, and none that a server takes long to answer. */
const PAGE = 5000;

export interface RunSearch extends Omit<RunQuery, 'experimentIds'> {
  readonly experiments: readonly Pick<Experiment, 'experimentId'>[];
}

/** Runs of any experiments, in the order of the search, with the token of what would follow. */
export async function searchRuns(tracker: Tracker, query: RunSearch): Promise<Page<Run>> {
  const { experiments, limit, pageToken, ...rest } = query;
  // A search in no experiment means nothing to MLflow, and is no error there either.
  if (experiments.length === 0) return { items: [], nextPageToken: null };
  const experimentIds = experiments.map(({ experimentId }) => experimentId);
  const items: Run[] = [];
  let token = pageToken;
  do {
    const page = await tracker.runs.search({
      ...rest,
      experimentIds,
      limit: Math.min(limit - items.length, PAGE),
      ...(token === undefined ? {} : { pageToken: token }),
    });
    for (const run of page.items) items.push(run);
    token = page.nextPageToken ?? undefined;
  } while (token !== undefined && items.length < limit);
  return { items, nextPageToken: token ?? null };
}

/** Every experiment of a view, deleted ones included where asked for. */
export function listExperiments(tracker: Tracker, view: View = 'active'): Promise<Experiment[]> {
  return allPages(pageToken =>
    tracker.experiments.search({ limit: 1000, view, ...(pageToken === undefined ? {} : { pageToken }) }),
  );
}

/** The experiments of these names or ids; all of them where none is named. */
export async function chooseExperiments(
  tracker: Tracker,
  named: readonly string[],
  view: View = 'active',
): Promise<Experiment[]> {
  if (named.length === 0) return listExperiments(tracker, view);
  const found: Experiment[] = [];
  for (const name of named) found.push(await findExperiment(tracker, name));
  return [...new Map(found.map(experiment => [experiment.experimentId, experiment])).values()];
}

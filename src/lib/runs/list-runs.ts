import type { World } from '../extend/world.ts';
import type { Experiment, RunStatus } from '../tracking/entities.ts';
import { type TrackingProject, withTracker } from '../tracking/open-tracker.ts';
import type { Tracker, View } from '../tracking/types.ts';
import { type ColumnChoice, chooseColumns } from './choose-columns.ts';
import { findRun } from './find-run.ts';
import { type RunRow, toRunRows } from './run-row.ts';
import { chooseExperiments, listExperiments, searchRuns } from './search-runs.ts';
import { allOf, childrenOf } from './search-terms.ts';

/** So many of the newest runs are asked for what they have where a filter finds nothing. */
const LOOKED_AT = 200;

/** Which runs are meant. */
export interface RunSelection {
  /** Names or ids; where none is named the project's experiment, or all where that one does not exist yet. */
  readonly experiments: readonly string[];
  readonly everywhere?: boolean;
  readonly filter?: string | undefined;
  readonly parent?: string | undefined;
  readonly status?: RunStatus | undefined;
  readonly view?: View | undefined;
}

export interface ListRunsRequest extends World, RunSelection {
  readonly project: TrackingProject;
  readonly orderBy?: readonly string[] | undefined;
  readonly limit: number;
  readonly pageToken?: string | undefined;
}

export interface RunList extends ColumnChoice {
  items: RunRow[];
  nextPageToken: string | null;
  /** Names of the experiments that were looked at. */
  experiments: string[];
}

export function listRuns(request: ListRunsRequest): Promise<RunList> {
  const { project, limit, orderBy, pageToken } = request;
  return withTracker(project, request, 'read', async tracker => {
    const { experiments, filter } = await selectRuns(tracker, request, project.config.mlflow.experiment);
    const page = await searchRuns(tracker, {
      experiments,
      limit,
      ...(filter === undefined ? {} : { filter }),
      ...(orderBy === undefined ? {} : { orderBy }),
      ...(pageToken === undefined ? {} : { pageToken }),
      view: request.view ?? 'active',
    });
    if (page.items.length === 0 && request.filter !== undefined) await noteUnknown(tracker, experiments, request);
    const items = toRunRows(page.items, experiments);
    const names = experiments.map(({ name }) => name);
    return { items, nextPageToken: page.nextPageToken, experiments: names, ...chooseColumns(items) };
  });
}

async function noteUnknown(
  tracker: Tracker,
  experiments: readonly Experiment[],
  { filter = '', view = 'active', report }: ListRunsRequest,
): Promise<void> {
  const { items } = await searchRuns(tracker, { experiments, limit: LOOKED_AT, view });
  if (items.length === 0) return;
  const { explainUnknownKeys } = await import('./unknown-keys.ts');
  for (const message of explainUnknownKeys(filter, items)) report?.({ type: 'note', level: 'warn', message });
}

/** The experiments and the filter of a selection. */
export async function selectRuns(
  tracker: Tracker,
  selection: RunSelection,
  projectExperiment: string,
): Promise<{ readonly experiments: Experiment[]; readonly filter: string | undefined }> {
  const { experiments: named, parent, status, filter } = selection;
  const view = selection.view === undefined || selection.view === 'active' ? 'active' : 'all';
  const parentRun = parent === undefined ? undefined : await findRun(tracker, parent, { view: selection.view });
  const conditions = [
    filter,
    status === undefined ? undefined : `attributes.status = '${status}'`,
    parentRun === undefined ? undefined : childrenOf(parentRun.runId),
  ];
  if (parentRun !== undefined && named.length === 0)
    return { experiments: await chooseExperiments(tracker, [parentRun.experimentId], view), filter: allOf(conditions) };
  const isOpen = named.length === 0 && selection.everywhere !== true;
  const ours = isOpen ? await tracker.experiments.find(projectExperiment) : null;
  const usable = ours !== null && (ours.lifecycle === 'active' || view === 'all');
  const experiments = usable
    ? [ours]
    : named.length > 0
      ? await chooseExperiments(tracker, named, view)
      : await listExperiments(tracker, view);
  return { experiments, filter: allOf(conditions) };
}

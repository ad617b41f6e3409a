import { SentopsError } from '../core/errors.ts';
import type { World } from '../extend/world.ts';
import type { Experiment, Lifecycle, Texts } from '../tracking/entities.ts';
import { findExperiment } from '../tracking/find-experiment.ts';
import { type TrackingProject, withTracker } from '../tracking/open-tracker.ts';
import type { Tracker, View } from '../tracking/types.ts';
import { planTags, type TaggedRun } from './change-runs.ts';
import { chooseColumns } from './choose-columns.ts';
import type { RunList } from './list-runs.ts';
import { isoTime, toRunRows } from './run-row.ts';
import { searchRuns } from './search-runs.ts';

interface Request extends World {
  readonly project: TrackingProject;
}

interface WriteRequest extends Request {
  readonly dryRun: boolean;
}

export interface ExperimentRow {
  experimentId: string;
  name: string;
  lifecycle: Lifecycle;
  artifactLocation: string;
  createdAt: string | null;
  updatedAt: string | null;
  tags: Texts;
}

export interface ListExperimentsRequest extends Request {
  readonly filter?: string | undefined;
  readonly orderBy?: readonly string[] | undefined;
  readonly view: View;
  readonly limit: number;
  readonly pageToken?: string | undefined;
}

export interface ExperimentList {
  items: ExperimentRow[];
  nextPageToken: string | null;
}

export function listExperimentRows(request: ListExperimentsRequest): Promise<ExperimentList> {
  const { view, limit, filter, orderBy, pageToken } = request;
  return withTracker(request.project, request, 'read', async tracker => {
    const { items, nextPageToken } = await tracker.experiments.search({
      view,
      limit,
      ...(filter === undefined ? {} : { filter }),
      ...(orderBy === undefined ? {} : { orderBy }),
      ...(pageToken === undefined ? {} : { pageToken }),
    });
    return { items: items.map(toExperimentRow), nextPageToken };
  });
}

function toExperimentRow(experiment: Experiment): ExperimentRow {
  const { experimentId, name, lifecycle, artifactLocation, createdAt, updatedAt, tags } = experiment;
  const times = { createdAt: isoTime(createdAt), updatedAt: isoTime(updatedAt) };
  return { experimentId, name, lifecycle, artifactLocation, ...times, tags };
}

export interface ExperimentDescription {
  experiment: ExperimentRow;
  /** The newest runs, with what tells them apart. */
  runs: RunList;
}

export function describeExperiment(
  request: Request & { readonly experiment: string; readonly limit: number },
): Promise<ExperimentDescription> {
  return withTracker(request.project, request, 'read', async tracker => {
    const experiment = await findExperiment(tracker, request.experiment);
    const experiments = [experiment];
    const view = experiment.lifecycle === 'active' ? 'active' : 'all';
    const page = await searchRuns(tracker, { experiments, limit: request.limit, view });
    const items = toRunRows(page.items, experiments);
    const runs = { items, nextPageToken: page.nextPageToken, experiments: [experiment.name], ...chooseColumns(items) };
    return { experiment: toExperimentRow(experiment), runs };
  });
}

export interface ChangedExperiment {
  experimentId: string | null;
  name: string;
  was: string | null;
  is: string;
  dryRun: boolean;
}

export function createExperiment(
  request: WriteRequest & {
    readonly name: string;
    readonly artifactLocation?: string | undefined;
    readonly tags: Texts;
    /** One that is there is no error. */
    readonly ifMissing: boolean;
  },
): Promise<ChangedExperiment> {
  const { name, artifactLocation, tags, dryRun, ifMissing } = request;
  return withTracker(request.project, request, dryRun ? 'read' : 'write', async tracker => {
    const there = await tracker.experiments.find(name);
    if (there !== null && !(ifMissing && there.lifecycle === 'active')) throw nameTaken(there);
    if (there !== null) return { experimentId: there.experimentId, name, was: 'active', is: 'active', dryRun };
    const location = artifactLocation === undefined ? {} : { artifactLocation };
    const experimentId = dryRun ? null : await tracker.experiments.create({ name, ...location, tags });
    return { experimentId, name, was: null, is: 'active', dryRun };
  });
}

export function renameExperiment(
  request: WriteRequest & { readonly experiment: string; readonly name: string },
): Promise<ChangedExperiment> {
  return change(request, async (tracker, { experimentId, name: was }) => {
    const { name, dryRun } = request;
    const taken = name === was ? null : await tracker.experiments.find(name);
    if (taken !== null) throw nameTaken(taken);
    if (!dryRun && name !== was) await tracker.experiments.rename(experimentId, name);
    return { experimentId, name, was, is: name, dryRun };
  });
}

/** Marks an experiment deleted with its runs, or brings it back. Asks first; what is so already is no error. */
export function moveExperiment(
  request: WriteRequest & {
    readonly experiment: string;
    readonly to: Lifecycle;
    readonly consent: (question: string) => Promise<void>;
  },
): Promise<ChangedExperiment> {
  const { to, dryRun } = request;
  return change(request, async (tracker, { experimentId, name, lifecycle }) => {
    const moves = lifecycle !== to;
    if (moves && to === 'deleted') {
      // MLflow's clients log there when nobody names an experiment, and fail where it is deleted.
      const isDefault = experimentId === '0' ? '; runs of programs that name no experiment will fail then' : '';
      if (!dryRun) await request.consent(`Delete experiment ${name} with its runs${isDefault}?`);
    }
    if (moves && !dryRun)
      await (to === 'deleted' ? tracker.experiments.delete(experimentId) : tracker.experiments.restore(experimentId));
    return { experimentId, name, was: lifecycle, is: to, dryRun };
  });
}

export interface TaggedExperiment {
  experimentId: string;
  name: string;
  changes: TaggedRun['changes'];
  dryRun: boolean;
}

export function tagExperiment(
  request: WriteRequest & { readonly experiment: string; readonly set: Texts; readonly remove: readonly string[] },
): Promise<TaggedExperiment> {
  const { set, remove, dryRun } = request;
  return change(request, async (tracker, { experimentId, name, tags }) => {
    const changes = planTags(tags, set, remove, `experiment ${name}`);
    for (const { key, after } of dryRun ? [] : changes) {
      if (after === null) await tracker.experiments.deleteTag(experimentId, key);
      else await tracker.experiments.setTag(experimentId, key, after);
    }
    return { experimentId, name, changes, dryRun };
  });
}

function change<Result>(
  request: WriteRequest & { readonly experiment: string },
  work: (tracker: Tracker, experiment: Experiment) => Promise<Result>,
): Promise<Result> {
  return withTracker(request.project, request, request.dryRun ? 'read' : 'write', async tracker =>
    work(tracker, await findExperiment(tracker, request.experiment)),
  );
}

function nameTaken({ name, lifecycle, experimentId }: Experiment): SentopsError {
  const isDeleted = lifecycle === 'deleted';
  return new SentopsError('CONFLICT', `experiment ${name} is there already${isDeleted ? ', deleted' : ''}`, {
    hint: isDeleted ? `bring it back with: sentops experiment restore ${experimentId}` : 'choose another name',
    details: { experimentId, lifecycle },
  });
}

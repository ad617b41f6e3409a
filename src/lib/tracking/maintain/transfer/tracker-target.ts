import { allPages } from '../../all-pages.ts';
import type { Metric, Run } from '../../entities.ts';
import type { Tracker } from '../../types.ts';
import { type ImportTarget, ORIGIN_TAG, type Outcome } from './import-target.ts';
import { type MetricsRecord, type RecordOf, readMetricValue } from './records.ts';
import type { Mapped, TrackerPlace } from './tracker-place.ts';
import { trackerRegistry } from './tracker-registry.ts';

/**
 * Writes records through the port, to a server that gives ids of its own. A tag says where each thing came from, so
 * that the next import finds it; a run gets its status in the end, which says that nothing is missing.
 */
export function trackerTarget(tracker: Tracker): ImportTarget {
  const place: TrackerPlace = {
    tracker,
    experiments: new Map(),
    runs: new Map(),
    models: new Map(),
    roots: [],
    renamed: [],
    last: [],
    deletions: [],
  };
  return {
    renamed: place.renamed,
    experiment: record => putExperiment(place, record),
    run: record => putRun(place, record),
    loggedModel: record => putLoggedModel(place, record),
    metrics: record => putMetrics(place, record),
    outputs: record => putOutputs(place, record),
    ...trackerRegistry(place),
    rootOf: ({ owner, id }) => (owner === 'run' ? place.runs : place.models).get(id)?.root ?? '',
    async finish() {
      for (const step of [...place.last, ...place.deletions]) await step();
    },
  };
}

async function putExperiment(place: TrackerPlace, record: RecordOf<'experiment'>): Promise<Outcome> {
  const { tracker, experiments, renamed, deletions } = place;
  const known = await tracker.experiments.find(record.name);
  const id = known?.experimentId ?? (await tracker.experiments.create({ name: record.name, tags: record.tags }));
  experiments.set(record.experimentId, id);
  if (id !== record.experimentId) renamed.push({ kind: 'experiment', from: record.experimentId, to: id });
  if (known !== null) {
    await findEarlier(place, id);
    if (known.lifecycle === 'deleted') await tracker.experiments.restore(id);
  }
  const isDeleted = known === null ? record.lifecycle === 'deleted' : known.lifecycle === 'deleted';
  if (isDeleted) deletions.push(() => tracker.experiments.delete(id));
  return known === null ? 'made' : 'there';
}

const PAGE = 1000;

/** What an earlier import made in an experiment. Older servers have no IS NOT NULL. */
async function findEarlier({ tracker, runs, models }: TrackerPlace, experimentId: string): Promise<void> {
  const query = { experimentIds: [experimentId], limit: PAGE, filter: `tags.\`${ORIGIN_TAG}\` LIKE '%'` };
  const paged = (pageToken: string | undefined) => (pageToken === undefined ? query : { ...query, pageToken });
  for (const run of await allPages(token => tracker.runs.search({ ...paged(token), view: 'all' }))) {
    const origin = run.tags[ORIGIN_TAG];
    if (origin !== undefined) runs.set(origin, { id: run.runId, root: run.artifactUri, isComplete: hasEnded(run) });
  }
  for (const model of await allPages(token => tracker.loggedModels.search(paged(token)))) {
    const origin = model.tags[ORIGIN_TAG];
    const isComplete = model.status !== 'PENDING';
    if (origin !== undefined) models.set(origin, { id: model.modelId, root: model.artifactUri, isComplete });
  }
}

function hasEnded({ status }: Run): boolean {
  return status !== 'RUNNING' && status !== 'SCHEDULED';
}

async function putRun(place: TrackerPlace, record: RecordOf<'run'>): Promise<Outcome> {
  const { tracker, runs, roots, renamed, last } = place;
  const earlier = runs.get(record.runId) ?? (await findRun(place, record.runId));
  const mapped = earlier ?? (await createRun(place, record));
  runs.set(record.runId, mapped);
  if (mapped.root !== record.artifactUri) roots.push([record.artifactUri, mapped.root]);
  if (mapped.id !== record.runId) renamed.push({ kind: 'run', from: record.runId, to: mapped.id });
  if (mapped.isComplete) return 'there';
  const { 'mlflow.parentRunId': parent, ...tags } = record.tags;
  const newParent = parent === undefined ? undefined : (runs.get(parent)?.id ?? parent);
  const values = newParent === undefined ? tags : { ...tags, 'mlflow.parentRunId': newParent };
  await tracker.runs.log(mapped.id, { params: record.params, tags: values });
  if (record.inputs.length > 0) await tracker.runs.logInputs(mapped.id, record.inputs);
  last.push(async () => {
    const inputs = (record.modelInputs ?? []).map(id => place.models.get(id)?.id ?? id);
    if (inputs.length > 0) await tracker.runs.logModelInputs(mapped.id, inputs);
    const end = record.endTime === null ? {} : { endTime: record.endTime };
    await tracker.runs.update(mapped.id, { status: record.status, ...end });
    if (record.lifecycle === 'deleted') await tracker.runs.delete(mapped.id);
  });
  return earlier === undefined ? 'made' : 'there';
}

/** The file may go back to where it came from. */
async function findRun({ tracker }: TrackerPlace, runId: string): Promise<Mapped | undefined> {
  const known = await tracker.runs.get(runId);
  return known === null ? undefined : { id: runId, root: known.artifactUri, isComplete: true };
}

async function createRun({ tracker, experiments }: TrackerPlace, record: RecordOf<'run'>): Promise<Mapped> {
  const run = await tracker.runs.create({
    experimentId: experiments.get(record.experimentId) ?? record.experimentId,
    name: record.name,
    userId: record.userId,
    startTime: record.startTime,
    tags: { [ORIGIN_TAG]: record.runId },
  });
  return { id: run.runId, root: run.artifactUri, isComplete: false };
}

async function putMetrics({ tracker, runs }: TrackerPlace, { runId, values }: MetricsRecord): Promise<number> {
  const mapped = runs.get(runId);
  if (mapped === undefined || mapped.isComplete) return 0;
  const metrics = values.map(([key, value, timestamp, step]) => ({
    key,
    value: readMetricValue(value),
    timestamp,
    step,
  }));
  await tracker.runs.log(mapped.id, { metrics });
  return metrics.length;
}

async function putLoggedModel(place: TrackerPlace, record: RecordOf<'loggedModel'>): Promise<Outcome> {
  const { tracker, models, runs, roots, renamed, last } = place;
  const earlier = models.get(record.modelId) ?? (await findModel(place, record.modelId));
  const mapped = earlier ?? (await createModel(place, record));
  models.set(record.modelId, mapped);
  if (mapped.root !== record.artifactUri) roots.push([record.artifactUri, mapped.root]);
  if (mapped.id !== record.modelId) renamed.push({ kind: 'loggedModel', from: record.modelId, to: mapped.id });
  if (mapped.isComplete) return 'there';
  for (const [runId, rows] of Map.groupBy(record.metrics, row => row[4])) {
    const run = runs.get(runId);
    if (run === undefined || run.isComplete) continue;
    const metrics = rows.map(
      ([key, value, timestamp, step, , datasetName, datasetDigest]): Metric => ({
        key,
        value: readMetricValue(value),
        timestamp,
        step,
        modelId: mapped.id,
        ...(datasetName === null ? {} : { datasetName }),
        ...(datasetDigest === null ? {} : { datasetDigest }),
      }),
    );
    await tracker.runs.log(run.id, { metrics });
  }
  const { status } = record;
  if (status !== 'PENDING') last.push(() => tracker.loggedModels.finish(mapped.id, status));
  return earlier === undefined ? 'made' : 'there';
}

async function findModel({ tracker }: TrackerPlace, modelId: string): Promise<Mapped | undefined> {
  const known = await tracker.loggedModels.get(modelId);
  return known === null ? undefined : { id: modelId, root: known.artifactUri, isComplete: true };
}

async function createModel(
  { tracker, experiments, runs }: TrackerPlace,
  record: RecordOf<'loggedModel'>,
): Promise<Mapped> {
  const { name, params, tags, modelType, sourceRunId } = record;
  const runId = sourceRunId === null ? undefined : runs.get(sourceRunId)?.id;
  const made = await tracker.loggedModels.create({
    experimentId: experiments.get(record.experimentId) ?? record.experimentId,
    name,
    params,
    tags: { ...tags, [ORIGIN_TAG]: record.modelId },
    ...(modelType === null ? {} : { modelType }),
    ...(runId === undefined ? {} : { sourceRunId: runId }),
  });
  return { id: made.modelId, root: made.artifactUri, isComplete: false };
}

async function putOutputs({ tracker, runs, models }: TrackerPlace, record: RecordOf<'outputs'>): Promise<void> {
  const run = runs.get(record.runId);
  if (run === undefined || run.isComplete) return;
  const outputs = record.models.map(({ modelId, step }) => ({ modelId: models.get(modelId)?.id ?? modelId, step }));
  await tracker.runs.logOutputs(run.id, outputs);
}

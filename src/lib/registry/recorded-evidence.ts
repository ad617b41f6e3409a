import type { Metric, ModelVersion, Run } from '../tracking/entities.ts';
import type { Tracker } from '../tracking/types.ts';
import { type Evidence, type Measures, PROMOTION_METRICS, type PromotionMetric } from './decide.ts';

/** As sentops, MLflow's evaluation and most scripts name what was measured on test rows, the plainest last. */
const NAMES: Readonly<Record<PromotionMetric, readonly string[]>> = {
  accuracy: ['test_accuracy', 'accuracy_score', 'accuracy'],
  f1: ['test_f1', 'f1_score', 'f1'],
  auc: ['test_auc', 'roc_auc', 'auc'],
  precision: ['test_precision', 'precision_score', 'precision'],
  recall: ['test_recall', 'recall_score', 'recall'],
};

/** What `mlflow.data.context` says of rows that a model is judged on. */
const CONTEXTS: readonly string[] = ['testing', 'test', 'evaluation', 'eval'];

export interface Recorded {
  readonly evidence: Evidence | null;
  /** What would have to be there; null where nothing is missing. */
  readonly missing: string | null;
}

/** What the runs of two versions recorded, where both were measured on the same data. */
export async function recordedEvidence(
  tracker: Tracker,
  candidate: ModelVersion,
  champion: ModelVersion | null,
  metric: PromotionMetric,
): Promise<Recorded> {
  const ours = await readRecord(tracker, candidate, metric);
  if ('missing' in ours) return nothing(ours.missing);
  const theirs = champion === null ? null : await readRecord(tracker, champion, metric);
  if (theirs !== null && 'missing' in theirs) return nothing(theirs.missing);
  const problem = theirs === null ? null : compareData(candidate, ours, champion as ModelVersion, theirs, metric);
  if (problem !== null) return nothing(problem);
  const evidence: Evidence = {
    kind: 'recorded',
    data: { name: ours.data?.name ?? `run ${candidate.runId}`, digest: ours.data?.digest ?? null },
    rows: ours.data?.rows ?? null,
    candidate: ours.measures,
    champion: theirs?.measures ?? null,
    significance: null,
  };
  return { evidence, missing: null };
}

/** Accuracy and the like of the run that made a version; null where it recorded none. */
export function readMeasures(run: Run): Measures {
  const measured = (metric: PromotionMetric) => {
    const found = findMetric(run, metric);
    return found === undefined || Number.isNaN(found.value) ? null : found.value;
  };
  return Object.fromEntries(PROMOTION_METRICS.map(metric => [metric, measured(metric)])) as Measures;
}

function findMetric(run: Run, metric: PromotionMetric): Metric | undefined {
  return NAMES[metric].flatMap(name => run.metrics.filter(({ key }) => key === name))[0];
}

interface RunRecord {
  readonly measures: Measures;
  readonly data: { readonly name: string; readonly digest: string; readonly rows: number | null } | null;
}

async function readRecord(
  tracker: Tracker,
  version: ModelVersion,
  metric: PromotionMetric,
): Promise<RunRecord | { readonly missing: string }> {
  const said = `version ${version.version}`;
  if (version.runId === null) return { missing: `${said} has no run, so that no metrics are recorded for it` };
  const run = await tracker.runs.get(version.runId);
  if (run === null) return { missing: `the run of ${said} (${version.runId}) is not there` };
  const measures = readMeasures(run);
  if (Object.values(measures).every(value => value === null))
    return { missing: `the run of ${said} (${run.runId}) recorded no test metrics` };
  // 85.3 is above every floor, and infinity is what MLflow keeps as the greatest number.
  const strange = PROMOTION_METRICS.find(name => !isShare(measures[name]));
  if (strange !== undefined)
    return {
      missing: `the run of ${said} recorded ${strange} ${measures[strange]}, which is no share between 0 and 1`,
    };
  return { measures, data: await readTestData(tracker, run, findMetric(run, metric)) };
}

function isShare(value: number | null): boolean {
  return value === null || (value >= 0 && value <= 1);
}

/** On the metric that is compared, on the run, or on the run that it is nested in. */
async function readTestData(tracker: Tracker, run: Run, metric: Metric | undefined): Promise<RunRecord['data']> {
  const own = testInput(run);
  if (metric?.datasetDigest && metric.datasetDigest !== own?.digest)
    return { name: metric.datasetName ?? 'dataset', digest: metric.datasetDigest, rows: null };
  const parentId = run.tags['mlflow.parentRunId'];
  if (own !== null || parentId === undefined) return own;
  const parent = await tracker.runs.get(parentId);
  return parent === null ? null : testInput(parent);
}

function testInput({ inputs }: Run): RunRecord['data'] {
  const tests = inputs.filter(({ tags }) => CONTEXTS.includes(tags['mlflow.data.context'] ?? ''));
  if (tests.length === 0) return null;
  const names = [...new Set(tests.map(({ name }) => name))];
  const digests = [...new Set(tests.map(({ digest }) => digest))].sort();
  const rows = tests.map(({ profile }) => rowsIn(profile));
  const isKnown = rows.every(count => count !== null);
  return {
    name: names.join(' and '),
    digest: digests.join('+'),
    rows: isKnown ? rows.reduce<number>((sum, count) => sum + (count ?? 0), 0) : null,
  };
}

/** MLflow's profiles of tables say how many rows there are; those of other data say other things. */
function rowsIn(profile: string | null): number | null {
  try {
    const { num_rows: rows } = JSON.parse(profile ?? '{}') as { num_rows?: unknown };
    return typeof rows === 'number' ? rows : null;
  } catch {
    return null;
  }
}

function compareData(
  candidate: ModelVersion,
  ours: RunRecord,
  champion: ModelVersion,
  theirs: RunRecord,
  metric: PromotionMetric,
): string | null {
  for (const [version, record] of [
    [candidate, ours],
    [champion, theirs],
  ] as const) {
    if (record.measures[metric] === null) return `the run of version ${version.version} recorded no ${metric}`;
    if (record.data === null) return `the run of version ${version.version} does not say on which data it was tested`;
  }
  if (ours.data?.digest === theirs.data?.digest) return null;
  const [one, other] = [ours.data, theirs.data].map(data => `${data?.name} (${data?.digest})`);
  return `versions ${candidate.version} and ${champion.version} were tested on different data: ${one} and ${other}`;
}

function nothing(missing: string): Recorded {
  return { evidence: null, missing };
}

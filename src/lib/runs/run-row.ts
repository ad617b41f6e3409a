import type { Experiment, Lifecycle, Run, RunStatus, Texts } from '../tracking/entities.ts';

/** A run as commands show it: times in ISO 8601, metrics by name. */
export interface RunRow {
  runId: string;
  name: string;
  experimentId: string;
  experiment: string;
  status: RunStatus;
  lifecycle: Lifecycle;
  /** Null where whoever recorded it said nothing. */
  startedAt: string | null;
  endedAt: string | null;
  seconds: number | null;
  userId: string;
  parentRunId: string | null;
  artifactUri: string;
  params: Texts;
  /** The latest values; null is NaN. */
  metrics: Readonly<Record<string, number | null>>;
  tags: Texts;
  datasets: readonly DatasetRow[];
}

interface DatasetRow {
  name: string;
  digest: string;
  /** What it was used for: training, validation, testing. */
  context: string | null;
}

/** The rows of runs; the experiments give the names. */
export function toRunRows(runs: readonly Run[], experiments: readonly Experiment[]): RunRow[] {
  const names = new Map(experiments.map(({ experimentId, name }) => [experimentId, name]));
  return runs.map(run => toRunRow(run, names.get(run.experimentId) ?? run.experimentId));
}

export function toRunRow(run: Run, experiment: string): RunRow {
  const { runId, name, experimentId, status, lifecycle, userId, artifactUri, params, tags } = run;
  return {
    runId,
    name,
    experimentId,
    experiment,
    status,
    lifecycle,
    startedAt: isoTime(run.startTime),
    endedAt: isoTime(run.endTime),
    seconds: secondsOf(run),
    userId,
    parentRunId: tags['mlflow.parentRunId'] ?? null,
    artifactUri,
    params,
    metrics: Object.fromEntries(run.metrics.map(({ key, value }) => [key, Number.isNaN(value) ? null : value])),
    tags,
    datasets: run.inputs.map(input => ({
      name: input.name,
      digest: input.digest,
      context: input.tags['mlflow.data.context'] ?? null,
    })),
  };
}

/** MLflow's server writes 0 for a time that nobody gave. */
export function isoTime(time: number | null): string | null {
  return time === null || time === 0 || !Number.isFinite(time) ? null : new Date(time).toISOString();
}

function secondsOf({ startTime, endTime }: Run): number | null {
  return endTime === null || startTime === 0 ? null : Math.max(0, endTime - startTime) / 1000;
}

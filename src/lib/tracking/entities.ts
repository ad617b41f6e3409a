/** What MLflow records, under the names that sentops shows. Times are milliseconds since 1970. */

/** Keys and values as they were written; a value is always text. */
export type Texts = Readonly<Record<string, string>>;

export type Lifecycle = 'active' | 'deleted';

export interface Experiment {
  readonly experimentId: string;
  readonly name: string;
  readonly artifactLocation: string;
  readonly lifecycle: Lifecycle;
  readonly createdAt: number | null;
  readonly updatedAt: number | null;
  readonly tags: Texts;
}

export const RUN_STATUSES = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** One value of a metric. It may be NaN; infinities are kept as the largest double, as MLflow does. */
export interface Metric {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
  /** The logged model and the dataset that it was measured on, where that was said. */
  readonly modelId?: string;
  readonly datasetName?: string;
  readonly datasetDigest?: string;
}

/** Data that a run read. `source` is JSON of the source type; schema and profile are JSON, where there is one. */
export interface DatasetInput {
  readonly name: string;
  readonly digest: string;
  readonly sourceType: string;
  readonly source: string;
  readonly schema: string | null;
  readonly profile: string | null;
  /** `mlflow.data.context` says what it was used for: training, validation, testing. */
  readonly tags: Texts;
}

export interface ModelOutput {
  readonly modelId: string;
  readonly step: number;
}

export interface Run {
  readonly runId: string;
  readonly experimentId: string;
  readonly name: string;
  readonly status: RunStatus;
  readonly userId: string;
  readonly startTime: number;
  readonly endTime: number | null;
  readonly lifecycle: Lifecycle;
  /** The folder of the run's files, as a URI or a path. */
  readonly artifactUri: string;
  readonly params: Texts;
  /** The latest value of each metric (greatest step, then timestamp, then value), by key in code unit order. */
  readonly metrics: readonly Metric[];
  readonly tags: Texts;
  readonly inputs: readonly DatasetInput[];
  readonly outputs: readonly ModelOutput[];
  /** Logged models that it read; absent where there is none. */
  readonly modelInputs?: readonly string[];
}

export const LOGGED_MODEL_STATUSES = ['PENDING', 'READY', 'UPLOAD_FAILED'] as const;
export type LoggedModelStatus = (typeof LOGGED_MODEL_STATUSES)[number];

/** A model that a run made, whether or not it is registered (MLflow 3). */
export interface LoggedModel {
  readonly modelId: string;
  readonly experimentId: string;
  readonly name: string;
  readonly artifactUri: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly status: LoggedModelStatus;
  readonly statusMessage: string | null;
  readonly modelType: string | null;
  readonly sourceRunId: string | null;
  readonly params: Texts;
  readonly tags: Texts;
  readonly metrics: readonly LoggedModelMetric[];
}

export interface LoggedModelMetric extends Metric {
  readonly modelId: string;
  readonly runId: string;
}

export interface RegisteredModel {
  readonly name: string;
  readonly description: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly tags: Texts;
  /** Alias → version. */
  readonly aliases: Readonly<Record<string, number>>;
  /** The newest version of each stage that has one. */
  readonly latest: readonly ModelVersion[];
}

export const STAGES = ['None', 'Staging', 'Production', 'Archived'] as const;
export type Stage = (typeof STAGES)[number];

export interface ModelVersion {
  readonly name: string;
  readonly version: number;
  readonly description: string;
  readonly userId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly stage: Stage;
  readonly status: 'READY' | 'PENDING_REGISTRATION' | 'FAILED_REGISTRATION';
  readonly statusMessage: string | null;
  /** Where its files were said to be: a URI, `runs:/<run>/<path>` or `models:/m-<id>`. */
  readonly source: string;
  /** Where its files are, with `runs:/` and `models:/` resolved. */
  readonly artifactUri: string;
  readonly runId: string | null;
  readonly tags: Texts;
  /** Every alias that points at it, whichever call it comes from. */
  readonly aliases: readonly string[];
}

/** A file or folder of artifacts; `path` is relative to the folder that was listed from its root, with slashes. */
export interface ArtifactFile {
  readonly path: string;
  readonly isFolder: boolean;
  /** Null for folders. */
  readonly bytes: number | null;
}

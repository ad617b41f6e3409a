/** Where runs and registered models are recorded: MLflow's model of the world, whatever stores it. */
export interface Tracker {
  /** The id of the experiment, which is created where there is none. */
  ensureExperiment(name: string): Promise<string>;
  createRun(run: NewRun): Promise<Run>;
  /** Adds to a run; a metric keeps its history, parameters and tags hold one value. */
  log(runId: string, values: RunValues): Promise<void>;
  endRun(runId: string, status: RunEnd): Promise<void>;
  getRun(runId: string): Promise<Run | null>;
  searchRuns(query: RunQuery): Promise<Page<Run>>;
  /** Registers the model that a run left at `source` as the next version of `name`. */
  registerModel(name: string, model: { readonly runId: string; readonly source: string }): Promise<ModelVersion>;
  /** By version, alias or stage; null where there is none. */
  findModel(name: string, which: ModelSelector): Promise<ModelVersion | null>;
  close(): Promise<void>;
}

export type RunEnd = 'FINISHED' | 'FAILED' | 'KILLED';

export interface NewRun {
  readonly experimentId: string;
  readonly name: string;
  readonly parentRunId?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface Run {
  readonly runId: string;
  readonly experimentId: string;
  readonly name: string;
  readonly status: RunEnd | 'RUNNING' | 'SCHEDULED';
  /** Milliseconds since 1970. */
  readonly startTime: number;
  readonly endTime: number | null;
  readonly params: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly artifactUri: string;
}

export interface RunValues {
  readonly params?: Readonly<Record<string, string>>;
  readonly metrics?: readonly {
    readonly key: string;
    readonly value: number;
    readonly step: number;
    readonly timestamp: number;
  }[];
  readonly tags?: Readonly<Record<string, string>>;
}

export interface RunQuery {
  readonly experimentIds: readonly string[];
  /** MLflow's filter language: `metrics.accuracy > 0.75`. */
  readonly filter?: string;
  readonly orderBy?: readonly string[];
  readonly limit: number;
  readonly pageToken?: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextPageToken: string | null;
}

export type ModelSelector = { readonly version: number } | { readonly alias: string } | { readonly stage: string };

export interface ModelVersion {
  readonly name: string;
  readonly version: number;
  readonly stage: string;
  readonly aliases: readonly string[];
  readonly runId: string;
  readonly source: string;
}

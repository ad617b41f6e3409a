import type {
  ArtifactFile,
  DatasetInput,
  Experiment,
  LoggedModel,
  LoggedModelStatus,
  Metric,
  ModelOutput,
  ModelVersion,
  RegisteredModel,
  Run,
  RunStatus,
  Stage,
  Texts,
} from './entities.ts';

/**
 * Where runs and registered models are recorded: MLflow's model of the world, whatever stores it. `get` and `find` give
 * null for what is not there; every other call on a thing that is not there throws NOT_FOUND. A name that is taken, a
 * parameter that would change and work on something deleted are CONFLICT; a name, key, step, status, filter or order
 * that cannot be is FLAG_INVALID (exit 2). Nothing is cut or dropped silently.
 */
export interface Tracker {
  /** The address it was opened with, as a person writes it; never with a password in it. */
  readonly uri: string;
  readonly experiments: Experiments;
  readonly runs: Runs;
  readonly artifacts: Artifacts;
  readonly loggedModels: LoggedModels;
  readonly models: Models;
  close(): Promise<void>;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextPageToken: string | null;
}

export type View = 'active' | 'deleted' | 'all';

interface Query {
  /** MLflow's filter language: `metrics.accuracy > 0.75 and tags.team = 'a'`. */
  readonly filter?: string;
  /** `metrics.accuracy DESC`; ties by start (creation), newest first. */
  readonly orderBy?: readonly string[];
  /** At most so many items a page. */
  readonly limit: number;
  readonly pageToken?: string;
}

export interface ExperimentQuery extends Query {
  readonly view?: View;
}

export interface Experiments {
  /** The id. */
  create(experiment: NewExperiment): Promise<string>;
  get(experimentId: string): Promise<Experiment | null>;
  /** By name, deleted ones too: a name stays taken. */
  find(name: string): Promise<Experiment | null>;
  search(query: ExperimentQuery): Promise<Page<Experiment>>;
  rename(experimentId: string, name: string): Promise<void>;
  /** Marks it deleted, with its runs. Once more: NOT_FOUND. */
  delete(experimentId: string): Promise<void>;
  restore(experimentId: string): Promise<void>;
  setTag(experimentId: string, key: string, value: string): Promise<void>;
  deleteTag(experimentId: string, key: string): Promise<void>;
}

export interface NewExperiment {
  readonly name: string;
  /** Where files of its runs go; beside those of the other experiments where absent. */
  readonly artifactLocation?: string;
  readonly tags?: Texts;
}

export interface NewRun {
  readonly experimentId: string;
  readonly name?: string;
  readonly userId?: string;
  /** Now where absent. */
  readonly startTime?: number;
  readonly parentRunId?: string;
  readonly tags?: Texts;
}

/** Any number of each. Metrics keep their history; a parameter is written once; a tag is written over. */
export interface RunValues {
  readonly metrics?: readonly Metric[];
  readonly params?: Texts;
  readonly tags?: Texts;
}

export interface RunQuery extends Query {
  /** At least one. */
  readonly experimentIds: readonly string[];
  readonly view?: View;
}

export interface Runs {
  create(run: NewRun): Promise<Run>;
  get(runId: string): Promise<Run | null>;
  /** `endTime` is now where the status is an end and none is given. */
  update(
    runId: string,
    change: { readonly status?: RunStatus; readonly endTime?: number; readonly name?: string },
  ): Promise<void>;
  search(query: RunQuery): Promise<Page<Run>>;
  log(runId: string, values: RunValues): Promise<void>;
  deleteTag(runId: string, key: string): Promise<void>;
  logInputs(runId: string, inputs: readonly DatasetInput[]): Promise<void>;
  logOutputs(runId: string, outputs: readonly ModelOutput[]): Promise<void>;
  /** Logged models that the run read, as evaluations do. */
  logModelInputs(runId: string, modelIds: readonly string[]): Promise<void>;
  /** Every value of a metric, by step, then timestamp, then value; nothing for a metric that the run does not have. */
  history(
    runId: string,
    key: string,
    page: { readonly limit: number; readonly pageToken?: string },
  ): Promise<Page<Metric>>;
  /** Deleting what is deleted and restoring what is active change nothing. */
  delete(runId: string): Promise<void>;
  restore(runId: string): Promise<void>;
}

export interface ReadOptions {
  /** Skips bytes. */
  readonly start?: number;
  /** Told before the first chunk, by stores that know one: a text that is another one when the content is. */
  readonly onTag?: (tag: string) => void;
}

/** The files behind an artifact URI, whatever its scheme. `path` is relative, with slashes, never with `..`. */
export interface Artifacts {
  /** What lies directly in a folder, by name; nothing where there is no such folder. `path` of a file is full, from the root. */
  list(root: string, path?: string): Promise<readonly ArtifactFile[]>;
  /** Throws NOT_FOUND before the first chunk. */
  read(root: string, path: string, options?: ReadOptions): AsyncIterable<Uint8Array>;
  /** Stores the whole file or nothing; what was there is replaced. */
  write(root: string, path: string, body: AsyncIterable<Uint8Array>, bytes: number): Promise<void>;
  /** A file, or a folder with everything in it; deleting what is not there changes nothing. */
  delete(root: string, path: string): Promise<void>;
}

export interface NewLoggedModel {
  readonly experimentId: string;
  readonly name: string;
  readonly sourceRunId?: string;
  readonly modelType?: string;
  readonly params?: Texts;
  readonly tags?: Texts;
}

export interface LoggedModelQuery extends Query {
  readonly experimentIds: readonly string[];
}

export interface LoggedModels {
  /** Pending until `finish` says that its files are there. NOT_FOUND, hint included, where the store is too old for them. */
  create(model: NewLoggedModel): Promise<LoggedModel>;
  get(modelId: string): Promise<LoggedModel | null>;
  search(query: LoggedModelQuery): Promise<Page<LoggedModel>>;
  finish(modelId: string, status: Exclude<LoggedModelStatus, 'PENDING'>): Promise<void>;
  setTags(modelId: string, tags: Texts): Promise<void>;
  deleteTag(modelId: string, key: string): Promise<void>;
  /** Adds parameters; one that is there with another value is a CONFLICT. */
  logParams(modelId: string, params: Texts): Promise<void>;
  delete(modelId: string): Promise<void>;
}

export interface NewModelVersion {
  readonly name: string;
  readonly source: string;
  readonly runId?: string;
  readonly description?: string;
  readonly tags?: Texts;
  readonly modelId?: string;
  /** The same key gives the same version, however often it is asked for: a repeated call never makes a second one. */
  readonly key: string;
}

/** Which version of a model is meant. */
export type ModelSelector =
  | { readonly version: number }
  | { readonly alias: string }
  /** The newest version of the stage. */
  | { readonly stage: Stage };

export interface RegisteredModels {
  create(model: { readonly name: string; readonly description?: string; readonly tags?: Texts }): Promise<void>;
  get(name: string): Promise<RegisteredModel | null>;
  search(query: Query): Promise<Page<RegisteredModel>>;
  describe(name: string, description: string): Promise<void>;
  rename(name: string, to: string): Promise<void>;
  /** With all its versions; the files stay. */
  delete(name: string): Promise<void>;
  setTag(name: string, key: string, value: string): Promise<void>;
  deleteTag(name: string, key: string): Promise<void>;
}

export interface ModelVersions {
  createVersion(version: NewModelVersion): Promise<ModelVersion>;
  find(name: string, which: ModelSelector): Promise<ModelVersion | null>;
  searchVersions(query: Query): Promise<Page<ModelVersion>>;
  describeVersion(name: string, version: number, description: string): Promise<void>;
  deleteVersion(name: string, version: number): Promise<void>;
  setVersionTag(name: string, version: number, key: string, value: string): Promise<void>;
  deleteVersionTag(name: string, version: number, key: string): Promise<void>;

  /** Points the alias at the version, wherever it pointed before. */
  setAlias(name: string, alias: string, version: number): Promise<void>;
  /** Deleting what is not there changes nothing. */
  deleteAlias(name: string, alias: string): Promise<void>;
  transition(
    name: string,
    version: number,
    stage: Stage,
    options: { readonly archiveExisting: boolean },
  ): Promise<ModelVersion>;
}

export interface Models extends RegisteredModels, ModelVersions {}

import type { Stage } from './stages.ts';

/** A fitted pipeline as data: text goes in at the first stage, class scores come out of the last. */
export interface FittedModel {
  readonly stages: readonly Stage[];
  /** Name of each class, in the order of the scores: negative, positive. */
  readonly labels: readonly string[];
  readonly about: ModelAbout;
  /** Makes probabilities of the raw score of a model that has none (LinearSVC): p = 1 / (1 + exp(slope · raw + offset)). */
  readonly calibration?: Calibration;
}

export interface Calibration {
  readonly slope: number;
  readonly offset: number;
}

/** Where a model comes from; every part may be missing, for a model that somebody else wrote. */
export interface ModelAbout {
  /** `logisticregression`, `ngram` … */
  readonly name?: string;
  readonly version?: string;
  /** ISO 8601. */
  readonly createdAt?: string;
  /** `sentops 0.1.0`, `Spark 4.3.0`. */
  readonly writtenBy?: string;
  readonly labelMapping?: Readonly<Record<string, string | null>>;
  readonly data?: {
    readonly sha256: string;
    readonly rows: number;
    readonly file: string;
  };
  readonly seed?: number;
  readonly gitCommit?: string;
}

/** Files of a stored model: relative path with forward slashes → bytes. */
export type ModelFiles = ReadonlyMap<string, Uint8Array>;

/** A way to write a model down. Bytes only: where they are kept is the storage's business. */
export interface ModelFormat {
  /** Whether the files look like this format, judged by their names and first bytes alone. */
  recognises(files: ModelFiles): boolean;
  /** Throws DATA_INVALID for damaged files. */
  read(files: ModelFiles): Promise<FittedModel>;
  /** Throws DATA_INVALID for a stage that the format cannot express. */
  write(model: FittedModel): Promise<ModelFiles>;
}

import type { FittedStage } from '../learn/types.ts';

/** A fitted pipeline as data: text goes in at the first stage, class scores come out of the last. */
export interface FittedModel {
  readonly stages: readonly FittedStage[];
  /** Name of each class, in the order of the scores. */
  readonly labels: readonly string[];
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

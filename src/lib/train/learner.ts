import type { Parameters } from '../learn/types.ts';
import type { Stage } from '../model/stages.ts';
import type { Calibration } from '../model/types.ts';
import type { PartName, PartScores, TextBatch } from './batch.ts';

/** Takes texts as they are read and makes models of them at the end. */
export interface TextLearner {
  /** Keeps what it needs of the batch: its memory is overwritten by the next one. */
  add(batch: TextBatch): void | Promise<void>;
  /** Rows of the test part may still be added while this runs; scores are asked for after both have ended. */
  fit(request: FitRequest): Promise<readonly FittedText[]>;
  /** Frees memory, threads and temporary files, whether or not it was fitted. */
  close(): Promise<void>;
}

export interface FitRequest {
  /** Class of each label id; −1: the rows of that label are dropped. */
  readonly classOf: Int32Array;
  readonly classes: number;
  readonly signal: AbortSignal;
  progress(model: string, done: number, total: number): void;
  /** What a model has reached while it is fitted. */
  reached?(model: string, live: LiveMetric): void;
}

/**
 * A number that moves while a model is fitted: `objective` after an iteration, `loss` of a pass, `trees` that stand,
 * `cvAccuracy` of a point of the grid (the step is its number).
 */
export interface LiveMetric {
  readonly key: 'objective' | 'loss' | 'trees' | 'cvAccuracy';
  readonly value: number;
  readonly step: number;
}

/** A model as it came out of training, not yet written. */
export interface FittedText {
  readonly name: string;
  readonly stages: readonly Stage[];
  readonly calibration?: Calibration;
  /** The parameters it was fitted with, chosen ones included. */
  readonly params: Parameters;
  /** How cross-validation judged each point of the grid. */
  readonly search?: readonly { readonly params: Parameters; readonly metric: number }[];
  readonly seconds: number;
  /** `classOf` where the labels of that part are numbered apart from those of the training rows. */
  scores(part: PartName, classOf?: Int32Array): Promise<PartScores>;
}

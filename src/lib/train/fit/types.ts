import type { RowScores } from '../../learn/score/types.ts';
import type { Classifier, FittedStage, LabelledRows, Parameters, Trainer } from '../../learn/types.ts';

/** One fit: of all rows, or of those outside a fold, which are then scored. */
export interface FitTask {
  /** The name of one of ours, which runs in a thread of its own, or a plugin's, which runs where it was loaded. */
  readonly trainer: string | Trainer;
  readonly params: Parameters;
  readonly seed: number;
  readonly leaveOut?: Fold;
}

export interface Fold {
  readonly fold: number;
  /** Fold of each row. */
  readonly assigned: Int32Array;
}

export interface FitOutcome {
  readonly stage: FittedStage;
  readonly seconds: number;
  /** Null where no rows were left out. */
  readonly heldOut: HeldOut | null;
  /** Of a plugin's trainer: only its own code can score with it. */
  readonly classifier?: Classifier;
}

/** What a classifier says of rows that it was not fitted on. */
export interface HeldOut {
  /** Their numbers among all rows. */
  readonly rows: Int32Array;
  readonly labels: Int32Array;
  readonly scores: RowScores;
}

export interface FitRun {
  readonly signal: AbortSignal;
  /** Most threads at a time; never more than there are processors. */
  readonly parallel?: number;
  /** `objective` where the trainer says what it has reached. */
  progress?(task: number, done: number, total: number, objective?: number): void;
  /** Each outcome as soon as it is there; all of them are handed back at the end. */
  settled?(task: number, outcome: FitOutcome): void;
}

/** What a fitting thread is given at its start. */
export interface FitWorkerData {
  readonly rows: LabelledRows;
}

/** To a thread and back; `task` is the number of the task. */
export interface FitWorkerOrder {
  readonly task: number;
  readonly trainer: string;
  readonly params: Parameters;
  readonly seed: number;
  readonly leaveOut: Fold | null;
}

export type FitWorkerReply =
  | {
      readonly kind: 'progress';
      readonly task: number;
      readonly done: number;
      readonly total: number;
      readonly objective?: number;
    }
  | { readonly kind: 'done'; readonly task: number; readonly outcome: FitOutcome }
  | { readonly kind: 'failed'; readonly task: number; readonly name: string; readonly message: string };

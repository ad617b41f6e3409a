import type { InputWorld } from '../data/open-input.ts';

/** One call of the training job. */
export interface TrainRequest extends InputWorld {
  readonly textColumn: string | undefined;
  readonly labelColumn: string | undefined;
  readonly variant: string | undefined;
  readonly calibrate: boolean;
  readonly dryRun: boolean;
  /** The words after `sentops train`, for the record of the run. */
  readonly commandLine?: readonly string[];
}

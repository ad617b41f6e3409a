import type { World } from '../extend/world.ts';

/** One call of the training job. */
export interface TrainRequest extends World {
  readonly textColumn: string | undefined;
  readonly labelColumn: string | undefined;
  readonly variant: string | undefined;
  readonly calibrate: boolean;
  readonly dryRun: boolean;
  /** The words after `sentops train`, for the record of the run. */
  readonly commandLine?: readonly string[];
}

import type { Machine } from '../core/folders.ts';
import type { ExtensionContext } from '../extend/contract.ts';

/** The world as a training job may touch it. */
export interface TrainWorld extends ExtensionContext, Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** One call of the training job. */
export interface TrainRequest extends TrainWorld {
  readonly textColumn: string | undefined;
  readonly labelColumn: string | undefined;
  readonly variant: string | undefined;
  readonly calibrate: boolean;
  readonly dryRun: boolean;
}

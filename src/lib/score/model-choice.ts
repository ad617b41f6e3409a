import type { Project } from '../config/types.ts';
import type { World } from '../extend/world.ts';
import type { RegisteredChoice } from '../registry/registered-choice.ts';

export interface ModelChoice extends World {
  /** --model-path: a path or a `models:/…` or `runs:/…` URI; the best model of the project where absent. */
  readonly modelPath: string | undefined;
  /** --model-name and what goes with it. */
  readonly registered?: RegisteredChoice;
  loadProject(sections: readonly string[]): Promise<Project>;
}

export interface ChosenModel {
  /** As `openModel` takes it. */
  readonly place: string;
  /** The version in the registry; null where the model does not come from there. */
  readonly version: string | null;
}

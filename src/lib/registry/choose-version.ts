import type { Config } from '../config/fields/index.ts';
import type { Report } from '../core/report.ts';
import type { ModelVersion, Stage } from '../tracking/entities.ts';
import type { ModelSelector, Tracker } from '../tracking/types.ts';
import { describeSelector, findVersion, type VersionSelector } from './find-version.ts';
import { readStage } from './promotion-target.ts';
import { checkChoice, type RegisteredChoice } from './registered-choice.ts';

/** The sections of the project file that say which version is used. */
export type VersionRules = Pick<Config, 'serve' | 'mlflow'>;

/**
 * The version that the flags name. Where they name only the model: what the project serves of it; its newest version
 * where the stage that is served is empty, but never in place of a version or an alias that the project file names. Registries promote by stages or by aliases: one stands for the other as `mlflow.stageAliases` says.
 */
export async function chooseVersion(
  tracker: Tracker,
  choice: RegisteredChoice,
  { serve, mlflow }: VersionRules,
  report: Report,
): Promise<ModelVersion> {
  checkChoice(choice);
  const name = choice.name ?? serve.modelName;
  const note = (message: string) => report({ type: 'note', level: 'info', message });
  const asked = readFlags(choice);
  const which = asked ?? servedOf(name, serve);
  const found = await findEither(tracker, name, which, mlflow.stageAliases, note);
  if (found !== null) return found;
  if (asked !== null || !('stage' in which)) return await findVersion(tracker, name, which);
  const newest = await findVersion(tracker, name, 'latest');
  note(`${name} has no ${describeSelector(which)}: version ${newest.version} is used, the newest of ${name}`);
  return newest;
}

function readFlags({ stage, alias, version }: RegisteredChoice): ModelSelector | null {
  if (version !== undefined) return { version };
  if (alias !== undefined) return { alias };
  return stage === undefined ? null : { stage: readStage(stage, '--model-stage') };
}

/** A version or an alias in the project file is one of the model that it names, and says nothing about others. */
function servedOf(name: string, { modelName, modelVersion, modelAlias, modelStage }: Config['serve']): ModelSelector {
  if (name === modelName && modelVersion !== undefined) return { version: modelVersion };
  if (name === modelName && modelAlias !== undefined) return { alias: modelAlias };
  return { stage: modelStage };
}

async function findEither(
  tracker: Tracker,
  name: string,
  which: ModelSelector,
  stageAliases: Config['mlflow']['stageAliases'],
  note: (message: string) => void,
): Promise<ModelVersion | null> {
  const found = await tracker.models.find(name, which);
  if (found !== null) return found;
  const other = counterpart(which, stageAliases);
  const version = other === null ? null : await tracker.models.find(name, other);
  if (other !== null && version !== null)
    note(
      `${name} has no ${describeSelector(which)}: version ${version.version} is used, its ${describeSelector(other)} (mlflow.stageAliases)`,
    );
  return version;
}

function counterpart(which: VersionSelector, stageAliases: Config['mlflow']['stageAliases']): ModelSelector | null {
  if (which === 'latest' || 'version' in which) return null;
  if ('stage' in which) {
    const alias = stageAliases[which.stage];
    return alias === undefined ? null : { alias };
  }
  const stage = Object.entries(stageAliases).find(([, alias]) => alias === which.alias)?.[0];
  return stage === undefined ? null : { stage: stage as Stage };
}

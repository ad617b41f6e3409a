import type { Config } from '../config/fields/index.ts';
import type { ModelVersion, RegisteredModel, Stage } from '../tracking/entities.ts';
import type { PromotionTarget } from './promotion-target.ts';

/** One change of the registry on the way to a new champion. */
export type PlanStep =
  | { kind: 'stage'; version: number; stage: Stage; archives: number[] }
  | { kind: 'alias'; alias: string; version: number }
  | { kind: 'delete-alias'; alias: string; version: number };

export interface PlanRequest {
  readonly model: RegisteredModel;
  /** Every version of the model. */
  readonly versions: readonly ModelVersion[];
  readonly target: PromotionTarget;
  readonly to: number;
  readonly mlflow: Pick<Config['mlflow'], 'registryMode' | 'stageAliases'>;
}

/** MLflow keeps one version in these where it is asked to; any number in the others. */
const ACTIVE: readonly Stage[] = ['Staging', 'Production'];

/** What has to be written, the stage before the alias; nothing where all is as it should be. */
export function planChange({ model, versions, target, to, mlflow }: PlanRequest): PlanStep[] {
  const { stage, alias } = target;
  const steps: PlanStep[] = [];
  const left = versions.find(({ version }) => version === to)?.stage ?? 'None';
  const archives =
    stage !== null && ACTIVE.includes(stage)
      ? versions.filter(one => one.stage === stage && one.version !== to).map(({ version }) => version)
      : [];
  if (stage !== null && (left !== stage || archives.length > 0))
    steps.push({ kind: 'stage', version: to, stage, archives: archives.sort((a, b) => a - b) });
  if (alias !== null && model.aliases[alias] !== to) steps.push({ kind: 'alias', alias, version: to });
  if (stage !== null && mlflow.registryMode === 'both')
    steps.push(...keepInStep(model, { stage, alias }, to, archives, mlflow.stageAliases));
  return steps;
}

type StageAliases = Config['mlflow']['stageAliases'];

/** The aliases of the stages that versions have left: one that pointed at the new champion goes, the archived get theirs. */
function keepInStep(
  { aliases }: RegisteredModel,
  target: PromotionTarget,
  to: number,
  archives: readonly number[],
  stageAliases: StageAliases,
): PlanStep[] {
  const gone = Object.entries(stageAliases).flatMap(([stage, alias]): PlanStep[] =>
    alias !== undefined && stage !== target.stage && alias !== target.alias && aliases[alias] === to
      ? [{ kind: 'delete-alias', alias, version: to }]
      : [],
  );
  const archived = stageAliases['Archived'];
  const newest = archives.at(-1);
  if (archived === undefined || archived === target.alias || newest === undefined) return gone;
  return [...gone, { kind: 'alias', alias: archived, version: newest }];
}

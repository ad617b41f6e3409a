import type { Config } from '../config/fields/index.ts';
import { SentopsError } from '../core/errors.ts';
import { STAGES, type Stage } from '../tracking/entities.ts';

/** What a promotion points at a version: a stage, an alias, or both in step. At least one is not null. */
export interface PromotionTarget {
  stage: Stage | null;
  alias: string | null;
}

export interface TargetChoice {
  /** --to and --alias. */
  readonly to: string | undefined;
  readonly alias: string | undefined;
}

type Rules = Pick<Config['mlflow'], 'registryMode' | 'stageAliases'>;

/**
 * What is to be set. Who names a stage and an alias gets exactly these; who names one of them gets the other too where
 * `mlflow.registryMode` is both and `mlflow.stageAliases` knows it. Production where nothing is named.
 */
export function chooseTarget({ to, alias }: TargetChoice, rules: Rules): PromotionTarget {
  if (to !== undefined && alias !== undefined) return { stage: readStage(to, '--to'), alias };
  if (alias !== undefined) return targetOfAlias(alias, rules);
  return targetOfStage(readStage(to ?? 'Production', '--to'), rules);
}

/** A stage as MLflow writes it, however it was typed. */
export function readStage(text: string, flag: string): Stage {
  const stage = STAGES.find(name => name.toLowerCase() === text.trim().toLowerCase());
  if (stage !== undefined) return stage;
  throw new SentopsError('FLAG_INVALID', `${flag}: ${JSON.stringify(text)} is no stage`, {
    hint: `the stages are ${STAGES.join(', ')}`,
    details: { flag, value: text, allowed: STAGES },
  });
}

/** As messages name it: `Production and @champion`. */
export function describeTarget({ stage, alias }: PromotionTarget): string {
  return [stage, alias === null ? null : `@${alias}`].filter(part => part !== null).join(' and ');
}

/** The flags that choose this target again. */
export function flagsOfTarget({ stage, alias }: PromotionTarget): string {
  return stage === null ? `--alias ${alias}` : `--to ${stage}`;
}

function targetOfStage(stage: Stage, { registryMode, stageAliases }: Rules): PromotionTarget {
  const alias = stageAliases[stage] ?? null;
  if (registryMode === 'stages') return { stage, alias: null };
  if (registryMode === 'both') return { stage, alias };
  if (alias !== null) return { stage: null, alias };
  throw new SentopsError('CONFIG_INVALID', `mlflow.registryMode is aliases, and no alias stands for ${stage}`, {
    hint: `name one in mlflow.stageAliases.${stage}, or give --alias`,
  });
}

function targetOfAlias(alias: string, { registryMode, stageAliases }: Rules): PromotionTarget {
  if (registryMode === 'aliases') return { stage: null, alias };
  const stage = STAGES.find(name => stageAliases[name] === alias) ?? null;
  if (registryMode === 'both') return { stage, alias };
  throw new SentopsError('FLAG_INVALID', '--alias: mlflow.registryMode is stages, so that no alias is set', {
    hint: `give --to ${stage ?? 'Production'}, or both --to and --alias`,
    details: { flag: '--alias', value: alias },
  });
}

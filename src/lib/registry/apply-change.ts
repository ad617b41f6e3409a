import { SentopsError } from '../core/errors.ts';
import { inParallel } from '../tracking/artifacts/in-parallel.ts';
import type { ModelVersion, RegisteredModel } from '../tracking/entities.ts';
import type { Tracker } from '../tracking/types.ts';
import { type AuditEvent, auditTag } from './audit.ts';
import type { Claim } from './claim.ts';
import { listVersions } from './list-versions.ts';
import type { PlanStep } from './plan.ts';
import { describeTarget, type PromotionTarget } from './promotion-target.ts';
import { readPointers } from './standing.ts';

/** A server is asked for a dozen of them while nobody else may change anything. */
const TAGS_AT_ONCE = 4;

export interface Change {
  readonly tracker: Tracker;
  readonly claim: Claim;
  readonly name: string;
  readonly to: number;
  readonly target: PromotionTarget;
  readonly steps: readonly PlanStep[];
  /** With the outcome `started`. */
  readonly event: AuditEvent;
  /** Tags that the version gets, or loses where it is null. */
  readonly tags: Readonly<Record<string, string | null>>;
}

/**
 * Lets a version take over. The record of it comes first and is closed last: whoever comes after a process that was
 * killed in between reads where it began and where it wanted to go. What was written is read again before it is believed.
 */
export async function applyChange({ tracker, claim, name, to, target, steps, event, tags }: Change): Promise<void> {
  await record(tracker, name, event);
  await inParallel(Object.entries(tags), TAGS_AT_ONCE, ([key, value]) =>
    value === null
      ? tracker.models.deleteVersionTag(name, to, key)
      : tracker.models.setVersionTag(name, to, key, value),
  );
  for (const step of steps) {
    await claim.confirm();
    await take(tracker, name, step);
  }
  const model = await claim.confirm();
  checkWritten(model, await listVersions(tracker, name), target, to);
  await record(tracker, name, { ...event, outcome: 'done' });
}

/** Writes an event, or the end of one, into the trail. */
export async function record(tracker: Tracker, name: string, event: AuditEvent): Promise<void> {
  const { key, value } = auditTag(event);
  await tracker.models.setTag(name, key, value);
}

async function take({ models }: Tracker, name: string, step: PlanStep): Promise<void> {
  if (step.kind === 'alias') await models.setAlias(name, step.alias, step.version);
  else if (step.kind === 'delete-alias') await models.deleteAlias(name, step.alias);
  else {
    const archiveExisting = step.stage === 'Production' || step.stage === 'Staging';
    await models.transition(name, step.version, step.stage, { archiveExisting });
  }
}

function checkWritten(
  model: RegisteredModel,
  versions: readonly ModelVersion[],
  target: PromotionTarget,
  to: number,
): void {
  const { alias } = readPointers(model, target);
  const staged = versions.filter(one => target.stage !== null && one.stage === target.stage);
  const others = staged.filter(one => one.version !== to && target.stage !== 'None' && target.stage !== 'Archived');
  const isStaged = target.stage === null || (staged.some(one => one.version === to) && others.length === 0);
  if (isStaged && (alias === undefined || alias === to)) return;
  const found = { alias: alias ?? null, stage: staged.map(({ version }) => version) };
  throw new SentopsError(
    'CONFLICT',
    `${describeTarget(target)} of ${model.name} was set to version ${to}, and reads otherwise: ${describeFound(found, target)}`,
    {
      hint: 'somebody changes it at the same time: look at it with sentops model describe, then run the command again',
      details: { model: model.name, expected: to, found },
    },
  );
}

function describeFound(found: { alias: number | null; stage: number[] }, { stage, alias }: PromotionTarget): string {
  const parts = [
    ...(stage === null ? [] : [`${stage} is ${found.stage.join(', ') || 'nothing'}`]),
    ...(alias === null ? [] : [`@${alias} is ${found.alias ?? 'nothing'}`]),
  ];
  return parts.join(', ');
}

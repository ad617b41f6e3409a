import { randomBytes } from 'node:crypto';
import { SentopsError } from '../core/errors.ts';
import type { World } from '../extend/world.ts';
import type { ModelVersion, RegisteredModel } from '../tracking/entities.ts';
import { type TrackingProject, withTracker } from '../tracking/open-tracker.ts';
import type { Tracker } from '../tracking/types.ts';
import { applyChange } from './apply-change.ts';
import { type AuditEvent, nextMoment, readTrail } from './audit.ts';
import { describeCaller } from './caller.ts';
import { withClaim } from './claim.ts';
import { findModelByName } from './find-version.ts';
import { listVersions } from './list-versions.ts';
import { type PlanStep, planChange } from './plan.ts';
import {
  chooseTarget,
  describeTarget,
  flagsOfTarget,
  type PromotionTarget,
  type TargetChoice,
} from './promotion-target.ts';
import { readPointers, readStanding, servingStack } from './standing.ts';

export interface RollbackCall extends World, TargetChoice {
  readonly project: TrackingProject;
  readonly name: string;
  /** How far back; 1 is what served before. */
  readonly steps: number;
  /** For the record. */
  readonly reason: string | undefined;
  readonly dryRun: boolean;
}

export interface RollbackReport {
  model: string;
  target: PromotionTarget;
  /** Null where nothing serves. */
  from: number | null;
  to: number;
  /** The versions that served, oldest first, the present one last. */
  served: number[];
  /** True where this completes a rollback whose process was stopped. */
  resumed: boolean;
  dryRun: boolean;
  steps: PlanStep[];
  auditId: string | null;
}

/** Goes back to the version that served before, as the trail tells it. */
export function rollbackModel(call: RollbackCall): Promise<RollbackReport> {
  const { project, dryRun } = call;
  chooseTarget(call, project.config.mlflow);
  return withTracker(project, call, dryRun ? 'read' : 'write', tracker => rollbackOn(tracker, call));
}

/** The same on a tracker that is open. */
export async function rollbackOn(tracker: Tracker, call: RollbackCall): Promise<RollbackReport> {
  const { name, signal, project } = call;
  const target = chooseTarget(call, project.config.mlflow);
  const { by } = describeCaller(call, project.dir);
  const model = await findModelByName(tracker, name);
  if (call.dryRun) return (await plan(tracker, target, call, model)).report;
  return withClaim({ tracker, name, what: 'rollback', by, signal }, async claim => {
    const { report, event } = await plan(tracker, target, call, await claim.confirm());
    const { to, steps } = report;
    await applyChange({ tracker, claim, name, to, target, steps, event, tags: {} });
    return { ...report, auditId: event.id };
  });
}

interface Planned {
  readonly report: RollbackReport;
  readonly event: AuditEvent;
}

async function plan(
  tracker: Tracker,
  target: PromotionTarget,
  call: RollbackCall,
  model: RegisteredModel,
): Promise<Planned> {
  const { name, project, dryRun } = call;
  const trail = readTrail(model.tags);
  const versions = await listVersions(tracker, name);
  const choice = chooseVersion(trail, target, call, { model, versions });
  const steps = planChange({ model, versions, target, to: choice.to, mlflow: project.config.mlflow });
  const report = { model: name, target, ...choice, dryRun, steps, auditId: null };
  return { report, event: choice.resumed ? resume(trail, target, choice.to) : begin(trail, target, choice, call) };
}

type Choice = Pick<RollbackReport, 'from' | 'to' | 'served' | 'resumed'>;

function chooseVersion(
  trail: readonly AuditEvent[],
  target: PromotionTarget,
  call: RollbackCall,
  { model, versions }: { readonly model: RegisteredModel; readonly versions: readonly ModelVersion[] },
): Choice {
  const { unfinished, agrees, champion } = readStanding(readPointers(model, target), trail, target);
  // Who was stopped on the way back gets there by doing the same again, and not one step further.
  if (unfinished?.action === 'rollback' && unfinished.to !== null) {
    checkThere(unfinished.to, versions, [], call, target);
    return {
      from: unfinished.from,
      to: unfinished.to,
      served: [...servingStack(trail, target, unfinished.from)],
      resumed: true,
    };
  }
  // A promotion that was stopped on its way, or just before its last line, has changed something: that is what is undone.
  const isTaken = unfinished !== null && (!agrees || champion === unfinished.to);
  const from = isTaken ? unfinished.to : champion;
  const known = isTaken
    ? trail.map(event => (event === unfinished ? { ...event, outcome: 'done' as const } : event))
    : trail;
  const served = servingStack(known, target, from);
  const before = from === null ? served : served.slice(0, -1);
  const to = before.at(-call.steps);
  if (to === undefined) throw nothingBefore(call, target, from, before.length);
  checkThere(to, versions, before, call, target);
  return { from, to, served: [...served], resumed: false };
}

function begin(
  trail: readonly AuditEvent[],
  target: PromotionTarget,
  { from, to }: Choice,
  call: RollbackCall,
): AuditEvent {
  return {
    id: randomBytes(6).toString('hex'),
    at: nextMoment(trail, Date.now()),
    action: 'rollback',
    outcome: 'started',
    ...target,
    from,
    to,
    forced: false,
    reason: call.reason ?? null,
    evidence: null,
    ...describeCaller(call, call.project.dir),
  };
}

/** The record that was begun is the one that is closed. */
function resume(trail: readonly AuditEvent[], target: PromotionTarget, to: number): AuditEvent {
  const begun = trail.findLast(event => event.action === 'rollback' && event.outcome === 'started' && event.to === to);
  if (begun === undefined) throw new Error(`no rollback of ${describeTarget(target)} was begun`);
  return begun;
}

function checkThere(
  to: number,
  versions: readonly ModelVersion[],
  before: readonly number[],
  { name }: RollbackCall,
  target: PromotionTarget,
): void {
  const numbers = new Set(versions.map(({ version }) => version));
  if (numbers.has(to)) return;
  const left = before.length - 1 - before.findLastIndex(version => numbers.has(version));
  const isAny = before.some(version => numbers.has(version));
  const flags = flagsOfTarget(target);
  throw new SentopsError('NOT_FOUND', `version ${to} of ${name}, which served before, was deleted`, {
    hint: isAny
      ? `the last one that is still there: sentops model rollback ${name} ${flags} --steps ${left + 1}`
      : `choose another version: sentops model promote ${name} --version N ${flags}`,
    details: { model: name, version: to, served: before, versions: [...numbers].sort((a, b) => a - b) },
  });
}

function nothingBefore(
  { name, steps }: RollbackCall,
  target: PromotionTarget,
  from: number | null,
  known: number,
): SentopsError {
  const what = describeTarget(target);
  const said =
    known === 0
      ? `no record tells what was ${what} of ${name} before${from === null ? '' : ` version ${from}`}`
      : `the trail of ${name} knows ${known} of the ${steps} versions that were ${what} before`;
  return new SentopsError('NOT_FOUND', said, {
    hint: `only changes made by sentops are recorded; choose a version: sentops model promote ${name} --version N ${flagsOfTarget(target)}`,
    details: { model: name, target, from, known },
  });
}

import { SentopsError } from '../core/errors.ts';
import type { ModelVersion, RegisteredModel } from '../tracking/entities.ts';
import { withTracker } from '../tracking/open-tracker.ts';
import type { Tracker } from '../tracking/types.ts';
import { applyChange, record } from './apply-change.ts';
import { type AuditEvent, readTrail } from './audit.ts';
import { describeCaller } from './caller.ts';
import { withClaim } from './claim.ts';
import { decide } from './decide.ts';
import { findModelByName, findVersion } from './find-version.ts';
import { listVersions } from './list-versions.ts';
import { type PlanStep, planChange } from './plan.ts';
import { describeEvent, describePromotion, describeTags } from './promotion-record.ts';
import type { PromoteCall, PromotionReport, Scene } from './promotion-scene.ts';
import { chooseTarget, describeTarget, type PromotionTarget } from './promotion-target.ts';
import { type Recorded, recordedEvidence } from './recorded-evidence.ts';
import { readPointers, readStanding } from './standing.ts';

/** Lets a version take over from the present champion, where the evidence says that it is better. */
export function promoteModel(call: PromoteCall): Promise<PromotionReport> {
  const { project, dryRun } = call;
  chooseTarget(call, project.config.mlflow);
  return withTracker(project, call, dryRun ? 'read' : 'write', tracker => promoteOn(tracker, call));
}

/** The same on a tracker that is open. */
export async function promoteOn(tracker: Tracker, call: PromoteCall): Promise<PromotionReport> {
  const { name, project } = call;
  const target = chooseTarget(call, project.config.mlflow);
  const model = await findModelByName(tracker, name);
  const candidate = await findVersion(tracker, name, call.version === undefined ? 'latest' : { version: call.version });
  checkReady(candidate);
  const standing = readStanding(readPointers(model, target), readTrail(model.tags), target);
  const { champion } = standing;
  const notes = describeStanding(standing, target, champion);
  const caller = describeCaller(call, project.dir);
  const isServing = standing.agrees && champion === candidate.version;
  const { evidence, missing } = isServing ? NO_EVIDENCE : await gatherEvidence(tracker, candidate, champion, call);
  const judgement = decide(evidence, call.rules, { hasChampion: champion !== null, missing });
  const scene = { tracker, call, target, candidate, champion, caller, evidence, judgement, notes };
  if (isServing) return complete(scene, standing.unfinished);
  if (judgement.decision !== 'promote' && !call.force) return refuse(scene, model);
  if (call.dryRun) return { ...describePromotion(scene), steps: await planNow(scene, model) };
  return takeOver(scene);
}

const NO_EVIDENCE: Recorded = { evidence: null, missing: null };

async function gatherEvidence(
  tracker: Tracker,
  candidate: ModelVersion,
  champion: number | null,
  call: PromoteCall,
): Promise<Recorded> {
  const { evalData, rules, name } = call;
  const rival = champion === null ? null : await tracker.models.find(name, { version: champion });
  if (evalData === undefined) return recordedEvidence(tracker, candidate, rival, rules.metric);
  const { measureVersions } = await import('./measure-versions.ts');
  const how = { data: evalData, metric: rules.metric, world: call };
  return { evidence: await measureVersions(tracker, candidate, rival, how), missing: null };
}

/** Nothing changes but the trail, which tells of the attempt. */
async function refuse(scene: Scene, model: RegisteredModel): Promise<PromotionReport> {
  const { tracker, call, judgement } = scene;
  if (call.dryRun) return describePromotion(scene);
  const event = describeEvent(scene, model, 'refused', judgement.reason);
  await record(tracker, call.name, event);
  return { ...describePromotion(scene), auditId: event.id };
}

async function takeOver(scene: Scene): Promise<PromotionReport> {
  const { tracker, call, target, candidate, caller, champion } = scene;
  const what = `promotion of version ${candidate.version}`;
  return withClaim({ tracker, name: call.name, what, by: caller.by, signal: call.signal }, async claim => {
    const model = await claim.confirm();
    const now = readStanding(readPointers(model, target), readTrail(model.tags), target);
    if (now.champion === candidate.version && now.agrees) return complete(scene, null);
    if (now.champion !== champion) throw overtaken(scene, now.champion);
    const steps = await planNow(scene, model);
    const event = describeEvent(scene, model, 'started', call.force ? scene.judgement.reason : null);
    const change = { tracker, claim, name: call.name, to: candidate.version, target, steps, event };
    await applyChange({ ...change, tags: describeTags(scene, event) });
    return { ...describePromotion(scene), promoted: true, steps, auditId: event.id };
  });
}

/** The version serves already. Where the process that promoted it was killed before its last line, that one is written. */
async function complete(scene: Scene, unfinished: AuditEvent | null): Promise<PromotionReport> {
  const { tracker, call, candidate } = scene;
  const ended: PromotionReport = { ...describePromotion(scene), decision: 'already', checks: [], reason: null };
  if (unfinished?.to !== candidate.version || call.dryRun) return ended;
  await record(tracker, call.name, { ...unfinished, outcome: 'done' });
  return { ...ended, auditId: unfinished.id };
}

async function planNow({ tracker, call, target, candidate }: Scene, model: RegisteredModel): Promise<PlanStep[]> {
  const versions = await listVersions(tracker, call.name);
  return planChange({ model, versions, target, to: candidate.version, mlflow: call.project.config.mlflow });
}

function describeStanding(
  { agrees, unfinished }: ReturnType<typeof readStanding>,
  target: PromotionTarget,
  champion: number | null,
): string[] {
  if (unfinished && !agrees)
    return [
      `a ${unfinished.action} to version ${unfinished.to} by ${unfinished.by} stopped half-way at ${unfinished.at}`,
    ];
  if (agrees) return [];
  return [`${describeTarget(target)} do not point at the same version; version ${champion} counts as the champion`];
}

function checkReady({ name, version, status, statusMessage }: ModelVersion): void {
  if (status === 'READY') return;
  const why = statusMessage === null || statusMessage === '' ? '' : `: ${statusMessage}`;
  throw new SentopsError('CONFLICT', `version ${version} of ${name} is not ready (${status})${why}`, {
    hint: 'choose another one with --version',
  });
}

function overtaken({ call, candidate, champion, target }: Scene, now: number | null): SentopsError {
  const told = (version: number | null) => (version === null ? 'no version' : `version ${version}`);
  return new SentopsError(
    'CONFLICT',
    `${describeTarget(target)} of ${call.name} was ${told(champion)} when version ${candidate.version} was compared with it, and is ${told(now)} now`,
    {
      hint: 'another promotion was faster: run the command again to compare with the new champion',
      details: { model: call.name, version: candidate.version, comparedWith: champion, champion: now },
    },
  );
}

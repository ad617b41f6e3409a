import { SentopsError } from '../core/errors.ts';
import type { ModelVersion, RegisteredModel } from '../tracking/entities.ts';
import { withTracker } from '../tracking/open-tracker.ts';
import type { Tracker } from '../tracking/types.ts';
import { applyChange, record } from './apply-change.ts';
import { type AuditEvent, concerns, readTrail } from './audit.ts';
import { describeCaller } from './caller.ts';
import { withClaim } from './claim.ts';
import { decide, type Judgement } from './decide.ts';
import { findModelByName, findVersion } from './find-version.ts';
import { listVersions } from './list-versions.ts';
import { type PlanStep, planChange } from './plan.ts';
import { describeEvent, describePromotion, describeTags } from './promotion-record.ts';
import type { PromoteCall, PromotionReport, Scene } from './promotion-scene.ts';
import { chooseTarget, describeTarget, type PromotionTarget } from './promotion-target.ts';
import { type Recorded, recordedEvidence } from './recorded-evidence.ts';
import { readPointers, readStanding, type Standing, versionToBeat } from './standing.ts';

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
  if (!call.force) checkStays(candidate, target);
  if (call.version === undefined && !call.force) checkNotLeft(readTrail(model.tags), target, candidate);
  const { standing, toBeat: champion } = readScene(model, target, candidate.version);
  const notes = describeStanding(standing, target);
  const caller = describeCaller(call, project.dir);
  const isOurs = champion === candidate.version;
  const isServing = isOurs && standing.agrees;
  const { evidence, missing } = isOurs ? NO_EVIDENCE : await gatherEvidence(tracker, candidate, champion, call);
  const judgement = isOurs ? NO_RIVAL : decide(evidence, call.rules, { hasChampion: champion !== null, missing });
  const scene = { tracker, call, target, candidate, champion, caller, evidence, judgement, notes };
  if (isServing) return complete(scene, standing.unfinished);
  if (judgement.decision !== 'promote' && !call.force) return refuse(scene, model);
  if (call.dryRun) return { ...describePromotion(scene), steps: await planNow(scene, model) };
  return takeOver(scene);
}

const NO_EVIDENCE: Recorded = { evidence: null, missing: null };
const NO_RIVAL: Judgement = { decision: 'promote', checks: [], reason: null };

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
  return measureVersions(tracker, candidate, rival, { data: evalData, world: call });
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
    const now = readScene(model, target, candidate.version);
    if (now.standing.champion === candidate.version && now.standing.agrees) return complete(scene, null);
    if (now.toBeat !== champion) throw overtaken(scene, now.toBeat);
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

function readScene(
  model: RegisteredModel,
  target: PromotionTarget,
  candidate: number,
): { readonly standing: Standing; readonly toBeat: number | null } {
  const pointers = readPointers(model, target);
  const standing = readStanding(pointers, readTrail(model.tags), target);
  return { standing, toBeat: versionToBeat(standing, pointers, candidate) };
}

function describeStanding({ agrees, unfinished, champion }: Standing, target: PromotionTarget): string[] {
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

/** A version is in one stage: what goes to Staging would serve in Production no more. */
function checkStays({ name, version, stage }: ModelVersion, target: PromotionTarget): void {
  if (stage !== 'Production' || target.stage === null || target.stage === stage) return;
  throw new SentopsError('CONFLICT', `version ${version} of ${name} serves in Production, which it would leave`, {
    hint: 'choose another one with --version, or let it go all the same with --force',
    details: { model: name, version, stage, target },
  });
}

/** A promotion that runs every night must not undo what a person did by day. */
function checkNotLeft(trail: readonly AuditEvent[], target: PromotionTarget, { name, version }: ModelVersion): void {
  const isAbout = ({ from, to }: AuditEvent) => from === version || to === version;
  const last = trail.findLast(event => event.outcome === 'done' && isAbout(event) && concerns(event, target));
  if (last?.action !== 'rollback' || last.from !== version) return;
  const why = last.reason === null ? '' : `: ${last.reason}`;
  throw new SentopsError('GATE_NOT_MET', `version ${version} of ${name} was left by a rollback of ${last.by}${why}`, {
    hint: `register a better one, or promote it again by its number: --version ${version}`,
    details: { model: name, version, rollback: last },
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

import { randomBytes } from 'node:crypto';
import type { RegisteredModel } from '../tracking/entities.ts';
import { type AuditEvent, type EvidenceNote, nextMoment, readTrail } from './audit.ts';
import { deltaOf, type Evidence, type PromotionRules } from './decide.ts';
import type { PromotionReport, Scene } from './promotion-scene.ts';
import { describeTarget } from './promotion-target.ts';

export function describePromotion({
  call,
  target,
  candidate,
  champion,
  evidence,
  judgement,
  notes,
}: Scene): PromotionReport {
  const forced = call.force && judgement.decision !== 'promote';
  const { metric } = call.rules;
  return {
    model: call.name,
    version: candidate.version,
    target,
    decision: forced ? 'promote' : judgement.decision,
    promoted: false,
    dryRun: call.dryRun,
    forced,
    champion,
    steps: [],
    metric,
    delta: evidence === null ? null : deltaOf(evidence, metric),
    evidence,
    checks: judgement.checks,
    reason: judgement.reason,
    auditId: null,
    notes,
  };
}

export function describeEvent(
  { call, target, candidate, champion, caller, evidence, judgement }: Scene,
  model: RegisteredModel,
  outcome: AuditEvent['outcome'],
  reason: string | null,
): AuditEvent {
  return {
    id: randomBytes(6).toString('hex'),
    at: nextMoment(readTrail(model.tags), Date.now()),
    action: 'promote',
    outcome,
    ...target,
    from: champion,
    to: candidate.version,
    forced: call.force && judgement.decision !== 'promote',
    reason,
    evidence: evidence === null ? null : describeEvidence(evidence, call.rules),
    ...caller,
  };
}

function describeEvidence(evidence: Evidence, { metric }: PromotionRules): EvidenceNote {
  return {
    kind: evidence.kind,
    metric,
    candidate: evidence.candidate[metric],
    champion: evidence.champion?.[metric] ?? null,
    delta: deltaOf(evidence, metric),
    pValue: evidence.significance?.pValue ?? null,
    rows: evidence.rows,
    data: evidence.data.digest,
  };
}

const PREFIX = 'sentops.promotion.';

/** The evidence on the version itself, where every other tool shows it; what an earlier promotion left there goes. */
export function describeTags(
  { target, champion, caller, candidate }: Scene,
  { at, evidence, forced, id }: AuditEvent,
): Record<string, string | null> {
  const facts: Readonly<Record<string, string | number | null | undefined>> = {
    to: describeTarget(target),
    from: champion,
    at,
    by: caller.by,
    git_commit: caller.gitCommit,
    audit_id: id,
    forced: forced ? 'true' : null,
    evidence: evidence?.kind ?? 'none',
    metric: evidence?.metric,
    value: evidence?.candidate,
    champion_value: evidence?.champion,
    delta: evidence?.delta,
    p_value: evidence?.pValue,
    rows: evidence?.rows,
    data: evidence?.data,
  };
  const left = Object.keys(candidate.tags).filter(key => key.startsWith(PREFIX));
  const told = Object.entries(facts).filter(([, value]) => value != null);
  return {
    ...Object.fromEntries(left.map(key => [key, null])),
    ...Object.fromEntries(told.map(([key, value]) => [`${PREFIX}${key}`, String(value)])),
  };
}

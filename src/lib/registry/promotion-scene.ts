import type { World } from '../extend/world.ts';
import type { ModelVersion } from '../tracking/entities.ts';
import type { TrackingProject } from '../tracking/open-tracker.ts';
import type { Tracker } from '../tracking/types.ts';
import type { Caller } from './audit.ts';
import type { Evidence, Judgement, PromotionCheck, PromotionRules } from './decide.ts';
import type { EvalData } from './measure-versions.ts';
import type { PlanStep } from './plan.ts';
import type { PromotionTarget, TargetChoice } from './promotion-target.ts';

export interface PromoteCall extends World, TargetChoice {
  readonly project: TrackingProject;
  readonly name: string;
  /** The newest where absent. */
  readonly version: number | undefined;
  /** What the runs recorded is compared where absent. */
  readonly evalData: EvalData | undefined;
  readonly rules: PromotionRules;
  /** Promotes whatever the gate says; the record tells so. */
  readonly force: boolean;
  readonly dryRun: boolean;
}

export interface PromotionReport {
  model: string;
  version: number;
  target: PromotionTarget;
  /** `already`: the version serves, nothing was to be done. */
  decision: 'promote' | 'reject' | 'inconclusive' | 'already';
  /** False with --dry-run, and where the gate was not met. */
  promoted: boolean;
  dryRun: boolean;
  forced: boolean;
  /** The version that served before; null where none did. */
  champion: number | null;
  steps: PlanStep[];
  metric: string;
  delta: number | null;
  evidence: Evidence | null;
  checks: PromotionCheck[];
  reason: string | null;
  /** The record of it in the trail; null where nothing was recorded. */
  auditId: string | null;
  notes: string[];
}

/** What is known before anything is written. */
export interface Scene {
  readonly tracker: Tracker;
  readonly call: PromoteCall;
  readonly target: PromotionTarget;
  readonly candidate: ModelVersion;
  readonly champion: number | null;
  readonly caller: Caller;
  readonly evidence: Evidence | null;
  readonly judgement: Judgement;
  readonly notes: string[];
}

import { randomBytes } from 'node:crypto';
import { SentopsError } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import type { World } from '../extend/world.ts';
import type { ModelVersion, RegisteredModel, Stage } from '../tracking/entities.ts';
import { type TrackingProject, withTracker } from '../tracking/open-tracker.ts';
import type { Tracker } from '../tracking/types.ts';
import { record } from './apply-change.ts';
import { type AuditEvent, nextMoment, readTrail } from './audit.ts';
import { describeCaller } from './caller.ts';
import { withClaim } from './claim.ts';
import { findModelByName, findVersion } from './find-version.ts';
import { listVersions } from './list-versions.ts';

interface PointerCall extends World {
  readonly project: TrackingProject;
  readonly name: string;
  readonly dryRun: boolean;
}

export interface AliasCall extends PointerCall {
  readonly alias: string;
  /** Null deletes the alias. */
  readonly version: number | null;
}

export interface StageCall extends PointerCall {
  readonly version: number;
  readonly to: Stage;
  /** Leaves the versions that are in the stage where they are. */
  readonly keepExisting: boolean;
}

export interface AliasChange {
  model: string;
  alias: string;
  /** Null where it pointed, or points, nowhere. */
  before: number | null;
  after: number | null;
  dryRun: boolean;
}

export interface StageChange {
  model: string;
  version: number;
  before: Stage;
  after: Stage;
  /** Versions that left the stage for Archived. */
  archived: number[];
  dryRun: boolean;
}

/** Points an alias at a version, or deletes it. What a rollback returns to hangs on it, so the trail tells of it. */
export function changeAlias(call: AliasCall): Promise<AliasChange> {
  const { name, alias, version } = call;
  return changing(call, `change of alias ${alias}`, async (tracker, model) => {
    const before = Object.hasOwn(model.aliases, alias) ? (model.aliases[alias] as number) : null;
    if (version === null && before === null) throw noAlias(model, alias);
    if (version !== null) await findVersion(tracker, name, { version });
    const change = { model: name, alias, before, after: version, dryRun: call.dryRun };
    if (before === version) return { change, event: null };
    const write = () =>
      version === null ? tracker.models.deleteAlias(name, alias) : tracker.models.setAlias(name, alias, version);
    return { change, event: { action: 'alias', alias, stage: null, from: before, to: version }, write };
  });
}

/** Moves a version to a stage; those that are there are archived, as MLflow does it for Staging and Production. */
export function changeStage(call: StageCall): Promise<StageChange> {
  const { name, version, to, keepExisting } = call;
  return changing(call, `change of stage ${to}`, async (tracker, model) => {
    const found = await findVersion(tracker, name, { version });
    const archiveExisting = !keepExisting && (to === 'Production' || to === 'Staging');
    const others = archiveExisting ? await inStage(tracker, name, to, version) : [];
    const archived = others.map(one => one.version).sort((a, b) => a - b);
    const change = { model: name, version, before: found.stage, after: to, archived, dryRun: call.dryRun };
    if (found.stage === to && archived.length === 0) return { change, event: null };
    const from = model.latest.find(one => one.stage === to)?.version ?? null;
    const write = async () => {
      await tracker.models.transition(name, version, to, { archiveExisting });
    };
    return { change, event: { action: 'stage', alias: null, stage: to, from, to: version }, write };
  });
}

interface Planned<Change> {
  readonly change: Change;
  /** Null where nothing is to be done. */
  readonly event: Pick<AuditEvent, 'action' | 'alias' | 'stage' | 'from' | 'to'> | null;
  readonly write?: () => Promise<void>;
}

/** Looks and writes while nobody else does; a dry run only looks. */
async function changing<Change>(
  call: PointerCall,
  what: string,
  plan: (tracker: Tracker, model: RegisteredModel) => Promise<Planned<Change>>,
): Promise<Change> {
  const { project, name, dryRun, signal } = call;
  const caller = describeCaller(call, project.dir);
  return withTracker(project, call, dryRun ? 'read' : 'write', async tracker => {
    const first = await plan(tracker, await findModelByName(tracker, name));
    if (dryRun || first.event === null) return first.change;
    return withClaim({ tracker, name, what, by: caller.by, signal }, async claim => {
      const model = await claim.confirm();
      const { change, event, write } = await plan(tracker, model);
      if (event === null || write === undefined) return change;
      const id = randomBytes(6).toString('hex');
      const at = nextMoment(readTrail(model.tags), Date.now());
      const begun = {
        id,
        at,
        outcome: 'started',
        forced: false,
        reason: null,
        evidence: null,
        ...event,
        ...caller,
      } as const;
      await record(tracker, name, begun);
      await write();
      await record(tracker, name, { ...begun, outcome: 'done' });
      return change;
    });
  });
}

async function inStage(tracker: Tracker, name: string, stage: Stage, but: number): Promise<ModelVersion[]> {
  return (await listVersions(tracker, name)).filter(one => one.stage === stage && one.version !== but);
}

function noAlias({ name, aliases }: RegisteredModel, alias: string): SentopsError {
  const names = Object.keys(aliases).sort();
  const near = suggest(alias, names);
  const there = names.length === 0 ? 'it has no alias' : `it has ${names.join(', ')}`;
  return new SentopsError('NOT_FOUND', `model ${name} has no alias ${alias}`, {
    hint: near === undefined ? there : `did you mean ${near}?`,
    details: { model: name, alias, aliases: names },
  });
}

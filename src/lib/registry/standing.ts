import type { ModelVersion } from '../tracking/entities.ts';
import { type AuditEvent, concerns } from './audit.ts';
import type { PromotionTarget } from './promotion-target.ts';

/** What a stage and an alias point at; undefined where it is not asked for. */
export interface Pointers {
  readonly alias: number | null | undefined;
  readonly stage: number | null | undefined;
}

export function readPointers(
  model: { readonly aliases: Readonly<Record<string, number>>; readonly latest: readonly ModelVersion[] },
  { stage, alias }: PromotionTarget,
): Pointers {
  return {
    alias: alias === null ? undefined : (model.aliases[alias] ?? null),
    stage: stage === null ? undefined : (model.latest.find(version => version.stage === stage)?.version ?? null),
  };
}

/** Who serves, as far as pointers and trail agree. */
export interface Standing {
  /** The version to beat; null where there is none. */
  readonly champion: number | null;
  /** Stage and alias point at the same version, or only one of them counts. */
  readonly agrees: boolean;
  /** The last event, where its writer was stopped before it said that all is done. */
  readonly unfinished: AuditEvent | null;
}

export function readStanding(pointers: Pointers, trail: readonly AuditEvent[], target: PromotionTarget): Standing {
  const values = [pointers.alias, pointers.stage].filter(value => value !== undefined);
  const [first = null] = values;
  const agrees = values.every(value => value === first);
  const last = trail.findLast(event => event.outcome !== 'refused' && concerns(event, target));
  const isOfLast = values.every(value => value === last?.from || value === last?.to);
  const unfinished = last?.outcome === 'started' && isOfLast ? last : null;
  if (agrees) return { champion: first, agrees, unfinished };
  // Half-way between two versions: the one that was proven counts, and a version that was left on purpose does not.
  if (unfinished)
    return { champion: unfinished.action === 'rollback' ? unfinished.to : unfinished.from, agrees, unfinished };
  return { champion: pointers.alias ?? pointers.stage ?? null, agrees, unfinished };
}

/**
 * The version that a candidate has to beat. Where only one of two pointers was moved to the candidate, that is what the
 * other one still points at: against itself nothing is proven. Only a rollback that stopped half-way is completed so.
 */
export function versionToBeat(
  { champion, agrees, unfinished }: Standing,
  { alias, stage }: Pointers,
  candidate: number,
): number | null {
  if (agrees || champion !== candidate || unfinished?.action === 'rollback') return champion;
  return [alias, stage].find(version => version != null && version !== candidate) ?? null;
}

/**
 * The versions that served, oldest first, the present one last. A promotion adds one; a rollback takes away what is
 * younger than where it went, so that a second one goes further back and never returns to what was just left. A
 * pointer that was moved by hand to a version that had served before counts as such a return too.
 */
export function servingStack(
  trail: readonly AuditEvent[],
  target: PromotionTarget,
  current: number | null,
): readonly number[] {
  const stack: number[] = [];
  const moveTo = (version: number) => {
    const at = stack.lastIndexOf(version);
    if (at < 0) stack.push(version);
    else stack.length = at + 1;
  };
  for (const event of trail) {
    if (event.outcome !== 'done' || !concerns(event, target)) continue;
    if (event.from !== null && event.from !== stack.at(-1)) moveTo(event.from);
    if (event.to === null || event.to === stack.at(-1)) continue;
    if (event.action === 'promote') stack.push(event.to);
    else moveTo(event.to);
  }
  if (current !== null) moveTo(current);
  return stack;
}

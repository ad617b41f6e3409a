import { SentopsError } from '../core/errors.ts';
import type { World } from '../extend/world.ts';
import type { Lifecycle, Run, Texts } from '../tracking/entities.ts';
import { type TrackingProject, withTracker } from '../tracking/open-tracker.ts';
import type { Tracker, View } from '../tracking/types.ts';
import { findDescendants } from './describe-run.ts';
import { findRun } from './find-run.ts';

interface ChangeRequest extends World {
  readonly project: TrackingProject;
  readonly experiment?: string | undefined;
  readonly dryRun: boolean;
}

export interface MoveRunsRequest extends ChangeRequest {
  readonly runs: readonly string[];
  /** Deleted, or active again. */
  readonly to: Lifecycle;
  /** Runs nested in them go the same way. */
  readonly children: boolean;
  /** Asks a person; throws where the answer is no. */
  readonly consent: (question: string) => Promise<void>;
}

export interface MovedRuns {
  runs: { runId: string; name: string; was: Lifecycle; is: Lifecycle; children: boolean }[];
  dryRun: boolean;
}

/** Deletes runs or brings them back. All are found before the first one is touched. */
export async function moveRuns(request: MoveRunsRequest): Promise<MovedRuns> {
  const { to, dryRun } = request;
  if (request.runs.length === 0)
    throw new SentopsError('USAGE', 'no run is named', {
      hint: 'name runs by id or name: sentops run list shows them',
    });
  return withTracker(request.project, request, dryRun ? 'read' : 'write', async tracker => {
    const view = to === 'deleted' ? 'active' : 'deleted';
    const chosen = new Map<string, { readonly run: Run; readonly nested: boolean }>();
    for (const name of request.runs) {
      const run = await findToMove(tracker, name, request.experiment, view);
      chosen.set(run.runId, { run, nested: false });
      for (const child of request.children ? await findDescendants(tracker, run, view) : []) {
        if (!chosen.has(child.runId)) chosen.set(child.runId, { run: child, nested: true });
      }
    }
    const moving = [...chosen.values()].filter(({ run }) => run.lifecycle !== to);
    if (moving.length > 0 && !dryRun) {
      await request.consent(
        askFor(
          moving.map(({ run }) => run),
          to,
        ),
      );
      const move = to === 'deleted' ? tracker.runs.delete : tracker.runs.restore;
      for (const { run } of moving) {
        request.signal.throwIfAborted();
        await move.call(tracker.runs, run.runId);
      }
    }
    const runs = [...chosen.values()].map(({ run, nested }) => ({
      runId: run.runId,
      name: run.name,
      was: run.lifecycle,
      is: dryRun ? run.lifecycle : to,
      children: nested,
    }));
    return { runs, dryRun };
  });
}

/** One that is where it is to go already is found too, where no other is meant. */
async function findToMove(tracker: Tracker, name: string, experiment: string | undefined, view: View): Promise<Run> {
  try {
    return await findRun(tracker, name, { experiment, view });
  } catch (error) {
    if (!(error instanceof SentopsError) || error.code !== 'NOT_FOUND') throw error;
    return findRun(tracker, name, { experiment, view: 'all' });
  }
}

function askFor(runs: readonly Run[], to: Lifecycle): string {
  const [only] = runs;
  const verb = to === 'deleted' ? 'Delete' : 'Restore';
  if (runs.length === 1 && only !== undefined) return `${verb} run ${only.name} (${only.runId.slice(0, 8)})?`;
  const names = runs.slice(0, 5).map(({ name, runId }) => `${name} (${runId.slice(0, 8)})`);
  return `${verb} ${runs.length} runs: ${names.join(', ')}${runs.length > 5 ? ', …' : ''}?`;
}

export interface TagRunRequest extends ChangeRequest {
  readonly run: string;
  readonly set: Texts;
  readonly remove: readonly string[];
}

export interface TaggedRun {
  runId: string;
  name: string;
  changes: { key: string; before: string | null; after: string | null }[];
  dryRun: boolean;
}

/** Sets and removes tags of a run. A tag to remove that is not there is an error, before anything is changed. */
export function tagRun(request: TagRunRequest): Promise<TaggedRun> {
  const { set, remove, dryRun } = request;
  return withTracker(request.project, request, dryRun ? 'read' : 'write', async tracker => {
    const run = await findRun(tracker, request.run, { experiment: request.experiment });
    const changes = planTags(run.tags, set, remove, `run ${run.name}`);
    if (!dryRun) {
      if (Object.keys(set).length > 0) await tracker.runs.log(run.runId, { tags: set });
      for (const key of remove) await tracker.runs.deleteTag(run.runId, key);
    }
    return { runId: run.runId, name: run.name, changes, dryRun };
  });
}

/** What tags were and will be. */
export function planTags(tags: Texts, set: Texts, remove: readonly string[], what: string): TaggedRun['changes'] {
  const missing = remove.find(key => !Object.hasOwn(tags, key));
  if (missing !== undefined)
    throw new SentopsError('NOT_FOUND', `${what} has no tag ${JSON.stringify(missing)}`, {
      hint: Object.keys(tags).length === 0 ? 'it has no tags at all' : `it has ${Object.keys(tags).join(', ')}`,
      details: { tag: missing, tags: Object.keys(tags) },
    });
  const both = remove.find(key => Object.hasOwn(set, key));
  if (both !== undefined)
    throw new SentopsError('FLAG_INVALID', `the tag ${both} cannot be set and deleted at once`, {
      hint: 'leave one of the two out',
    });
  return [
    ...Object.entries(set).map(([key, after]) => ({ key, before: tags[key] ?? null, after })),
    ...remove.map(key => ({ key, before: tags[key] ?? null, after: null })),
  ];
}

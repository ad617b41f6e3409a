import { type Choice, compileChoice } from '../choice.ts';
import { type ItemError, itemError } from '../failed-item.ts';
import { createMeter } from '../meter.ts';
import type { StorageCall } from '../place.ts';
import { type Outcome, runAll } from '../run-all.ts';
import { type Doomed, planRemoval, type RemovalPlan } from './plan-removal.ts';
import { pruneFolder } from './prune-folder.ts';

export interface RemoveCall extends StorageCall, Choice {
  readonly locations: readonly string[];
  readonly recursive: boolean;
  readonly dryRun: boolean;
  /** Rejects where the user does not want it. */
  confirm(plan: RemovalPlan): Promise<void>;
}

export interface RemovedItem {
  uri: string;
  bytes: number;
  /** `gone`: somebody else was quicker; `left`: not begun, as it would fail like those before. */
  state: 'deleted' | 'gone' | 'planned' | 'failed' | 'left';
  error: ItemError | null;
}

export interface RemoveResult {
  items: RemovedItem[];
  deleted: number;
  failed: number;
  /** Of what was deleted, or would be. */
  bytes: number;
}

/** Deletes objects after asking; what was replaced since it was listed stays. */
export async function removeObjects(call: RemoveCall): Promise<RemoveResult> {
  const plan = await planRemoval({ ...call, choose: compileChoice(call) });
  if (call.dryRun) return summarise(plan.objects.map(one => describe(one, 'planned')));
  if (plan.objects.length > 0 || plan.folders.length > 0) await call.confirm(plan);
  const items = await deleteAll(plan.objects, call);
  // What is left of folders of this machine; buckets have none.
  for (const folder of plan.folders) await pruneFolder(folder);
  return summarise(items);
}

export async function deleteAll(objects: readonly Doomed[], call: StorageCall): Promise<RemovedItem[]> {
  const { signal, report } = call;
  const count = createMeter(report, { id: 'storage.rm', label: 'deleting', total: objects.length, unit: 'items' });
  const remove = async ({ object, place }: Doomed) => {
    // The store of a file would have to lock it for each look; nobody else replaces what a user deletes there.
    const pinned = place.isLocal || object.generation === '' ? {} : { ifGeneration: object.generation };
    const wasThere = await place.storage.delete(object.uri, { signal, ...pinned });
    count(1);
    return wasThere;
  };
  const outcomes = await runAll(objects, { atOnce: call.project.config.storage.concurrency, signal }, remove);
  return objects.map((one, index) => conclude(one, outcomes[index] ?? { state: 'left' }));
}

function conclude(one: Doomed, outcome: Outcome<boolean>): RemovedItem {
  if (outcome.state === 'failed') return { ...describe(one, 'failed'), error: itemError(outcome.error) };
  if (outcome.state === 'left') return describe(one, 'left');
  return describe(one, outcome.result ? 'deleted' : 'gone');
}

function describe({ object: { uri, bytes } }: Doomed, state: RemovedItem['state']): RemovedItem {
  return { uri, bytes, state, error: null };
}

function summarise(items: RemovedItem[]): RemoveResult {
  const count = (state: RemovedItem['state']) => items.filter(one => one.state === state).length;
  const bytes = items
    .filter(({ state }) => state === 'deleted' || state === 'planned')
    .reduce((sum, one) => sum + one.bytes, 0);
  return { items, deleted: count('deleted'), failed: count('failed'), bytes };
}

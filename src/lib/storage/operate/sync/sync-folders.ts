import type { CopiedItem } from '../copy/run-transfers.ts';
import { item, runTransfers } from '../copy/run-transfers.ts';
import { itemError } from '../failed-item.ts';
import type { StorageCall } from '../place.ts';
import { deleteAll, type RemovedItem } from '../remove/remove-objects.ts';
import { planSync, type SyncPlan, type SyncWish } from './plan-sync.ts';

export interface SyncCall extends StorageCall, SyncWish {
  readonly dryRun: boolean;
  /** Rejects where the user does not want to delete what the source does not have. */
  confirm(plan: SyncPlan): Promise<void>;
}

interface SyncedItem extends Omit<CopiedItem, 'state' | 'from'> {
  /** Null of what was deleted: it has no source. */
  from: string | null;
  state: CopiedItem['state'] | RemovedItem['state'];
}

export interface SyncResult {
  source: string;
  target: string;
  /** What changed, or would change; what was the same already is only counted. */
  items: SyncedItem[];
  copied: number;
  deleted: number;
  same: number;
  /** Changed at the source, too, but not to be replaced. */
  kept: number;
  failed: number;
  /** Of what was copied, or would be. */
  bytes: number;
}

/** Makes a folder hold what another one holds. What is the same already is not sent again. */
export async function syncFolders(call: SyncCall): Promise<SyncResult> {
  const plan = await planSync(call);
  const { transfers, extra, refused } = plan;
  const others = refused.map(({ transfer, error }) => ({
    ...item(transfer, 'failed'),
    error: itemError(error),
  }));
  if (call.dryRun) {
    const copies = transfers.map(one => item(one, 'planned'));
    const deletions = extra.map(
      ({ object: { uri, bytes } }) => ({ uri, bytes, state: 'planned', error: null }) as const,
    );
    return summarise(call, plan, [...copies, ...others], deletions);
  }
  if (extra.length > 0) await call.confirm(plan);
  const copies = [...(await runTransfers(transfers, call, { noClobber: false, label: 'synchronising' })), ...others];
  // What was to take the place of something may have failed: then nothing is taken away.
  const isComplete = copies.every(({ state }) => state === 'copied');
  const deletions = isComplete ? await deleteAll(extra, call) : [];
  return summarise(call, plan, copies, deletions);
}

function summarise(
  { source, target }: SyncCall,
  { same, kept }: SyncPlan,
  copies: readonly CopiedItem[],
  deletions: readonly RemovedItem[],
): SyncResult {
  const items: SyncedItem[] = [...copies, ...deletions.map(describeDeletion)];
  const count = (state: SyncedItem['state']) => items.filter(one => one.state === state).length;
  const bytes = copies
    .filter(({ state }) => state === 'copied' || state === 'planned')
    .reduce((sum, one) => sum + one.bytes, 0);
  const counts = { copied: count('copied'), deleted: count('deleted'), failed: count('failed') };
  return { source, target, items, ...counts, same, kept, bytes };
}

function describeDeletion({ uri, bytes, state, error }: RemovedItem): SyncedItem {
  return { from: null, to: uri, bytes, state, crc32c: null, generation: null, resumedFrom: 0, error };
}

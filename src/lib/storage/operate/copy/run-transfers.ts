import type { SentopsError } from '../../../core/errors.ts';
import { silent } from '../../../core/report.ts';
import { userSessions } from '../../transfer/file-sessions.ts';
import type { Transferred } from '../../transfer/types.ts';
import { type ItemError, itemError } from '../failed-item.ts';
import { createMeter } from '../meter.ts';
import { parseBytes } from '../parse-bytes.ts';
import type { StorageCall } from '../place.ts';
import { type Outcome, runAll } from '../run-all.ts';
import { type Transfer, transfer } from './transfer.ts';

/** What became of one object. */
export interface CopiedItem {
  from: string;
  to: string;
  bytes: number;
  /** `kept`: something is at the target, which stays; `left`: not begun, as it would fail like those before. */
  state: 'copied' | 'kept' | 'planned' | 'failed' | 'left';
  crc32c: string | null;
  /** Of the object at the target; null of a file. */
  generation: string | null;
  /** Bytes that an interrupted command had brought already. */
  resumedFrom: number;
  error: ItemError | null;
}

interface Transfers {
  /** What is at a target stays. */
  readonly noClobber: boolean;
  readonly label: string;
}

/** Runs transfers side by side and tells how far they came. */
export async function runTransfers(
  transfers: readonly Transfer[],
  call: StorageCall,
  { noClobber, label }: Transfers,
): Promise<CopiedItem[]> {
  const { storage } = call.project.config;
  const { signal, report, cwd } = call;
  const total = transfers.reduce((sum, { source }) => sum + source.bytes, 0);
  const onBytes = createMeter(report, { id: 'storage.copy', label, total, unit: 'bytes' });
  const parallelThreshold = parseBytes(storage.parallelThreshold, '--parallel-threshold');
  // Notes of single transfers would drown the progress of all.
  const shared = { signal, sessions: userSessions(call), parallelThreshold, onBytes, report: silent };
  const work = async (one: Transfer) => {
    if (noClobber && (await one.into.storage.stat(one.to, { signal })) !== null) {
      onBytes(one.source.bytes);
      return null;
    }
    return await transfer(one, cwd, shared);
  };
  const outcomes = await runAll(transfers, { atOnce: storage.concurrency, signal }, work);
  return transfers.map((one, index) => describe(one, outcomes[index] ?? { state: 'left' }, noClobber));
}

function describe(work: Transfer, outcome: Outcome<Transferred | null>, noClobber: boolean): CopiedItem {
  if (outcome.state === 'left') return item(work, 'left');
  if (outcome.state === 'failed') return failed(work, outcome.error, noClobber);
  if (outcome.result === null) return item(work, 'kept');
  const { bytes, crc32c, generation, resumedFrom } = outcome.result;
  return { ...item(work, 'copied'), bytes, crc32c, generation, resumedFrom };
}

/** Somebody else put something at the target between the look and the copy: it stays, as was wanted. */
function failed(work: Transfer, error: SentopsError, noClobber: boolean): CopiedItem {
  if (noClobber && error.code === 'CONFLICT' && work.ifGeneration === null) return item(work, 'kept');
  return { ...item(work, 'failed'), error: itemError(error) };
}

export function item({ source, to }: Pick<Transfer, 'source' | 'to'>, state: CopiedItem['state']): CopiedItem {
  const { uri, bytes } = source;
  return { from: uri, to, bytes, state, crc32c: null, generation: null, resumedFrom: 0, error: null };
}

import { SentopsError } from '../../../core/errors.ts';
import type { Places, StorageCall } from '../place.ts';
import { type PrintedObject, printObjects } from '../print-objects.ts';
import type { CopyWish } from './plan-copies.ts';
import type { CopiedItem } from './run-transfers.ts';

export interface Printing {
  /** Takes what goes to standard output. */
  stream(chunk: Uint8Array): Promise<void>;
}

interface PrintCall extends StorageCall, CopyWish, Printing {
  readonly places: Places;
  readonly dryRun: boolean;
}

/** `-` as target: objects go to standard output as they are, one after the other. */
export async function printCopies(call: PrintCall): Promise<CopiedItem[]> {
  if (call.recursive)
    throw new SentopsError('FLAG_INVALID', 'a folder cannot go to standard output', { hint: 'leave -r out' });
  const { items } = await printObjects({ ...call, locations: call.sources });
  return items.map(one => describe(one, call.dryRun));
}

function describe({ uri, bytes }: PrintedObject, dryRun: boolean): CopiedItem {
  const state = dryRun ? 'planned' : 'copied';
  return { from: uri, to: '-', bytes, state, crc32c: null, generation: null, resumedFrom: 0, error: null };
}

import { type Choice, compileChoice } from '../choice.ts';
import { itemError } from '../failed-item.ts';
import { openPlaces, type StorageCall } from '../place.ts';
import { planCopies } from './plan-copies.ts';
import { type Printing, printCopies } from './print-copies.ts';
import { type CopiedItem, item, runTransfers } from './run-transfers.ts';
import { storeInput } from './store-input.ts';

export interface CopyCall extends StorageCall, Choice, Printing {
  /** The last one is the target; `-` is standard input or output. */
  readonly locations: readonly string[];
  readonly recursive: boolean;
  /** What is at a target stays. */
  readonly noClobber: boolean;
  readonly dryRun: boolean;
}

export interface CopyResult {
  /** As it was given. */
  target: string;
  items: CopiedItem[];
  copied: number;
  kept: number;
  failed: number;
  /** Of what was copied, or would be. */
  bytes: number;
}

/** Copies objects and folders between any two places. One that cannot be copied does not keep the others back. */
export async function copyObjects(call: CopyCall): Promise<CopyResult> {
  const sources = call.locations.slice(0, -1);
  const target = call.locations.at(-1) ?? '';
  const places = openPlaces(call);
  const wish = { ...call, sources, target, choose: compileChoice(call) };
  if (sources.includes('-')) return summarise(target, [await storeInput({ ...wish, places })]);
  if (target === '-') return summarise(target, await printCopies({ ...wish, places }));
  const { transfers, refused } = await planCopies(wish, places);
  const items = call.dryRun
    ? transfers.map(one => item(one, 'planned'))
    : await runTransfers(transfers, call, { noClobber: call.noClobber, label: 'copying' });
  const others = refused.map(({ transfer, error }) => ({ ...item(transfer, 'failed'), error: itemError(error) }));
  return summarise(target, [...items, ...others]);
}

function summarise(target: string, items: CopiedItem[]): CopyResult {
  const count = (state: CopiedItem['state']) => items.filter(one => one.state === state).length;
  const bytes = items
    .filter(({ state }) => state === 'copied' || state === 'planned')
    .reduce((sum, one) => sum + one.bytes, 0);
  return { target, items, copied: count('copied'), kept: count('kept'), failed: count('failed'), bytes };
}

import { checksumObject } from '../../transfer/checksum-object.ts';
import type { StoredObject } from '../../types.ts';
import { createMeter } from '../meter.ts';
import type { Place, StorageCall } from '../place.ts';
import { runAll } from '../run-all.ts';

interface Pair {
  readonly name: string;
  readonly source: StoredObject;
  readonly target: StoredObject | null;
}

interface Ends {
  readonly from: Place;
  readonly to: Place;
  readonly byTime: boolean;
}

/** The names under which both sides hold the same bytes, by size and checksum, or by size and time. */
export async function findSame(pairs: readonly Pair[], ends: Ends, call: StorageCall): Promise<Set<string>> {
  const { signal, report } = call;
  const alike = pairs.filter(({ source, target }) => target !== null && target.bytes === source.bytes);
  if (ends.byTime) return new Set(alike.filter(isNotOlder).map(({ name }) => name));
  const total = alike.reduce((sum, { source }) => sum + source.bytes, 0);
  const count = createMeter(report, { id: 'storage.compare', label: 'comparing', total, unit: 'bytes' });
  const compare = async ({ source, target }: Pair) => {
    if (target === null) return false;
    // The side whose store keeps checksums costs nothing; a file is read.
    const here = await checksumObject(source, ends.from.storage, signal);
    const there = await checksumObject(target, ends.to.storage, signal);
    count(source.bytes);
    return here === there;
  };
  // Side by side only as far as reading files gains from it.
  const outcomes = await runAll(alike, { atOnce: 4, signal }, compare);
  // What could not be read will say so when it is copied.
  const same = alike.filter((_pair, index) => {
    const outcome = outcomes[index];
    return outcome?.state === 'done' && outcome.result;
  });
  return new Set(same.map(({ name }) => name));
}

function isNotOlder({ source, target }: Pair): boolean {
  return target !== null && Date.parse(target.updated) >= Date.parse(source.updated);
}

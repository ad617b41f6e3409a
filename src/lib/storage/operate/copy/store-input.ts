import { SentopsError } from '../../../core/errors.ts';
import { orAbort } from '../../../core/or-abort.ts';
import { crc32c, encodeCrc32c } from '../../crc32c.ts';
import { storedWrong } from '../../transfer/stream-object.ts';
import { contentTypeOf } from '../content-type.ts';
import { holdsAnything } from '../find.ts';
import { asFolder } from '../names.ts';
import type { Place, Places, StorageCall } from '../place.ts';
import type { CopyWish } from './plan-copies.ts';
import type { CopiedItem } from './run-transfers.ts';

interface InputCall extends StorageCall, CopyWish {
  readonly places: Places;
  readonly dryRun: boolean;
}

/** Stores what comes on standard input, whole or not at all. */
export async function storeInput(call: InputCall): Promise<CopiedItem> {
  const { signal, sources, noClobber, stdin, dryRun } = call;
  if (sources.length > 1)
    throw new SentopsError('FLAG_INVALID', 'standard input (-) is copied alone', {
      hint: 'run one command for it and one for the others',
    });
  const place = await call.places.at(call.target);
  await refuseFolder(place, signal);
  const blank = { from: '-', to: place.uri, bytes: 0, crc32c: null, generation: null, resumedFrom: 0, error: null };
  if (noClobber && (await place.storage.stat(place.uri, { signal })) !== null) return { ...blank, state: 'kept' };
  if (dryRun) return { ...blank, state: 'planned' };
  let crc = 0;
  async function* chunks() {
    for await (const chunk of untilAborted(stdin, signal)) {
      crc = crc32c(chunk, crc);
      yield chunk;
    }
  }
  const contentType = contentTypeOf(place.uri);
  const stored = await place.storage.write(place.uri, chunks(), {
    signal,
    ...(noClobber ? { ifGeneration: null } : {}),
    ...(contentType === undefined ? {} : { contentType }),
  });
  const sum = encodeCrc32c(crc);
  if (stored.crc32c !== undefined && stored.crc32c !== sum) throw storedWrong(stored.uri, sum, stored.crc32c);
  const generation = place.isLocal ? null : stored.generation;
  return { ...blank, bytes: stored.bytes, state: 'copied', crc32c: sum, generation };
}

async function refuseFolder(place: Place, signal: AbortSignal): Promise<void> {
  const { uri, given } = place;
  const isFolder =
    uri.endsWith('/') ||
    ((await place.storage.stat(uri, { signal })) === null && (await holdsAnything(place, asFolder(uri), signal)));
  if (!isFolder) return;
  throw new SentopsError('FLAG_INVALID', `${given} is a folder, and standard input has no name`, {
    hint: `add a name: ${asFolder(given)}NAME`,
    details: { target: given },
  });
}

/** Whoever writes to it may never end. */
async function* untilAborted(input: NodeJS.ReadableStream, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const iterator = input[Symbol.asyncIterator]();
  for (;;) {
    const { value, done } = await orAbort(iterator.next(), signal);
    if (done === true) return;
    yield typeof value === 'string' ? Buffer.from(value) : value;
  }
}

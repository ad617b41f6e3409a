import { SentopsError } from '../../core/errors.ts';
import { storageOptions } from '../../storage/open-storage.ts';
import type { DatasetSource, RemoteDataset } from '../types.ts';
import { checkPath } from './check-path.ts';
import type { ChosenDataset, DatasetCall } from './choose-dataset.ts';
import { cameAs } from './compare-remote.ts';
import type { LockedDataset } from './lock-types.ts';

/** A source, and what it says of a dataset. */
export interface AskedSource {
  readonly source: DatasetSource;
  readonly remote: RemoteDataset;
}

export async function askSource(chosen: ChosenDataset, call: DatasetCall): Promise<AskedSource> {
  const { openExtensions } = await import('../../extend/open.ts');
  const extension = await openExtensions(call).resolve('dataset-source', chosen.source);
  const source = await extension.create(storageOptions(call.project), call);
  const { signal } = call;
  const remote = await source.find(chosen.ref, {
    signal,
    ...(chosen.version === null ? {} : { version: chosen.version }),
    ...(chosen.only === null ? {} : { file: chosen.only }),
  });
  for (const file of remote.files) checkPath(file.path, chosen.shownRef);
  if (remote.files.length === 0)
    throw new SentopsError('NOT_FOUND', `${chosen.shownRef} holds no files`, { hint: 'look at it at its source' });
  return { source, remote };
}

/**
 * The same; where the source cannot be reached, the dataset as it was locked: what is there can be checked, and only
 * what is missing fails. What asks for something else than that cannot be told without the source.
 */
export async function askOrRecall(
  chosen: ChosenDataset,
  locked: LockedDataset | null,
  call: DatasetCall & { readonly update: boolean },
): Promise<AskedSource> {
  try {
    return await askSource(chosen, call);
  } catch (error) {
    if (locked === null || !(error instanceof SentopsError) || error.code !== 'REMOTE_UNAVAILABLE') throw error;
    if (call.update || (chosen.version !== null && chosen.version !== locked.version)) throw error;
    const message = `${chosen.source} does not answer: whether ${chosen.shownRef} has changed there is not known`;
    call.report({ type: 'note', level: 'warn', message, data: { cause: error.message } });
    return { source: unreachable(error), remote: recall(locked, chosen.only) };
  }
}

function unreachable(error: SentopsError): DatasetSource {
  return {
    find: () => Promise.reject(error),
    read: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) }),
  };
}

function recall(locked: LockedDataset, only: string | null): RemoteDataset {
  const files = Object.entries(cameAs(locked)).map(([path, { bytes, sha256, crc32c, tag }]) => {
    return { path, bytes, sha256, crc32c, tag: tag ?? null };
  });
  const wanted = files.filter(({ path }) => only === null || path === only || path === `${only}.zip`);
  return { ref: locked.ref, version: locked.version, files: wanted };
}

import { isArchive } from './check-head.ts';
import { type ChosenDataset, chooseDataset } from './choose-dataset.ts';
import { type DownloadResult, fetchDataset } from './download-dataset.ts';
import { lookUp } from './locked-folder.ts';
import { streamDataset } from './stream-dataset.ts';
import type { SyncCall, SyncResult } from './sync-types.ts';
import { placeTo, show, trainingInput, uploadFound } from './upload-dataset.ts';

/** Downloads and uploads in one go: the files of a dataset are in the end where training reads them. */
export async function syncDataset(call: SyncCall): Promise<SyncResult> {
  if (call.stream) return await streamDataset(call);
  const { result, chosen } = await fetchDataset(call);
  if (call.dryRun && result.files.some(file => file.state === 'planned')) return planned(result, call, chosen);
  const { locked, lock } = await lookUp(chooseDataset(call));
  const { objects, to, sentBytes, training } = await uploadFound({ chosen, locked, lock }, call);
  return { ...result, objects, to, sentBytes, training, streamed: false };
}

/** Nothing is there yet that could be looked at: all of it would go up. What is in an archive is not known yet. */
function planned(result: DownloadResult, call: SyncCall, chosen: ChosenDataset): SyncResult {
  const to = placeTo(chosen, call);
  const plain = result.files.filter(({ path, state }) => !(chosen.unzip && state === 'planned' && isArchive(path)));
  const objects = plain.map(({ path, bytes }) => {
    const uri = show(`${to}/${path}`, call.cwd);
    return { path, uri, bytes: bytes ?? 0, crc32c: null, generation: null, state: 'planned' as const };
  });
  const training = trainingInput(
    chosen,
    to,
    result.files.map(file => file.path),
    call.cwd,
  );
  return {
    ...result,
    objects,
    to: show(to, call.cwd),
    sentBytes: objects.reduce((sum, { bytes }) => sum + bytes, 0),
    training,
    streamed: false,
  };
}

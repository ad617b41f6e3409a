import { pathOf } from '../../file/place.ts';
import { copyObject } from '../../transfer/copy-object.ts';
import { downloadObject } from '../../transfer/download-object.ts';
import type { TransferOptions, Transferred } from '../../transfer/types.ts';
import { uploadFile } from '../../transfer/upload-file.ts';
import type { StoredObject } from '../../types.ts';
import { contentTypeOf } from '../content-type.ts';
import type { Place } from '../place.ts';

type End = Pick<Place, 'storage' | 'isLocal'>;

/** One object on its way. */
export interface Transfer {
  readonly source: StoredObject;
  readonly from: End;
  readonly to: string;
  readonly into: End;
  /** What has to be at the target, as for a write. */
  readonly ifGeneration?: string | null;
}

/** Chooses the way that one object takes, by where its ends are. */
export async function transfer(work: Transfer, cwd: string, shared: TransferOptions): Promise<Transferred> {
  const { source, from, to, into, ifGeneration } = work;
  const options = ifGeneration === undefined ? shared : { ...shared, ifGeneration };
  if (from.isLocal && !into.isLocal) {
    const contentType = contentTypeOf(source.uri);
    const typed = contentType === undefined ? options : { ...options, contentType };
    return await uploadFile(pathOf(source.uri, cwd), to, into.storage, typed);
  }
  if (into.isLocal && !from.isLocal)
    return await downloadObject(source.uri, pathOf(to, cwd), from.storage, { ...options, object: source });
  return await copyObject({ ...from, uri: source.uri, object: source }, { ...into, uri: to }, options);
}

import type { Storage } from '../types.ts';
import { fileBody } from './file-body.ts';
import { sendBody } from './stream-object.ts';
import type { TransferOptions, Transferred } from './types.ts';

/** Stores a file; one that is changed while it is read is a CONFLICT and is not stored. */
export async function uploadFile(
  file: string,
  uri: string,
  storage: Storage,
  options: TransferOptions,
): Promise<Transferred> {
  return await sendBody(fileBody(file), uri, storage, options);
}

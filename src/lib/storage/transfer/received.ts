import fs from 'node:fs';
import { SentopsError } from '../../core/errors.ts';
import { encodeCrc32c } from '../crc32c.ts';
import type { Storage, StoredObject } from '../types.ts';
import type { TransferOptions } from './types.ts';

/** One object on its way into one file. */
export interface Download {
  readonly uri: string;
  readonly file: string;
  readonly storage: Storage;
  readonly object: StoredObject;
  /** Permissions of the file that is replaced; absent where there is none. */
  readonly mode?: number;
  /** A file that is there stays. */
  readonly isKept: boolean;
  readonly options: TransferOptions;
}

export interface Received {
  readonly crc32c: string;
  readonly resumedFrom: number;
}

/** What came, as the store says it should be; undefined where it is something else. */
export function checkedSum({ object }: Download, crc: number): string | undefined {
  const sum = encodeCrc32c(crc);
  return object.crc32c === undefined || object.crc32c === sum ? sum : undefined;
}

export function damaged({ uri, object }: Download): SentopsError {
  return new SentopsError('DATA_INVALID', `${uri} came damaged twice: its crc32c is not ${object.crc32c}`, {
    hint: 'nothing was kept; run the command again, on another network if it stays so',
    details: { uri, crc32c: object.crc32c },
  });
}

/** Gives a complete file its name. */
export function place(draft: string, { file, mode, isKept }: Download): void {
  if (mode !== undefined) fs.chmodSync(draft, mode);
  if (!isKept) {
    fs.renameSync(draft, file);
    return;
  }
  try {
    // A link refuses to replace what somebody else put there meanwhile.
    fs.linkSync(draft, file);
    fs.rmSync(draft);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'EEXIST')
      throw new SentopsError('CONFLICT', `${file} is there already`, { place: { file }, cause: error });
    fs.renameSync(draft, file);
  }
}

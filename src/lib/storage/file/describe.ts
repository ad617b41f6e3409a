import type { BigIntStats } from 'node:fs';
import type { StoredObject } from '../types.ts';

/** A file that is replaced gets another inode, one that is written in place another time or size. */
export function generationOf({ mtimeNs, size, ino }: BigIntStats): string {
  return `${mtimeNs}-${size}-${ino}`;
}

export function describeFile(uri: string, found: BigIntStats): StoredObject {
  return {
    uri,
    bytes: Number(found.size),
    updated: found.mtime.toISOString(),
    generation: generationOf(found),
  };
}

export function describeFolder(uri: string): StoredObject {
  return { uri, bytes: 0, updated: '', generation: '', isFolder: true };
}

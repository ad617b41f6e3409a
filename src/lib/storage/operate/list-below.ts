import type { StoredObject } from '../types.ts';
import type { Place } from './place.ts';

interface Depth {
  readonly recursive: boolean;
  readonly signal: AbortSignal;
}

/** What is in a folder. The empty object that some tools put in place of a folder is left out where it is that of this one. */
export async function listBelow({ storage }: Place, folder: string, options: Depth): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  for await (const object of storage.list(folder, options)) if (object.uri !== folder) objects.push(object);
  return objects;
}

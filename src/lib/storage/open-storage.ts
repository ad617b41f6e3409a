import type { World } from '../extend/world.ts';
import { schemeOf } from './scheme.ts';
import { type StorageProject, storageOptions } from './storage-options.ts';
import type { Storage } from './types.ts';

export { schemeOf } from './scheme.ts';
export { type StorageProject, storageOptions } from './storage-options.ts';

/** Opens storage by the scheme of a location, each scheme once; a location without one is a path. */
export interface Storages {
  at(location: string): Promise<Storage>;
}

export function openStorages(project: StorageProject | undefined, world: World): Storages {
  const opened = new Map<string, Promise<Storage>>();
  const options = project === undefined ? {} : storageOptions(project);
  const open = async (scheme: string) => {
    const { openExtensions } = await import('../extend/open.ts');
    const extension = await openExtensions(world).resolve('storage-scheme', scheme);
    return extension.create(options, world);
  };
  return {
    at(location) {
      const scheme = schemeOf(location);
      const storage = opened.get(scheme) ?? open(scheme);
      opened.set(scheme, storage);
      // One that cannot be opened may be asked for again.
      storage.catch(() => opened.delete(scheme));
      return storage;
    },
  };
}

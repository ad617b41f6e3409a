import type { Project } from '../config/types.ts';
import { isUri } from '../core/is-uri.ts';
import type { ExtensionOptions } from '../extend/contract.ts';
import type { World } from '../extend/world.ts';
import type { Storage } from './types.ts';

/** The parts of a project that say how storage is reached. */
export type StorageProject = Pick<Project, 'profile'> & {
  readonly config: Pick<Project['config'], 'profiles' | 'storage' | 'cluster'>;
};

/** Opens storage by the scheme of a location, each scheme once; a location without one is a path. */
export interface Storages {
  at(location: string): Promise<Storage>;
}

/** The scheme under which a location is registered; that of a path is `file`. */
export function schemeOf(location: string): string {
  return isUri(location) ? location.slice(0, location.indexOf(':')).toLowerCase() : 'file';
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

/** What an adapter is told of the project: the profile's identity, where to ask, and whom to bill. */
export function storageOptions({ config, profile }: StorageProject): ExtensionOptions {
  const { endpoint, userProject, location, concurrency } = config.storage;
  const project = config.storage.project ?? config.cluster.project;
  const { gcp } = config.profiles[profile] ?? {};
  return {
    endpoint,
    location,
    concurrency,
    ...(userProject === undefined ? {} : { userProject }),
    ...(project === undefined ? {} : { project }),
    auth: gcp?.auth ?? 'adc',
    ...(gcp?.keyfile === undefined ? {} : { keyfile: gcp.keyfile }),
    ...(gcp?.serviceAccount === undefined ? {} : { serviceAccount: gcp.serviceAccount }),
    ...(gcp?.token === undefined ? {} : { token: gcp.token }),
    ...(gcp?.quotaProject === undefined ? {} : { quotaProject: gcp.quotaProject }),
  };
}

import type { Project } from '../config/types.ts';
import type { ExtensionOptions } from '../extend/contract.ts';

/** The parts of a project that say how storage is reached. */
export type StorageProject = Pick<Project, 'profile'> & {
  readonly config: Pick<Project['config'], 'profiles' | 'storage' | 'cluster'>;
};

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

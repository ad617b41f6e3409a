import { SentopsError } from '../core/errors.ts';
import type { World } from '../extend/world.ts';
import { storageOptions } from '../storage/open-storage.ts';
import { isEmbedded, storeFile, type TrackingProject } from './store-file.ts';
import type { Tracker } from './types.ts';

export type { TrackingProject } from './store-file.ts';

/** To read, nothing is made that is not there: a store without a file is an empty one. */
export type TrackerMode = 'read' | 'write';

/** Opens where the project records its runs, hands it over, and closes it whatever happens. */
export async function withTracker<T>(
  project: TrackingProject,
  world: World,
  mode: TrackerMode,
  work: (tracker: Tracker) => Promise<T>,
): Promise<T> {
  const tracker = await openTracker(project, world, mode);
  try {
    return await work(tracker);
  } finally {
    await tracker.close();
  }
}

/** The tracker that the project's `mlflow.trackingUri` names: by the scheme, from the registry; ours is the default. */
export async function openTracker(project: TrackingProject, world: World, mode: TrackerMode): Promise<Tracker> {
  const { trackingUri, auth } = project.config.mlflow;
  const { openExtensions } = await import('../extend/open.ts');
  const { routeArtifacts } = await import('./artifacts/route.ts');
  const registry = openExtensions(world);
  const embedded = isEmbedded(project);
  const extension = await registry.resolve('tracker', embedded ? 'sqlite' : schemeOf(trackingUri));
  const file = embedded ? { file: storeFile(project, world.cwd) } : {};
  const tracker = await extension.create({ ...auth, uri: trackingUri, mode, ...file }, world);
  return routeArtifacts(
    tracker,
    async scheme => (await registry.resolve('storage-scheme', scheme)).create(storageOptions(project), world),
    world.signal,
  );
}

function schemeOf(uri: string): string {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(uri)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'file' && scheme.length > 1) return scheme;
  throw new SentopsError(
    'CONFIG_INVALID',
    `mlflow.trackingUri ${JSON.stringify(uri)} is a folder of MLflow's file store`,
    {
      hint: 'MLflow itself gave that store up: name a server (http://…) or a database (sqlite:///mlflow.db), or leave it empty for the store of the project',
    },
  );
}

import fs from 'node:fs';
import { SentopsError } from '../../core/errors.ts';
import type { World } from '../../extend/world.ts';
import { openStore } from '../embedded/open-store.ts';
import type { Store } from '../embedded/store.ts';
import { isEmbedded, storeFile, type TrackingProject } from '../store-file.ts';

/** Opens the database of the project for work on the store itself, and closes it whatever happens. */
export async function withProjectStore<T>(
  project: TrackingProject,
  world: World,
  mode: 'read' | 'write',
  work: (store: Store) => Promise<T>,
): Promise<T> {
  if (!isEmbedded(project))
    throw new SentopsError('CONFIG_INVALID', `${project.config.mlflow.trackingUri} is a server, not a store of files`, {
      hint: 'its upkeep is done where it runs (mlflow gc, mlflow db upgrade); name a database with --mlflow-uri sqlite:///mlflow.db',
    });
  const file = storeFile(project, world.cwd);
  if (!fs.existsSync(file))
    throw new SentopsError('NOT_FOUND', `there is no store at ${file}`, {
      hint: 'the first training makes it; name another one with --mlflow-uri sqlite:///<file>',
      details: { file },
    });
  const store = await openStore({ file, mode, ...(world.signal === undefined ? {} : { signal: world.signal }) });
  try {
    return await work(store);
  } finally {
    store.close();
  }
}

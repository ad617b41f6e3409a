import path from 'node:path';
import { getAt } from '../config/tree.ts';
import type { LayerKind, Project } from '../config/types.ts';
import { SentopsError } from '../core/errors.ts';

/** Where runs are recorded when no server is named, below the project's folder. */
const STORE_FILE = '.sentops/mlflow/mlflow.db';

/** A part of the project is enough: what `loadProject(['mlflow'])` resolves. */
export type TrackingProject = Pick<Project, 'config' | 'dir' | 'layers' | 'profile'>;

/** Whether the project records its runs in a database of its own, not on a server. */
export function isEmbedded({ config }: Pick<TrackingProject, 'config'>): boolean {
  const { trackingUri } = config.mlflow;
  return trackingUri === '' || /^sqlite[:+]/i.test(trackingUri);
}

const CALL: readonly LayerKind[] = ['flag', 'set', 'env', 'ecosystem-env'];

/**
 * The database of a `sqlite:` address: three slashes and a relative path, four and an absolute one, as SQLAlchemy has
 * it. What the project file says lies below the project, what the command line or the environment says below the
 * working folder.
 */
export function storeFile({ config, dir, layers }: TrackingProject, cwd: string): string {
  const { trackingUri } = config.mlflow;
  if (trackingUri === '') return path.join(dir, STORE_FILE);
  const named = /^sqlite(?:\+\w+)?:\/\/\/(.+?)(?:\?.*)?$/i.exec(trackingUri)?.[1];
  if (named === undefined || named === ':memory:' || named.startsWith('file:'))
    throw new SentopsError('CONFIG_INVALID', `mlflow.trackingUri ${trackingUri} names no database file`, {
      hint: 'write sqlite:///mlflow.db for a file here, sqlite:////data/mlflow.db for one anywhere',
    });
  const kind = layers.find(layer => getAt(layer.values, ['mlflow', 'trackingUri']) !== undefined)?.kind;
  return path.resolve(kind !== undefined && CALL.includes(kind) ? cwd : dir, named);
}

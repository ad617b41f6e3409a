import path from 'node:path';
import { displayPath } from '../../config/display-path.ts';
import type { Project } from '../../config/types.ts';
import { schemeOf } from '../scheme.ts';
import type { LifecycleRule } from '../types.ts';

export type BucketsProject = Pick<Project, 'dir'> & {
  readonly config: Pick<Project['config'], 'buckets' | 'retention' | 'serve'>;
};

/** A bucket or folder, and what the project keeps in it. */
export interface RoleBucket {
  /** `gs://name`, or a folder. */
  readonly uri: string;
  readonly scheme: string;
  readonly roles: readonly string[];
  /** Rules that the project wants to be there. */
  readonly lifecycle: readonly LifecycleRule[];
}

interface RolePlace {
  readonly role: string;
  readonly bucket: string;
  readonly scheme: string;
  /** Below the bucket, with a slash at the end; empty where the role has the whole bucket. */
  readonly prefix: string;
}

/** The buckets of the project, each once: several roles may share one. */
export function roleBuckets(project: BucketsProject, cwd: string): readonly RoleBucket[] {
  const places = Object.entries(project.config.buckets).map(([role, uri]) => placeOf(role, uri, project.dir, cwd));
  const buckets = Map.groupBy(places, ({ bucket }) => bucket);
  return [...buckets].map(([uri, sharing]) => ({
    uri,
    scheme: sharing[0]?.scheme ?? 'file',
    roles: sharing.map(({ role }) => role),
    lifecycle: wantedRules(project, sharing),
  }));
}

function placeOf(role: string, uri: string, dir: string, cwd: string): RolePlace {
  const scheme = schemeOf(uri);
  const [, bucket, rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/[^/]+)\/*(.*)$/is.exec(uri) ?? [];
  if (scheme === 'file' || bucket === undefined) {
    const folder = uri.includes('://') ? uri : displayPath(path.resolve(dir, uri), cwd);
    return { role, bucket: folder, scheme, prefix: '' };
  }
  return { role, bucket, scheme, prefix: asFolder(rest) };
}

/**
 * Predictions are deleted when they are old. Only they: in a bucket that also holds something else a rule for all of it
 * would delete that as well, and there is none then.
 */
function wantedRules({ config }: BucketsProject, sharing: readonly RolePlace[]): readonly LifecycleRule[] {
  const days = config.retention.predictionsDays;
  const place = sharing.find(({ role }) => role === 'predictions');
  if (place === undefined || place.scheme === 'file' || days === 0) return [];
  const root = `${place.bucket}/`;
  const { outputPath } = config.serve;
  const below = outputPath.startsWith(root) ? asFolder(outputPath.slice(root.length)) : place.prefix;
  const prefix = below.startsWith(place.prefix) ? below : place.prefix;
  const isShared = sharing.some(other => other !== place && (other.prefix.startsWith(prefix) || prefix === ''));
  return isShared ? [] : [{ prefix, days }];
}

/** Slashes in a row are one to Hadoop, and so to what writes there. */
function asFolder(text: string): string {
  const tidy = text.split('/').filter(Boolean).join('/');
  return tidy === '' ? '' : `${tidy}/`;
}

import type { Project } from '../../config/types.ts';
import { SentopsError } from '../../core/errors.ts';
import type { World } from '../../extend/world.ts';
import { openStorages, type StorageProject } from '../open-storage.ts';
import { type BucketLook, lookAtBuckets } from './look-at-buckets.ts';
import type { BucketsProject } from './role-buckets.ts';

export interface ListBucketsRequest extends World {
  readonly project: StorageProject & BucketsProject & Pick<Project, 'config'>;
  /** Every bucket of the cloud project, beside those that a role names. */
  readonly all: boolean;
}

export interface BucketList {
  readonly items: readonly BucketLook[];
  readonly nextPageToken: null;
}

/** The buckets of the project and how they stand. */
export async function listBuckets(request: ListBucketsRequest): Promise<BucketList> {
  const { project, all, cwd, signal } = request;
  const storages = openStorages(project, request);
  const items = await lookAtBuckets(project, cwd, { open: uri => storages.at(uri), signal });
  if (!all) return { items, nextPageToken: null };
  const { buckets } = await storages.at('gs://');
  if (buckets === undefined) throw new SentopsError('NOT_FOUND', 'the storage for gs:// knows no buckets');
  const known = new Set(items.map(({ uri }) => uri));
  const others: BucketLook[] = [];
  for await (const { uri, location, storageClass, created, lifecycle } of buckets.list({ signal }))
    if (!known.has(uri))
      others.push({
        uri,
        roles: [],
        state: 'there',
        location,
        storageClass,
        created,
        lifecycle,
        problem: null,
        code: null,
      });
  return { items: [...items, ...others], nextPageToken: null };
}

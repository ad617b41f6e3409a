import { SentopsError } from '../../core/errors.ts';
import type { Bucket, Buckets, CreateBucketOptions, LifecycleRule } from '../types.ts';
import { lifecycleOf, rulesFor, type WireRule } from './bucket-rules.ts';
import type { GsClient } from './client.ts';
import { bucketPath, parseGs } from './parse-uri.ts';

interface WireBucket {
  readonly name?: string;
  readonly location?: string;
  readonly storageClass?: string;
  readonly timeCreated?: string;
  readonly metageneration?: string;
  readonly lifecycle?: { readonly rule?: readonly WireRule[] };
}

const FIELDS = 'name,location,storageClass,timeCreated,metageneration,lifecycle';

/** What holds for buckets that are made here. */
export interface BucketDefaults {
  /** Null where nobody says it. */
  readonly project: string | null;
  readonly location?: string;
}

export function gsBuckets(client: GsClient, defaults: BucketDefaults): Buckets {
  const get = (uri: string, signal: AbortSignal) => getBucket(client, uri, signal);
  const project = (own: string | undefined) => own ?? defaults.project ?? unknownProject();
  return {
    async describe(uri, { signal }) {
      const found = await get(uri, signal);
      return found === null ? null : bucketOf(found);
    },
    create: async (uri, options) =>
      createBucket(
        client,
        uri,
        { ...options, project: project(options.project) },
        options.location ?? defaults.location,
      ),
    setLifecycle: (uri, rules, { signal }) => setLifecycle(client, uri, rules, signal),
    async *list({ signal, project: own }) {
      yield* listBuckets(client, project(own), signal);
    },
  };
}

async function getBucket(client: GsClient, uri: string, signal: AbortSignal): Promise<WireBucket | null> {
  const { bucket } = parseGs(uri);
  const answer = await client.request({
    method: 'GET',
    path: bucketPath(bucket),
    query: { fields: FIELDS },
    again: 'always',
    expect: [404],
    about: `gs://${bucket}`,
    signal,
  });
  return answer.status === 404 ? null : (answer.json() as WireBucket);
}

async function createBucket(
  client: GsClient,
  uri: string,
  { project, storageClass, lifecycle = [], labels, signal }: CreateBucketOptions,
  location: string | undefined,
): Promise<Bucket> {
  const { bucket } = parseGs(uri);
  const answer = await client.request({
    method: 'POST',
    path: '/storage/v1/b',
    query: { project, fields: FIELDS },
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      name: bucket,
      ...(location === undefined ? {} : { location }),
      ...(storageClass === undefined ? {} : { storageClass }),
      ...(labels === undefined ? {} : { labels }),
      ...(lifecycle.length === 0 ? {} : { lifecycle: { rule: rulesFor(lifecycle) } }),
      // One set of permissions for all objects, and none for everybody: what Google advises for new buckets.
      iamConfiguration: { uniformBucketLevelAccess: { enabled: true }, publicAccessPrevention: 'enforced' },
    }),
    // A name can be taken only once.
    again: 'always',
    expect: [409],
    about: `gs://${bucket}`,
    signal,
  });
  if (answer.status !== 409) return bucketOf(answer.json() as WireBucket);
  const found = await visible(client, uri, signal);
  if (found !== null && answer.attempt > 0) return bucketOf(found);
  throw found === null ? takenByOthers(bucket) : madeAlready(bucket);
}

/** Null also where it is somebody else's. */
async function visible(client: GsClient, uri: string, signal: AbortSignal): Promise<WireBucket | null> {
  try {
    return await getBucket(client, uri, signal);
  } catch (error) {
    if (error instanceof SentopsError && error.code === 'PERMISSION_DENIED') return null;
    throw error;
  }
}

/** Replaces the rules that delete by age; others, of other classes or of old versions, are somebody's and stay. */
async function setLifecycle(
  client: GsClient,
  uri: string,
  rules: readonly LifecycleRule[],
  signal: AbortSignal,
): Promise<Bucket> {
  const { bucket } = parseGs(uri);
  const found = await getBucket(client, uri, signal);
  if (found === null)
    throw new SentopsError('NOT_FOUND', `there is no bucket gs://${bucket}`, {
      hint: 'make it with: sentops bucket ensure',
    });
  const others = (found.lifecycle?.rule ?? []).filter(rule => lifecycleOf([rule]).length === 0);
  const answer = await client.request({
    method: 'PATCH',
    path: bucketPath(bucket),
    query: { ifMetagenerationMatch: found.metageneration, fields: FIELDS },
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ lifecycle: { rule: [...others, ...rulesFor(rules)] } }),
    again: 'always',
    about: `gs://${bucket}`,
    signal,
  });
  return bucketOf(answer.json() as WireBucket);
}

async function* listBuckets(client: GsClient, project: string, signal: AbortSignal): AsyncGenerator<Bucket> {
  let pageToken: string | undefined;
  do {
    const answer = await client.request({
      method: 'GET',
      path: '/storage/v1/b',
      query: { project, pageToken, fields: `items(${FIELDS}),nextPageToken` },
      again: 'always',
      about: `the project ${project}`,
      signal,
    });
    const page = answer.json() as { readonly items?: readonly WireBucket[]; readonly nextPageToken?: string };
    yield* (page.items ?? []).map(bucketOf);
    if (page.nextPageToken === pageToken) return;
    pageToken = page.nextPageToken;
  } while (pageToken);
}

function bucketOf({ name = '', location, storageClass, timeCreated, lifecycle }: WireBucket): Bucket {
  return {
    uri: `gs://${name}`,
    location: location || null,
    storageClass: storageClass || null,
    created: timeCreated || null,
    lifecycle: lifecycleOf(lifecycle?.rule ?? []),
  };
}

function unknownProject(): never {
  throw new SentopsError('CONFIG_INVALID', 'nobody says in which project the buckets are', {
    hint: 'set storage.project or cluster.project, or use --bucket-project',
  });
}

function takenByOthers(bucket: string): SentopsError {
  return new SentopsError('CONFLICT', `the bucket name ${bucket} is taken by somebody else`, {
    hint: 'bucket names are shared by all of Google Cloud: choose another prefix: --var bucket=NAME',
    details: { uri: `gs://${bucket}`, owner: 'other' },
  });
}

function madeAlready(bucket: string): SentopsError {
  return new SentopsError('CONFLICT', `the bucket gs://${bucket} is there already`, {
    hint: 'use it as it is; sentops bucket ensure does',
    details: { uri: `gs://${bucket}`, owner: 'self' },
  });
}

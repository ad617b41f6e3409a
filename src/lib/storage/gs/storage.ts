import type { ExtensionContext, ExtensionOptions, Factory } from '../../extend/contract.ts';
import type { Storage } from '../types.ts';
import { watchByListing } from '../watch-by-listing.ts';
import { type BucketDefaults, gsBuckets } from './buckets.ts';
import { composeObjects } from './compose-objects.ts';
import { copyObject } from './copy-object.ts';
import { deleteObject } from './delete-object.ts';
import { listObjects } from './list-objects.ts';
import { type OpenedClient, openClient } from './open-client.ts';
import { readObject } from './read-object.ts';
import { statObject } from './stat-object.ts';
import { uploadObject } from './upload/upload-object.ts';
import { writeObject } from './upload/write-object.ts';

/** To be told by the store needs a topic of Pub/Sub, which somebody would have to set up. */
const WATCH_MS = 5000;

/** Buckets of Google Cloud Storage, or of an emulator. */
const create: Factory<'storage-scheme'> = async (options, context) => {
  const opened = await openClient(options, context);
  const { client } = opened;
  const defaults = bucketDefaults(opened, options, context.env);
  const storage = {
    stat: (uri, { signal }) => statObject(client, uri, signal),
    list: (prefix, given) => listObjects(client, prefix, given),
    read: (uri, given) => readObject(client, uri, given),
    write: (uri, body, given) => writeObject(client, uri, body, given),
    delete: (uri, given) => deleteObject(client, uri, given),
    compose: (parts, uri, given) => composeObjects(client, parts, uri, given),
    copy: (from, to, given) => copyObject(client, from, to, given),
    upload: (uri, body, given) => uploadObject(client, uri, body, given),
    watch: (prefix, given) =>
      watchByListing(() => listObjects(client, prefix, { recursive: true, signal: given.signal }), {
        intervalMs: WATCH_MS,
        ...given,
      }),
    buckets: gsBuckets(client, defaults),
  } satisfies Storage;
  return storage;
};

function bucketDefaults(
  { endpoint, credentials }: OpenedClient,
  { project, location }: ExtensionOptions,
  env: ExtensionContext['env'],
): BucketDefaults {
  const candidates = [project, env['GOOGLE_CLOUD_PROJECT'], env['CLOUDSDK_CORE_PROJECT'], credentials?.project];
  const named = candidates.find(one => typeof one === 'string' && one !== '') as string | undefined;
  return {
    // An emulator wants one as well, and any will do.
    project: named ?? (endpoint.foreign ? 'local' : null),
    ...(typeof location === 'string' && location !== '' ? { location } : {}),
  };
}

export default create;

import { ApiError } from './api-error.ts';
import { type Answer, type Exchange, jsonOf } from './exchange.ts';
import { bucketResource } from './resource.ts';
import type { Fields, Store } from './store.ts';

const CHOSEN = ['location', 'storageClass', 'lifecycle', 'labels', 'billing', 'iamConfiguration', 'versioning'];

export async function createBucket(store: Store, exchange: Exchange): Promise<Answer> {
  const json = await jsonOf(exchange);
  const project = exchange.asked.query.get('project') ?? '';
  if (project === '') throw new ApiError(400, 'required', 'Required parameter: project');
  const bucket = store.createBucket(String(json['name'] ?? ''), project, chosen(json));
  exchange.record.bucket = bucket.name;
  return { status: 200, json: bucketResource(bucket, exchange.base) };
}

export function getBucket(store: Store, { asked, base }: Exchange): Answer {
  return { status: 200, json: bucketResource(store.bucket(asked.bucket ?? ''), base) };
}

export function listBuckets(store: Store, { asked: { query }, base }: Exchange): Answer {
  const project = query.get('project');
  if (!project) throw new ApiError(400, 'required', 'Required parameter: project');
  const prefix = query.get('prefix') ?? '';
  const limit = Math.max(1, Number(query.get('maxResults') ?? 1000));
  const after = query.get('pageToken') ?? '';
  const all = [...store.buckets.values()]
    .filter(bucket => bucket.project === project && bucket.name.startsWith(prefix) && bucket.name > after)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const items = all.slice(0, limit);
  const nextPageToken = all.length > limit ? items.at(-1)?.name : undefined;
  return {
    status: 200,
    json: {
      kind: 'storage#buckets',
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
      items: items.map(bucket => bucketResource(bucket, base)),
    },
  };
}

export async function patchBucket(store: Store, exchange: Exchange): Promise<Answer> {
  const json = await jsonOf(exchange);
  const bucket = store.bucket(exchange.asked.bucket ?? '');
  const merged = { ...bucket.fields, ...chosen(json) };
  // Null takes a field away.
  bucket.fields = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
  bucket.metageneration++;
  return { status: 200, json: bucketResource(bucket, exchange.base) };
}

export function deleteBucket(store: Store, { asked }: Exchange): Answer {
  const bucket = store.bucket(asked.bucket ?? '');
  if (bucket.objects.size > 0) throw new ApiError(409, 'conflict', 'The bucket you tried to delete is not empty.');
  store.buckets.delete(bucket.name);
  return { status: 204, text: '' };
}

function chosen(json: Fields): Fields {
  const fields = Object.fromEntries(CHOSEN.flatMap(name => (json[name] === undefined ? [] : [[name, json[name]]])));
  if (typeof fields['location'] === 'string') fields['location'] = fields['location'].toUpperCase();
  return fields;
}

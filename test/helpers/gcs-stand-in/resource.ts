import type { Fields, HeldBucket, HeldObject } from './store.ts';

const CHOSEN = [
  'contentType',
  'contentEncoding',
  'contentDisposition',
  'contentLanguage',
  'cacheControl',
  'metadata',
  'storageClass',
  'customTime',
];

/** What a client may choose of an object's metadata. */
export function chosenFields(json: Fields): Fields {
  return Object.fromEntries(CHOSEN.flatMap(name => (json[name] === undefined ? [] : [[name, json[name]]])));
}

/** An object as the JSON API shows it. */
export function objectResource(object: HeldObject, base: string, crc32c = object.blob.crc32c): Fields {
  const { bucket, name, generation, metageneration, created, updated, fields, componentCount, blob } = object;
  const self = `${base}/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}`;
  return {
    kind: 'storage#object',
    id: `${bucket}/${name}/${generation}`,
    selfLink: self,
    mediaLink: `${base}/download/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}?generation=${generation}&alt=media`,
    name,
    bucket,
    generation,
    metageneration: String(metageneration),
    storageClass: 'STANDARD',
    ...fields,
    size: String(blob.bytes),
    crc32c,
    // Cloud Storage has no MD5 of what was composed.
    ...(componentCount === undefined ? { md5Hash: blob.md5() } : { componentCount }),
    etag: etagOf(object),
    timeCreated: created,
    updated,
    timeStorageClassUpdated: created,
    timeFinalized: created,
  };
}

export function etagOf({ generation, metageneration }: HeldObject): string {
  return Buffer.from(`${generation}/${metageneration}`).toString('base64');
}

export function bucketResource(bucket: HeldBucket, base: string): Fields {
  const { name, created, metageneration, fields } = bucket;
  return {
    kind: 'storage#bucket',
    id: name,
    selfLink: `${base}/storage/v1/b/${name}`,
    name,
    projectNumber: '123456789012',
    location: 'US',
    locationType: 'multi-region',
    storageClass: 'STANDARD',
    timeCreated: created,
    updated: created,
    metageneration: String(metageneration),
    etag: Buffer.from(String(metageneration)).toString('base64'),
    ...fields,
  };
}

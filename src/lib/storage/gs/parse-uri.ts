import { SentopsError } from '../../core/errors.ts';

/** One object, or with an empty name the bucket itself. */
export interface GsPlace {
  readonly bucket: string;
  /** As it is stored: not escaped, and everything after the first slash, further slashes included. */
  readonly name: string;
}

const BUCKET = /^[a-z0-9_][a-z0-9._-]{1,220}[a-z0-9]$/;
/** Of the UTF-8 bytes of a name. */
const LONGEST_NAME = 1024;

export function parseGs(uri: string): GsPlace {
  const match = /^gs:\/\/([^/]*)(?:\/(.*))?$/is.exec(uri);
  if (match === null) throw refuse(uri, 'is no address of a bucket or an object', 'write it as gs://bucket/name');
  const [, bucket = '', name = ''] = match;
  if (bucket === '') throw refuse(uri, 'names no bucket', 'write it as gs://bucket/name; is a variable in it empty?');
  if (!BUCKET.test(bucket))
    throw refuse(
      uri,
      `names a bucket that cannot be: ${JSON.stringify(bucket)}`,
      'bucket names have 3 to 63 small letters, digits, hyphens, underscores and dots',
    );
  if (!name.isWellFormed()) throw refuse(uri, 'holds half a character', 'name it in valid Unicode');
  return { bucket, name };
}

/** As `parseGs`, for what has to be an object that can be. */
export function parseGsObject(uri: string): GsPlace {
  const place = parseGs(uri);
  const { name } = place;
  if (name === '') throw refuse(uri, 'names a bucket, not an object', 'add the name of an object: gs://bucket/name');
  if (name === '.' || name === '..' || /[\r\n]/.test(name))
    throw refuse(uri, 'is a name that no object can have', 'choose another name');
  if (name.length > LONGEST_NAME / 3 && Buffer.byteLength(name) > LONGEST_NAME)
    throw refuse(uri.slice(0, 100), `is longer than the ${LONGEST_NAME} bytes that a name may have`, 'shorten it');
  return place;
}

export function toGs({ bucket, name }: GsPlace): string {
  return `gs://${bucket}/${name}`;
}

/** Path of the JSON API; a name is one segment of it, whatever it holds. */
export function objectPath({ bucket, name }: GsPlace): string {
  return `${bucketPath(bucket)}/o/${encodeURIComponent(name)}`;
}

export function bucketPath(bucket: string): string {
  return `/storage/v1/b/${encodeURIComponent(bucket)}`;
}

function refuse(uri: string, why: string, hint: string): SentopsError {
  return new SentopsError('FLAG_INVALID', `${uri} ${why}`, { hint, details: { uri } });
}

export type Operation =
  | 'object.get'
  | 'object.media'
  | 'object.list'
  | 'object.insert'
  | 'object.patch'
  | 'object.delete'
  | 'object.compose'
  | 'object.rewrite'
  | 'object.copy'
  | 'upload.begin'
  | 'upload.chunk'
  | 'upload.status'
  | 'upload.cancel'
  | 'bucket.get'
  | 'bucket.list'
  | 'bucket.insert'
  | 'bucket.patch'
  | 'bucket.delete'
  | 'token'
  | 'unknown';

/** What a request asks for, and of what. */
export interface Asked {
  readonly operation: Operation;
  readonly bucket?: string;
  readonly object?: string;
  /** Where a copy goes. */
  readonly to?: { readonly bucket: string; readonly object: string };
  readonly query: URLSearchParams;
}

/** Reads method and path as the JSON API defines them; names are single, percent-encoded segments. */
export function readOperation(method: string, target: string, contentRange: string | undefined): Asked {
  const url = new URL(target, 'http://localhost');
  const query = url.searchParams;
  const [first, ...rest] = url.pathname.split('/').slice(1).map(decode);
  const unknown: Asked = { operation: 'unknown', query };
  if (first === 'upload' || first === 'resumable') {
    if (rest[0] === 'upload') rest.shift();
    return { ...unknown, ...readUpload(method, rest.slice(2), query, contentRange) };
  }
  if (first === 'download') return { ...unknown, ...readStorage(method, rest.slice(2), true) };
  if (first === 'storage' && rest[0] === 'v1') {
    return { ...unknown, ...readStorage(method, rest.slice(1), query.get('alt') === 'media') };
  }
  if (first === 'token' && method === 'POST') return { operation: 'token', query };
  return unknown;
}

type Found = Omit<Asked, 'query'>;

function readUpload(method: string, rest: readonly string[], query: URLSearchParams, range: string | undefined): Found {
  const [b, bucket, o] = rest;
  if (b !== 'b' || bucket === undefined || o !== 'o' || rest.length !== 3) return { operation: 'unknown' };
  const object = query.get('name') ?? undefined;
  const place = { bucket, ...(object === undefined ? {} : { object }) };
  if (query.has('upload_id')) {
    if (method === 'DELETE') return { operation: 'upload.cancel', ...place };
    if (method !== 'PUT' && method !== 'POST') return { operation: 'unknown' };
    return { operation: range?.startsWith('bytes */') ? 'upload.status' : 'upload.chunk', ...place };
  }
  if (method !== 'POST') return { operation: 'unknown' };
  return { operation: query.get('uploadType') === 'resumable' ? 'upload.begin' : 'object.insert', ...place };
}

const OBJECT: Readonly<Record<string, Operation>> = {
  GET: 'object.get',
  PATCH: 'object.patch',
  DELETE: 'object.delete',
};
const BUCKET: Readonly<Record<string, Operation>> = {
  GET: 'bucket.get',
  PATCH: 'bucket.patch',
  PUT: 'bucket.patch',
  DELETE: 'bucket.delete',
};

function readStorage(method: string, rest: readonly string[], media: boolean): Found {
  const [b, bucket, o, object, verb, ...more] = rest;
  if (b !== 'b') return { operation: 'unknown' };
  if (bucket === undefined) return { operation: method === 'POST' ? 'bucket.insert' : 'bucket.list' };
  if (o === undefined) return { operation: BUCKET[method] ?? 'unknown', bucket };
  if (o !== 'o') return { operation: 'unknown' };
  if (object === undefined) return { operation: method === 'GET' ? 'object.list' : 'unknown', bucket };
  if (verb === undefined) {
    const operation = media && method === 'GET' ? 'object.media' : (OBJECT[method] ?? 'unknown');
    return { operation, bucket, object };
  }
  if (method !== 'POST') return { operation: 'unknown' };
  if (verb === 'compose' && more.length === 0) return { operation: 'object.compose', bucket, object };
  const [toB, toBucket, toO, toObject] = more;
  if ((verb !== 'rewriteTo' && verb !== 'copyTo') || toB !== 'b' || toO !== 'o' || more.length !== 4) {
    return { operation: 'unknown' };
  }
  const to = { bucket: toBucket ?? '', object: toObject ?? '' };
  return { operation: verb === 'rewriteTo' ? 'object.rewrite' : 'object.copy', bucket, object, to };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

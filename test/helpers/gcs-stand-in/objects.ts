import { gunzipSync } from 'node:zlib';
import { ApiError } from './api-error.ts';
import type { Blob } from './blob.ts';
import { encodeCrc32c } from './crc32c.ts';
import { type Answer, type Exchange, jsonOf, preconditionsOf } from './exchange.ts';
import { chosenFields, etagOf, objectResource } from './resource.ts';
import { checkPreconditions, type Fields, type HeldObject, type Preconditions, type Store } from './store.ts';

const WRONG_CRC = encodeCrc32c(0x0bad0bad);

export function getObject(store: Store, exchange: Exchange): Answer {
  const object = find(store, exchange);
  const notModified = checkReading(object, preconditionsOf(exchange));
  if (notModified) return { status: 304, text: '' };
  return { status: 200, json: resource(object, exchange) };
}

export function getMedia(store: Store, exchange: Exchange): Answer {
  const { request, troubles } = exchange;
  const object = find(store, exchange);
  if (checkReading(object, preconditionsOf(exchange))) return { status: 304, text: '' };
  const { blob, fields } = object;
  const encoding = fields['contentEncoding'];
  const headers: Record<string, string> = {
    'content-type': String(fields['contentType'] ?? 'application/octet-stream'),
    etag: etagOf(object),
    'last-modified': new Date(object.updated).toUTCString(),
    'x-goog-generation': object.generation,
    'x-goog-metageneration': String(object.metageneration),
    'x-goog-stored-content-length': String(blob.bytes),
    'x-goog-stored-content-encoding': typeof encoding === 'string' ? encoding : 'identity',
    'x-goog-hash': hashes(object, exchange),
    'x-goog-storage-class': String(fields['storageClass'] ?? 'STANDARD'),
  };
  if (encoding === 'gzip' && !acceptsGzip(request.headers['accept-encoding'], fields)) {
    const unpacked = gunzipSync(Buffer.concat([...blob.read(0, blob.bytes)]));
    headers['warning'] = '214 UploadServer gunzipped';
    return { status: 200, headers, content: { bytes: null, start: 0, chunks: [unpacked] } };
  }
  if (typeof encoding === 'string') headers['content-encoding'] = encoding;
  headers['accept-ranges'] = 'bytes';
  const range = troubles.of('ignoreRange') ? null : readRange(request.headers.range, blob.bytes);
  const { start, end } = range ?? { start: 0, end: blob.bytes };
  if (range) headers['content-range'] = `bytes ${start}-${end - 1}/${blob.bytes}`;
  const content = { bytes: end - start, start, chunks: blob.read(start, end) };
  return { status: range ? 206 : 200, headers, content };
}

export function listObjects(store: Store, exchange: Exchange): Answer {
  const { asked, base } = exchange;
  const { query } = asked;
  const bucket = store.bucket(asked.bucket ?? '');
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const limit = Math.min(1000, Math.max(1, Number(query.get('maxResults') ?? 1000)));
  const after = Buffer.from(query.get('pageToken') ?? '', 'base64').toString('utf8');
  const names = sortedNames([...bucket.objects.keys()].filter(name => name.startsWith(prefix)));
  const items: Fields[] = [];
  const prefixes: string[] = [];
  let last = '';
  for (const name of names) {
    const cut = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length);
    const entry = cut < 0 ? name : name.slice(0, cut + delimiter.length);
    if (after !== '' && compareNames(entry, after) <= 0) continue;
    if (outside(name, query)) continue;
    if (entry === last) continue;
    if (items.length + prefixes.length === limit) {
      return { status: 200, json: page(items, prefixes, Buffer.from(last, 'utf8').toString('base64')) };
    }
    last = entry;
    const object = bucket.objects.get(name);
    if (cut >= 0) prefixes.push(entry);
    else if (object) items.push(objectResource(object, base));
  }
  return { status: 200, json: page(items, prefixes, undefined) };
}

export async function patchObject(store: Store, exchange: Exchange): Promise<Answer> {
  const json = await jsonOf(exchange);
  const object = find(store, exchange);
  checkPreconditions(object, preconditionsOf(exchange));
  object.fields = { ...object.fields, ...chosenFields(json) };
  object.metageneration++;
  object.updated = new Date().toISOString();
  return { status: 200, json: resource(object, exchange) };
}

export function deleteObject(store: Store, exchange: Exchange): Answer {
  const { bucket = '', object = '', query } = exchange.asked;
  store.delete(bucket, object, query.get('generation') ?? undefined, preconditionsOf(exchange));
  return { status: 204, text: '' };
}

export async function composeObject(store: Store, exchange: Exchange, newBlob: () => Blob): Promise<Answer> {
  const { bucket = '', object: name = '' } = exchange.asked;
  const json = await jsonOf(exchange);
  const sources = readSources(json['sourceObjects']);
  if (sources.length === 0) throw new ApiError(400, 'required', 'You must provide at least one source component.');
  if (sources.length > 32) {
    const message = `The number of source components provided (${sources.length}) exceeds the maximum (32)`;
    throw new ApiError(400, 'invalid', message);
  }
  const parts = sources.map(source => {
    const part = store.object(bucket, source.name, source.generation);
    checkPreconditions(part, { ifGenerationMatch: source.ifGenerationMatch });
    return part;
  });
  const destination = (json['destination'] ?? {}) as Fields;
  const fields = chosenFields({ contentType: parts[0]?.fields['contentType'], ...destination });
  const componentCount = parts.reduce((sum, part) => sum + (part.componentCount ?? 1), 0);
  const conditions = preconditionsOf(exchange);
  checkPreconditions(store.bucket(bucket).objects.get(name), conditions);
  const blob = newBlob();
  for (const part of parts) for (const chunk of part.blob.read(0, part.blob.bytes)) blob.append(chunk);
  const object = store.put(bucket, name, blob, fields, { conditions, componentCount });
  return { status: 200, json: resource(object, exchange) };
}

/** Copies; a rewrite may take several calls, as between locations. */
export async function copyObject(
  store: Store,
  exchange: Exchange,
  newBlob: () => Blob,
  bytesPerCall: number,
): Promise<Answer> {
  const { asked } = exchange;
  const { query, to = { bucket: '', object: '' } } = asked;
  const json = await jsonOf(exchange);
  const of = (name: string) => query.get(name) ?? undefined;
  const from = store.object(asked.bucket ?? '', asked.object ?? '', of('sourceGeneration'));
  checkPreconditions(from, { ifGenerationMatch: of('ifSourceGenerationMatch') });
  const conditions = preconditionsOf(exchange);
  checkPreconditions(store.bucket(to.bucket).objects.get(to.object), conditions);
  const size = from.blob.bytes;
  const done = Math.min(size, Number(/^rewritten-(\d+)$/.exec(of('rewriteToken') ?? '')?.[1] ?? 0) + bytesPerCall);
  if (asked.operation === 'object.rewrite' && done < size) {
    const progress = { totalBytesRewritten: String(done), objectSize: String(size), done: false };
    return { status: 200, json: { kind: 'storage#rewriteResponse', ...progress, rewriteToken: `rewritten-${done}` } };
  }
  const blob = newBlob();
  for (const chunk of from.blob.read(0, size)) blob.append(chunk);
  const fields = Object.keys(json).length > 0 ? chosenFields(json) : from.fields;
  const object = store.put(to.bucket, to.object, blob, fields, { conditions });
  const json_ = resource(object, exchange);
  if (asked.operation === 'object.copy') return { status: 200, json: json_ };
  const progress = { totalBytesRewritten: String(size), objectSize: String(size), done: true };
  return { status: 200, json: { kind: 'storage#rewriteResponse', ...progress, resource: json_ } };
}

function find(store: Store, { asked: { bucket = '', object = '', query } }: Exchange): HeldObject {
  return store.object(bucket, object, query.get('generation') ?? undefined);
}

/** True where the client has this state already: 304 instead of an error. */
function checkReading(object: HeldObject, conditions: Preconditions): boolean {
  const { ifGenerationNotMatch, ifMetagenerationNotMatch, ...rest } = conditions;
  checkPreconditions(object, rest);
  return ifGenerationNotMatch === object.generation || ifMetagenerationNotMatch === String(object.metageneration);
}

function resource(object: HeldObject, { base, troubles }: Exchange): Fields {
  return troubles.of('wrongCrc') ? objectResource(object, base, WRONG_CRC) : objectResource(object, base);
}

function hashes(object: HeldObject, { troubles }: Exchange): string {
  const crc = troubles.of('wrongCrc') ? WRONG_CRC : object.blob.crc32c;
  return object.componentCount === undefined ? `crc32c=${crc},md5=${object.blob.md5()}` : `crc32c=${crc}`;
}

function acceptsGzip(header: string | string[] | undefined, fields: Fields): boolean {
  return /\bgzip\b/.test(String(header ?? '')) || String(fields['cacheControl'] ?? '').includes('no-transform');
}

function readRange(header: string | undefined, size: number): { start: number; end: number } | null {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!found || (found[1] === '' && found[2] === '')) return null;
  const start = found[1] === '' ? Math.max(0, size - Number(found[2])) : Number(found[1]);
  const end = found[1] === '' || found[2] === '' ? size : Math.min(size, Number(found[2]) + 1);
  if (start >= size || (found[2] !== '' && found[1] !== '' && Number(found[2]) < start)) {
    const headers = { 'content-range': `bytes */${size}` };
    throw new ApiError(416, 'requestedRangeNotSatisfiable', 'The requested range cannot be satisfied.', headers);
  }
  return { start, end };
}

function page(items: readonly Fields[], prefixes: readonly string[], nextPageToken: string | undefined): Fields {
  return {
    kind: 'storage#objects',
    ...(nextPageToken === undefined ? {} : { nextPageToken }),
    ...(prefixes.length === 0 ? {} : { prefixes }),
    ...(items.length === 0 ? {} : { items }),
  };
}

function outside(name: string, query: URLSearchParams): boolean {
  const start = query.get('startOffset');
  const end = query.get('endOffset');
  return (start !== null && compareNames(name, start) < 0) || (end !== null && compareNames(name, end) >= 0);
}

/** Cloud Storage sorts by the bytes of UTF-8. */
function sortedNames(names: readonly string[]): readonly string[] {
  return [...names].sort(compareNames);
}

function compareNames(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

interface Source {
  readonly name: string;
  readonly generation?: string;
  readonly ifGenerationMatch?: string;
}

function readSources(value: unknown): readonly Source[] {
  const items = Array.isArray(value) ? (value as readonly Fields[]) : [];
  return items.map(item => {
    const { ifGenerationMatch } = (item['objectPreconditions'] ?? {}) as Fields;
    return {
      name: String(item['name'] ?? ''),
      ...(item['generation'] == null ? {} : { generation: String(item['generation']) }),
      ...(ifGenerationMatch == null ? {} : { ifGenerationMatch: String(ifGenerationMatch) }),
    };
  });
}

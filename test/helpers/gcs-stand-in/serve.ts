import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { send } from './answer.ts';
import { ApiError } from './api-error.ts';
import type { Blob } from './blob.ts';
import { createBucket, deleteBucket, getBucket, listBuckets, patchBucket } from './buckets.ts';
import { control } from './control.ts';
import type { Counts, RequestRecord } from './counts.ts';
import { type Answer, bodyOf, type Exchange, Gone } from './exchange.ts';
import type { Faults } from './faults.ts';
import { composeObject, copyObject, deleteObject, getMedia, getObject, listObjects, patchObject } from './objects.ts';
import { type Operation, readOperation } from './operation.ts';
import type { GcsStandInOptions } from './start.ts';
import type { Store } from './store.ts';
import type { Uploads } from './uploads.ts';

export interface Service {
  readonly store: Store;
  readonly counts: Counts;
  readonly faults: Faults;
  readonly uploads: Uploads;
  readonly newBlob: () => Blob;
  readonly options: GcsStandInOptions;
}

type Handler = (exchange: Exchange) => Answer | Promise<Answer>;

export function serve(service: Service): RequestListener {
  const handlers = handlersOf(service);
  return (request, response) => {
    answer(service, handlers, request, response).catch(error => {
      if (!(error instanceof Gone)) console.error(error);
      response.destroy();
    });
  };
}

function handlersOf({ store, uploads, newBlob, options }: Service): Readonly<Record<Operation, Handler>> {
  const bytesPerCall = options.rewriteBytesPerCall ?? Number.POSITIVE_INFINITY;
  const copy: Handler = exchange => copyObject(store, exchange, newBlob, bytesPerCall);
  const go: Handler = exchange => uploads.go(exchange);
  return {
    'object.get': exchange => getObject(store, exchange),
    'object.media': exchange => getMedia(store, exchange),
    'object.list': exchange => listObjects(store, exchange),
    'object.insert': exchange => uploads.insert(exchange),
    'object.patch': exchange => patchObject(store, exchange),
    'object.delete': exchange => deleteObject(store, exchange),
    'object.compose': exchange => composeObject(store, exchange, newBlob),
    'object.rewrite': copy,
    'object.copy': copy,
    'upload.begin': exchange => uploads.begin(exchange),
    'upload.chunk': go,
    'upload.status': go,
    'upload.cancel': exchange => uploads.cancel(exchange),
    'bucket.get': exchange => getBucket(store, exchange),
    'bucket.list': exchange => listBuckets(store, exchange),
    'bucket.insert': exchange => createBucket(store, exchange),
    'bucket.patch': exchange => patchBucket(store, exchange),
    'bucket.delete': exchange => deleteBucket(store, exchange),
    token: () => {
      const access_token = options.tokens?.[0] ?? 'stand-in-token';
      return { status: 200, json: { access_token, expires_in: 3599, token_type: 'Bearer' } };
    },
    unknown: () => {
      throw new ApiError(404, 'notFound', 'Not Found');
    },
  };
}

async function answer(
  service: Service,
  handlers: Readonly<Record<Operation, Handler>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', url = '/', headers, socket } = request;
  if (url.startsWith('/_stand-in/')) return await control(service, request, response);
  const asked = readOperation(method, url, headers['content-range']);
  const { operation, bucket, object } = asked;
  const record: RequestRecord = {
    operation,
    method,
    url,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    ...(bucket === undefined ? {} : { bucket }),
    ...(object === undefined ? {} : { object }),
    status: 0,
    received: 0,
    sent: 0,
  };
  service.counts.add(record);
  const base = `${socket instanceof TLSSocket ? 'https' : 'http'}://${headers.host ?? 'localhost'}`;
  const exchange: Exchange = { asked, request, record, troubles: service.faults.take(asked), base };
  const result = await work(service, handlers[operation], exchange);
  // A body that nobody wanted is read all the same: clients do not listen while they send.
  if (!request.readableEnded && !request.destroyed) for await (const _ of bodyOf(exchange));
  if (exchange.troubles.of('noAnswer')) {
    socket.destroy();
    throw new Gone('not answered on purpose');
  }
  await send(exchange, response, result);
}

async function work({ store, options }: Service, handler: Handler, exchange: Exchange): Promise<Answer> {
  try {
    const status = exchange.troubles.of('status');
    if (status) {
      const { retryAfter, reason = 'backendError', message = 'Something went wrong.', html } = status;
      if (html !== undefined) return { status: status.status, text: html };
      const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
      throw new ApiError(status.status, reason, message, headers);
    }
    if (exchange.asked.operation !== 'token') authorize(options, exchange);
    checkBucket(store, options, exchange);
    return await handler(exchange);
  } catch (error) {
    if (error instanceof SyntaxError) return failure(exchange, new ApiError(400, 'parseError', 'Parse Error'));
    if (error instanceof ApiError) return failure(exchange, error);
    throw error;
  }
}

/** Where content was asked for, Cloud Storage says in plain text what went wrong. */
function failure({ asked }: Exchange, error: ApiError): Answer {
  const { status, headers, message } = error;
  if (asked.operation === 'object.media') return { status, headers, text: message };
  return { status, headers, json: error.toJson() };
}

function authorize({ tokens }: GcsStandInOptions, { request, asked }: Exchange): void {
  if (tokens === undefined) return;
  const { authorization } = request.headers;
  if (authorization === undefined) {
    const message = `Anonymous caller does not have storage.${asked.operation.replace('.', 's.')} access to the Google Cloud Storage object. Permission 'storage.${asked.operation.replace('.', 's.')}' denied on resource (or it may not exist).`;
    throw new ApiError(401, 'required', message, { 'www-authenticate': 'Bearer realm="https://accounts.google.com/"' });
  }
  const token = /^Bearer (.+)$/i.exec(authorization)?.[1];
  if (token !== undefined && tokens.includes(token)) return;
  const headers = { 'www-authenticate': 'Bearer realm="https://accounts.google.com/", error="invalid_token"' };
  throw new ApiError(401, 'authError', 'Invalid Credentials', headers);
}

function checkBucket(store: Store, options: GcsStandInOptions, { asked, request }: Exchange): void {
  const { bucket = '', operation, query, to } = asked;
  for (const name of [bucket, to?.bucket ?? '']) {
    if (options.requesterPays?.includes(name)) {
      const header = request.headers['x-goog-user-project'];
      if (!query.get('userProject') && !header) {
        const message = 'Bucket is a requester pays bucket but no user project provided.';
        throw new ApiError(400, 'required', message);
      }
    }
    const touchesObjects = operation.startsWith('object.') || operation.startsWith('upload.');
    if (touchesObjects && (options.deniedBuckets?.includes(name) || store.foreign.has(name))) {
      const what = operation === 'object.media' ? 'object.get' : operation;
      const right = `storage.${what.replace('.', 's.')}`;
      const message = `tester@example.com does not have ${right} access to the Google Cloud Storage object. Permission '${right}' denied on resource (or it may not exist).`;
      throw new ApiError(403, 'forbidden', message);
    }
  }
}

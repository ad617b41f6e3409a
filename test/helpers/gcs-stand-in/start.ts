import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certificate } from '../self-signed.ts';
import { type Blob, blobsIn } from './blob.ts';
import { Counts } from './counts.ts';
import { type Fault, Faults } from './faults.ts';
import { serve } from './serve.ts';
import type { Fields, HeldObject } from './store.ts';
import { Store } from './store.ts';
import { Uploads } from './uploads.ts';

export interface GcsStandInOptions {
  /** Where the bytes of the objects go; in memory without it. Files are gone when it stops. */
  readonly folder?: string;
  /** Buckets that are there from the beginning, in `project`. */
  readonly buckets?: readonly string[];
  /** Names of buckets that belong to somebody else. */
  readonly foreignBuckets?: readonly string[];
  /** Buckets whose readers pay: requests need a userProject. */
  readonly requesterPays?: readonly string[];
  /** Buckets that we may see and whose objects we may not touch. */
  readonly deniedBuckets?: readonly string[];
  readonly project?: string;
  /** The access tokens that are taken; anything goes without. `POST /token` gives out the first one. */
  readonly tokens?: readonly string[];
  /** Between locations a rewrite comes in steps; all at once without it. */
  readonly rewriteBytesPerCall?: number;
  readonly faults?: readonly Fault[];
  readonly certificate?: Certificate;
  readonly port?: number;
}

export interface GcsStandIn {
  /** As STORAGE_EMULATOR_HOST has it: `http://127.0.0.1:1234`. */
  readonly uri: string;
  readonly port: number;
  /** What was asked, and how many bytes came and went. */
  readonly counts: Counts;
  /** What is to go wrong. */
  readonly faults: Faults;
  /** Behind the API: to put what a test starts with, and to see what became of it. */
  readonly store: Store;
  readonly uploads: Uploads;
  put(uri: string, content: Uint8Array | string, fields?: Fields): HeldObject;
  /** The bytes of an object; undefined where there is none. */
  content(uri: string): Buffer | undefined;
  /** Full URIs, sorted. */
  uris(bucket?: string): readonly string[];
  stop(): Promise<void>;
}

/**
 * A server that keeps the documented behaviour of Cloud Storage's JSON API where emulators differ: resumable uploads
 * with status queries, preconditions, checksums, and whatever goes wrong on the way.
 */
export async function startGcsStandIn(options: GcsStandInOptions = {}): Promise<GcsStandIn> {
  const { buckets = [], foreignBuckets = [], project = 'test-project', certificate } = options;
  const newBlob = blobsIn(options.folder);
  const store = new Store();
  const counts = new Counts();
  const faults = new Faults();
  const uploads = new Uploads(store, newBlob);
  for (const name of foreignBuckets) store.foreign.add(name);
  for (const name of buckets) store.createBucket(name, project, {});
  faults.add(...(options.faults ?? []));
  const listener = serve({ store, counts, faults, uploads, newBlob, options });
  const server = certificate ? https.createServer(certificate, listener) : http.createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
    uploads.clear();
    for (const bucket of store.buckets.values()) for (const { blob } of bucket.objects.values()) blob.remove();
    store.buckets.clear();
  };
  const uri = `${certificate ? 'https' : 'http'}://127.0.0.1:${port}`;
  return { uri, port, counts, faults, store, uploads, stop, ...behind(store, newBlob) };
}

function behind(store: Store, newBlob: () => Blob) {
  return {
    put(uri: string, content: Uint8Array | string, fields: Fields = {}) {
      const [bucket, name] = split(uri);
      const blob = newBlob();
      blob.append(Buffer.from(content));
      return store.put(bucket, name, blob, { contentType: 'application/octet-stream', ...fields });
    },
    content(uri: string) {
      const [bucket, name] = split(uri);
      const blob = store.buckets.get(bucket)?.objects.get(name)?.blob;
      return blob && Buffer.concat([...blob.read(0, blob.bytes)]);
    },
    uris(wanted?: string) {
      const all = [...store.buckets.values()].filter(({ name }) => wanted === undefined || name === wanted);
      return all.flatMap(({ name, objects }) => [...objects.keys()].map(key => `gs://${name}/${key}`)).sort();
    },
  };
}

function split(uri: string): readonly [bucket: string, name: string] {
  const [, bucket, name] = /^gs:\/\/([^/]+)\/(.+)$/s.exec(uri) ?? [];
  if (bucket === undefined || name === undefined) throw new Error(`not the URI of an object: ${uri}`);
  return [bucket, name];
}

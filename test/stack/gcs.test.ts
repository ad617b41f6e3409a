import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import createGsStorage from '../../src/lib/storage/gs/storage.ts';
import type { Storage } from '../../src/lib/storage/types.ts';
import { calm, collect, fresh, put } from '../contract/storage/opened.ts';
import { describeStorage } from '../contract/storage/suite.ts';
import { createTestContext } from '../helpers/extension-context.ts';
import { type FakeGcsServer, missingGo, startFakeGcsServer } from '../helpers/fake-gcs-server.ts';
import { type GcsStandIn, startGcsStandIn } from '../helpers/gcs-stand-in/start.ts';
import { installTool } from '../helpers/npm-tool.ts';
import { missingFor, pythonEnvironment, runPython } from '../helpers/python.ts';
import { selfSigned } from '../helpers/self-signed.ts';

/** On first use programs and packages come over the network. */
const PATIENCE = 1_800_000;

async function openGs(endpoint: string): Promise<Storage> {
  const options = { endpoint, auth: 'adc', project: 'test-project', location: 'US', concurrency: 8 };
  return await createGsStorage(options, createTestContext());
}

describe.skipIf(missingGo())('the gs adapter over a real fake-gcs-server', () => {
  let server: FakeGcsServer;
  let storage: Storage;
  beforeAll(async () => {
    server = await startFakeGcsServer();
    storage = await openGs(server.uri);
    await storage.buckets?.create('gs://contract', { ...calm, project: 'test-project' });
  }, PATIENCE);
  afterAll(() => server?.stop());

  const open = () => ({ storage, root: `gs://contract/${fresh('root')}/`, newBucket: `gs://${fresh('bucket')}` });
  // A question for the state of an upload ends it there.
  const lacking = { resuming: true, bucketSettings: true, conditions: true, missingParts: true };
  describeStorage('fake-gcs-server', open, lacking);
});

describe('the stand-in and the official clients', () => {
  let server: GcsStandIn;
  let folder: string;
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-gcs-'));
    server = await startGcsStandIn({ buckets: ['data'], rewriteBytesPerCall: 1_000_000 });
  });
  afterAll(async () => {
    await server.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  test('the Node client writes, resumes, reads, joins and lists', { timeout: PATIENCE }, async () => {
    const bucket = openOfficial(server.uri).bucket('data');
    const bytes = randomBytes(3_000_001);
    const file = path.join(folder, 'content');
    fs.writeFileSync(file, bytes);
    await bucket.upload(file, { destination: 'whole', resumable: true });
    await bucket.upload(file, { destination: 'pieces ü %', resumable: true, chunkSize: 1 << 20 });
    await bucket.file('small').save('hello', { resumable: false, preconditionOpts: { ifGenerationMatch: 0 } });
    const again = bucket.file('small').save('x', { resumable: false, preconditionOpts: { ifGenerationMatch: 0 } });
    await expect(again).rejects.toMatchObject({ code: 412 });
    for (const name of ['whole', 'pieces ü %']) {
      const [read] = await bucket.file(name).download({ validation: 'crc32c' });
      expect(read.equals(bytes)).toBe(true);
    }
    const [part] = await bucket.file('whole').download({ start: 10, end: 19 });
    expect(part).toEqual(bytes.subarray(10, 20));
    await bucket.combine(['small', 'whole'], 'joined');
    await bucket.file('whole').copy(bucket.file('deep/copied'));
    expect(server.content('gs://data/joined')?.equals(Buffer.concat([Buffer.from('hello'), bytes]))).toBe(true);
    expect(server.content('gs://data/deep/copied')?.equals(bytes)).toBe(true);
    const [files] = await bucket.getFiles();
    expect(files.map(({ name }) => name)).toEqual(['deep/copied', 'joined', 'pieces ü %', 'small', 'whole']);
  });

  test('the Node client goes on where a broken upload was kept', { timeout: PATIENCE }, async () => {
    const bucket = openOfficial(server.uri).bucket('data');
    const bytes = randomBytes(2_000_000);
    const [uri] = await bucket.file('resumed').createResumableUpload();
    server.faults.add({ kind: 'cutRequest', afterBytes: 1_000_000, on: 'upload.chunk', object: 'resumed' });
    // By hand: after a broken connection the client begins to repeat by itself.
    const body = new Blob([bytes]);
    await expect(fetch(uri, { method: 'PUT', body })).rejects.toThrow();
    const status = await fetch(uri, { method: 'PUT', headers: { 'content-range': 'bytes */*' } });
    expect([status.status, status.headers.get('range')]).toEqual([308, 'bytes=0-786431']);
    server.counts.reset();
    const stream = bucket.file('resumed').createWriteStream({ uri, offset: 786_432, validation: false });
    await new Promise((resolve, reject) => {
      stream.on('finish', resolve).on('error', reject);
      stream.end(bytes.subarray(786_432));
    });
    expect(server.content('gs://data/resumed')?.equals(bytes)).toBe(true);
    expect(server.counts.received('data/resumed')).toBe(2_000_000 - 786_432);
  });

  test.skipIf(missingFor('gcs'))('the Python client does all it can', { timeout: PATIENCE }, async () => {
    const environment = await pythonEnvironment('gcs');
    const script = path.join(import.meta.dirname, 'python', 'gcs_client.py');
    const env = { STORAGE_EMULATOR_HOST: server.uri, NO_PROXY: '127.0.0.1' };
    const seen = JSON.parse(await runPython(environment, script, ['from-python', folder], { env }));
    expect(seen).toEqual({
      rules: [{ action: { type: 'Delete' }, condition: { age: 7, matchesPrefix: ['tmp/'] } }],
      location: 'EUROPE-WEST1',
      taken: true,
      missing: true,
      same: true,
      range: true,
      joined: true,
      rewrites: 4,
      copied: true,
      names: ['deep/copied', 'joined', 'pieces', 'small ü %.txt', 'unknown', 'whole'],
      level: [['joined', 'pieces', 'small ü %.txt', 'unknown', 'whole'], ['deep/']],
      pages: 3,
      deleted: true,
      md5: true,
    });
  });

  test.skipIf(missingFor('gcs'))(
    'what we write, the Python client reads, and the other way round',
    {
      timeout: PATIENCE,
    },
    async () => {
      const storage = await openGs(server.uri);
      await put(storage, 'gs://data/ours 100 %/ü.txt', 'from us', { contentType: 'text/plain' });
      const environment = await pythonEnvironment('gcs');
      const script = path.join(folder, 'read.py');
      fs.writeFileSync(script, READ);
      const env = { STORAGE_EMULATOR_HOST: server.uri, NO_PROXY: '127.0.0.1' };
      expect(await runPython(environment, script, [], { env })).toBe('from us text/plain\n');
      expect((await collect(storage.read('gs://data/theirs', calm))).toString()).toBe('from them');
    },
  );

  test.skipIf(missingFor('gcs'))('gsutil copies to and fro and joins', { timeout: PATIENCE }, async () => {
    const { cert, key } = selfSigned();
    // Over http it takes the failures of TLS for passing ones, and tries for minutes.
    const secure = await startGcsStandIn({ buckets: ['data'], certificate: { cert, key } });
    const home = path.join(folder, 'gsutil');
    fs.mkdirSync(home);
    fs.writeFileSync(path.join(home, 'boto'), botoConfig(secure.port, home));
    const environment = await pythonEnvironment('gcs');
    const env = { HOME: home, BOTO_CONFIG: path.join(home, 'boto'), NO_PROXY: '127.0.0.1' };
    const program = path.join(path.dirname(environment.python), 'gsutil');
    const gsutil = (...args: string[]) => runPython(environment, program, args, { env });
    const bytes = randomBytes(2_000_001);
    fs.writeFileSync(path.join(home, 'big'), bytes);
    fs.writeFileSync(path.join(home, 'small ü %'), 'hello');
    try {
      await gsutil('cp', path.join(home, 'big'), path.join(home, 'small ü %'), 'gs://data/');
      await gsutil('compose', 'gs://data/small ü %', 'gs://data/big', 'gs://data/joined');
      await gsutil('cp', 'gs://data/joined', path.join(home, 'back'));
      const joined = Buffer.concat([Buffer.from('hello'), bytes]);
      expect(fs.readFileSync(path.join(home, 'back')).equals(joined)).toBe(true);
      expect(secure.uris()).toEqual(['gs://data/big', 'gs://data/joined', 'gs://data/small ü %']);
      expect(secure.counts.requests('upload.begin', 'object.insert')).toBe(2);
    } finally {
      await secure.stop();
    }
  });
});

function botoConfig(port: number, home: string): string {
  return `[Credentials]
gs_json_host = 127.0.0.1
gs_json_port = ${port}
[Boto]
https_validate_certificates = False
[GSUtil]
prefer_api = json
resumable_threshold = 1000000
state_dir = ${path.join(home, 'state')}
`;
}

const READ = `
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage
bucket = storage.Client(project="p", credentials=AnonymousCredentials()).bucket("data")
blob = bucket.get_blob("ours 100 %/ü.txt")
print(blob.download_as_text(), blob.content_type)
bucket.blob("theirs").upload_from_string("from them")
`;

/** No dependency of ours: it is installed into the cache of the tests. */
const OFFICIAL = '@google-cloud/storage';

interface OfficialFile {
  readonly name: string;
  save(content: string, options: object): Promise<void>;
  download(options: object): Promise<[Buffer]>;
  copy(to: OfficialFile): Promise<unknown>;
  createResumableUpload(): Promise<[string]>;
  createWriteStream(options: object): NodeJS.WritableStream;
}

interface OfficialBucket {
  file(name: string): OfficialFile;
  upload(file: string, options: object): Promise<unknown>;
  combine(names: readonly string[], to: string): Promise<unknown>;
  getFiles(): Promise<[OfficialFile[]]>;
}

/** Google's own client, as far as the tests use it. */
function openOfficial(apiEndpoint: string): { bucket(name: string): OfficialBucket } {
  const require = createRequire(path.join(installTool(OFFICIAL, '8.4.0'), 'package.json'));
  const { Storage } = require(OFFICIAL);
  const { PassThroughClient } = require('google-auth-library');
  return new Storage({ apiEndpoint, projectId: 'test-project', authClient: new PassThroughClient() });
}

import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createSecret } from '../../../../src/lib/config/secrets.ts';
import type { ExtensionOptions } from '../../../../src/lib/extend/contract.ts';
import create from '../../../../src/lib/storage/gs/storage.ts';
import type { StorageChange } from '../../../../src/lib/storage/types.ts';
import { createTestContext } from '../../../helpers/extension-context.ts';
import { type GcsStandInOptions, startGcsStandIn } from '../../../helpers/gcs-stand-in/start.ts';
import { bytesOf, collect, never } from './gs-world.ts';

const signal = never;

async function open(options: ExtensionOptions = {}, server: GcsStandInOptions = {}, env: Record<string, string> = {}) {
  const standIn = await startGcsStandIn({ buckets: ['data'], ...server });
  onTestFinished(() => standIn.stop());
  const context = createTestContext({ env: { STORAGE_EMULATOR_HOST: standIn.uri, HOME: '/nonexistent', ...env } });
  return { server: standIn, storage: await create({ retryDelayMs: 1, ...options }, context) };
}

const body = async function* (text: string) {
  yield Buffer.from(text);
};

describe('the adapter for gs', () => {
  test('writes, describes, reads and deletes at the server that STORAGE_EMULATOR_HOST names', async () => {
    const { server, storage } = await open();
    const written = await storage.write('gs://data/a b.txt', body('hello'), { signal, contentType: 'text/plain' });
    expect(await storage.stat('gs://data/a b.txt', { signal })).toEqual(written);
    expect((await bytesOf(storage.read('gs://data/a b.txt', { signal }))).toString()).toBe('hello');
    expect(await storage.delete('gs://data/a b.txt', { signal })).toBe(true);
    expect(server.uris()).toEqual([]);
  });

  test('the endpoint of the project goes before the variable', async () => {
    const { server } = await open();
    const context = createTestContext({ env: { STORAGE_EMULATOR_HOST: '127.0.0.1:1' } });
    const storage = await create({ endpoint: server.uri.replace('http://', '') }, context);
    expect(await storage.stat('gs://data/none', { signal })).toBeNull();
  });

  test('the credentials of this machine are not for an emulator', async () => {
    const { server, storage } = await open({}, {}, { GOOGLE_APPLICATION_CREDENTIALS: '/nonexistent/key.json' });
    await storage.stat('gs://data/none', { signal });
    expect(server.counts.records[0]?.headers['authorization']).toBeUndefined();
  });

  test('those that the profile names go there, and the token is taken from a secret', async () => {
    const token = createSecret('gcs', async () => 'a-token-of-the-profile');
    const { storage } = await open({ auth: 'token', token }, { tokens: ['a-token-of-the-profile'] });
    expect(await storage.stat('gs://data/none', { signal })).toBeNull();
  });

  test.each(['token', 'keyfile', 'impersonation', 'workload-identity'])(
    'no credentials (%s) go over an open connection to another machine',
    async auth => {
      const endpoint = 'http://storage.example.com:4443';
      await expect(create({ endpoint, auth, token: 'secret-token' }, createTestContext())).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining(endpoint),
        hint: expect.stringContaining('https'),
      });
      await create({ endpoint, auth: 'none' }, createTestContext());
    },
  );

  test('a token that was refused and cannot be renewed is told', async () => {
    const { server, storage } = await open({ auth: 'token', token: 'ended-token' }, { tokens: ['another'] });
    await expect(storage.stat('gs://data/x', { signal })).rejects.toMatchObject({
      code: 'AUTH_FAILED',
      message: expect.stringContaining('the access token of the profile was refused'),
    });
    expect(server.counts.records).toHaveLength(1);
  });

  test('without credentials the way to them is told before anything is sent', async () => {
    const env = { HOME: '/nonexistent', GCE_METADATA_HOST: '127.0.0.1:1' };
    const storage = await create({}, createTestContext({ env }));
    await expect(storage.stat('gs://data/x', { signal })).rejects.toMatchObject({
      code: 'AUTH_FAILED',
      message: expect.stringMatching(
        /GOOGLE_APPLICATION_CREDENTIALS is not set.*application_default_credentials\.json/,
      ),
      hint: expect.stringContaining('gcloud auth application-default login'),
    });
  });
});

describe('watching', () => {
  test('tells what comes, changes and goes', async () => {
    const { server, storage } = await open();
    server.put('gs://data/in/old', '1');
    const abort = new AbortController();
    const seen: string[] = [];
    const watching = (async () => {
      const changes = storage.watch?.('gs://data/in/', { signal: abort.signal, intervalMs: 5, existing: true });
      for await (const { type, object } of changes as AsyncIterable<StorageChange>) seen.push(`${type} ${object.uri}`);
    })();
    await expect.poll(() => seen).toEqual(['added gs://data/in/old']);
    server.put('gs://data/in/new', '2');
    server.put('gs://data/elsewhere', '2');
    await expect.poll(() => seen).toContain('added gs://data/in/new');
    await sleep(2);
    server.put('gs://data/in/old', '3');
    await expect.poll(() => seen).toContain('changed gs://data/in/old');
    await storage.delete('gs://data/in/new', { signal });
    await expect.poll(() => seen).toContain('removed gs://data/in/new');
    abort.abort();
    await watching;
    expect(seen).toHaveLength(4);
  });

  test('an abort in the middle of a look removes nothing', async () => {
    const { server, storage } = await open();
    server.put('gs://data/x', '1');
    const abort = new AbortController();
    const seen: StorageChange[] = [];
    const watching = (async () => {
      const options = { signal: abort.signal, intervalMs: 1, existing: true };
      for await (const change of storage.watch?.('gs://data/', options) ?? []) seen.push(change);
    })();
    await expect.poll(() => seen.length).toBe(1);
    server.faults.add({ kind: 'slow', delayMs: 10_000, on: 'object.list', times: 100 });
    await sleep(30);
    abort.abort();
    await watching;
    expect(seen.map(({ type }) => type)).toEqual(['added']);
  });
});

describe('buckets', () => {
  test('are made in the project and place of the options, not open to the public', async () => {
    const { server, storage } = await open({ project: 'my-project', location: 'europe-west4' });
    const lifecycle = [{ prefix: 'predictions/', days: 90 }];
    const labels = { team: 'nlp' };
    expect(await storage.buckets?.create('gs://made', { signal, lifecycle, labels })).toEqual({
      uri: 'gs://made',
      location: 'EUROPE-WEST4',
      storageClass: 'STANDARD',
      created: expect.any(String),
      lifecycle,
    });
    const record = server.counts.records.at(-1);
    expect(record?.url).toContain('project=my-project');
    expect(server.store.buckets.get('made')?.fields).toMatchObject({
      labels,
      iamConfiguration: { uniformBucketLevelAccess: { enabled: true }, publicAccessPrevention: 'enforced' },
    });
  });

  test('a name that is ours already, and one that is somebody else’s', async () => {
    const { storage } = await open({}, { foreignBuckets: ['theirs'] });
    await expect(storage.buckets?.create('gs://data', { signal })).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { owner: 'self' },
    });
    await expect(storage.buckets?.create('gs://theirs', { signal })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'the bucket name theirs is taken by somebody else',
      details: { owner: 'other' },
    });
  });

  test('one whose answer is lost was made', async () => {
    const { server, storage } = await open();
    server.faults.add({ kind: 'noAnswer', on: 'bucket.insert' });
    expect(await storage.buckets?.create('gs://made', { signal })).toMatchObject({ uri: 'gs://made' });
  });

  test('without a project nothing is made at Google, and it is told which setting is missing', async () => {
    const context = createTestContext({ env: {} });
    const storage = await create({ auth: 'none' }, context);
    const refusal = { code: 'CONFIG_INVALID', hint: expect.stringContaining('storage.project') };
    await expect(storage.buckets?.create('gs://made', { signal })).rejects.toMatchObject(refusal);
    await expect(collect(storage.buckets?.list({ signal }) ?? [])).rejects.toMatchObject(refusal);
  });

  test('the project may come from the environment', async () => {
    const { server, storage } = await open({}, {}, { GOOGLE_CLOUD_PROJECT: 'from-env' });
    await storage.buckets?.create('gs://made', { signal });
    expect(server.counts.records.at(-1)?.url).toContain('project=from-env');
  });

  test('are listed by project', async () => {
    const { storage } = await open({ project: 'p' });
    for (const name of ['one', 'two']) await storage.buckets?.create(`gs://${name}`, { signal });
    const listed = await collect(storage.buckets?.list({ signal }) ?? []);
    expect(listed.map(({ uri }) => uri)).toEqual(['gs://one', 'gs://two']);
    expect(await collect(storage.buckets?.list({ signal, project: 'other' }) ?? [])).toEqual([]);
  });

  test('their rules by age are replaced; rules of other kinds stay', async () => {
    const { server, storage } = await open();
    const cold = { action: { type: 'SetStorageClass', storageClass: 'COLDLINE' }, condition: { age: 30 } };
    const versions = { action: { type: 'Delete' }, condition: { age: 1, isLive: false } };
    const old = { action: { type: 'Delete' }, condition: { age: 3, matchesPrefix: ['a/', 'b/'] } };
    const bucket = server.store.buckets.get('data');
    Object.assign(bucket?.fields ?? {}, { lifecycle: { rule: [cold, versions, old] } });
    expect((await storage.buckets?.describe('gs://data', { signal }))?.lifecycle).toEqual([
      { prefix: 'a/', days: 3 },
      { prefix: 'b/', days: 3 },
    ]);
    const rules = [{ prefix: '', days: 7 }];
    expect((await storage.buckets?.setLifecycle('gs://data', rules, { signal }))?.lifecycle).toEqual(rules);
    const kept = server.store.buckets.get('data')?.fields as { lifecycle?: { rule?: unknown[] } } | undefined;
    expect(kept?.lifecycle?.rule).toEqual([cold, versions, { action: { type: 'Delete' }, condition: { age: 7 } }]);
  });

  test('rules of a bucket that is not there', async () => {
    const { storage } = await open();
    await expect(storage.buckets?.setLifecycle('gs://none-such', [], { signal })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

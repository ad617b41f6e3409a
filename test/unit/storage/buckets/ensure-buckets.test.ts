import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ensureBuckets } from '../../../../src/lib/storage/buckets/ensure-buckets.ts';
import { listBuckets } from '../../../../src/lib/storage/buckets/list-buckets.ts';
import { openCloud, openProject, ROLES } from './project.ts';

describe('making the buckets of a project', () => {
  test('makes what is missing, and nothing the second time', async () => {
    const { server, call } = await openCloud({ buckets: ['me-code'] });
    const first = await ensureBuckets({ ...call, dryRun: false });
    expect(first).toMatchObject({ created: 6, updated: 0, failed: 0 });
    expect([...server.store.buckets.keys()].sort()).toEqual(ROLES.map(role => `me-${role}`).sort());
    server.counts.reset();
    const second = await ensureBuckets({ ...call, dryRun: false });
    expect(second).toMatchObject({ created: 0, updated: 0, failed: 0 });
    expect(server.counts.records.every(({ method }) => method === 'GET')).toBe(true);
  });

  test('gives new ones the labels, the place and the rule of the project', async () => {
    const more = 'project: { labels: { team: "NLP & co" } }\nretention: { predictionsDays: 7 }\n';
    const { server, call } = await openCloud({}, more);
    await ensureBuckets({ ...call, dryRun: false });
    expect(server.store.buckets.get('me-predictions')?.fields).toMatchObject({
      location: 'US-CENTRAL1',
      labels: { team: 'nlp---co' },
      lifecycle: { rule: [{ action: { type: 'Delete' }, condition: { age: 7, matchesPrefix: ['predictions/'] } }] },
    });
  });

  test('with dryRun nothing is made or changed', async () => {
    const { server, call } = await openCloud({ buckets: ['me-predictions'] });
    const plan = await ensureBuckets({ ...call, dryRun: true });
    expect(plan).toMatchObject({ created: 6, updated: 1, failed: 0, dryRun: true });
    expect(server.counts.records.every(({ method }) => method === 'GET')).toBe(true);
  });

  test('a bucket that is there gets the rule for predictions; rules of others stay', async () => {
    const { server, call } = await openCloud({ buckets: ['me-predictions'] });
    const mine = { action: { type: 'Delete' }, condition: { age: 3, matchesPrefix: ['tmp/'] } };
    const older = { action: { type: 'Delete' }, condition: { age: 365, matchesPrefix: ['predictions/'] } };
    Object.assign(server.store.buckets.get('me-predictions')?.fields ?? {}, { lifecycle: { rule: [mine, older] } });
    const { buckets } = await ensureBuckets({ ...call, dryRun: false });
    expect(buckets.find(({ uri }) => uri === 'gs://me-predictions')).toMatchObject({
      action: 'updated',
      lifecycle: [
        { prefix: 'tmp/', days: 3 },
        { prefix: 'predictions/', days: 90 },
      ],
    });
  });

  test('a name that is somebody else’s is told, and does not stop the others', async () => {
    const { call } = await openCloud({ foreignBuckets: ['me-raw'] });
    const { buckets, created, failed } = await ensureBuckets({ ...call, dryRun: false });
    expect([created, failed]).toEqual([6, 1]);
    expect(buckets.find(({ uri }) => uri === 'gs://me-raw')).toMatchObject({
      action: 'failed',
      problem: {
        code: 'PERMISSION_DENIED',
        message: expect.stringContaining('the name is taken'),
        hint: expect.stringContaining('--var bucket=NAME'),
      },
    });
  });

  test('one whose settings are hidden and whose objects are ours is used', async () => {
    const { server, call } = await openCloud({ buckets: ROLES.map(role => `me-${role}`) });
    server.faults.add({ kind: 'status', status: 403, on: 'bucket.get', bucket: 'me-raw', message: 'no' });
    const { buckets, failed } = await ensureBuckets({ ...call, dryRun: false });
    expect(failed).toBe(0);
    expect(buckets.find(({ uri }) => uri === 'gs://me-raw')).toMatchObject({
      action: 'kept',
      notes: [expect.stringContaining('storage.buckets.get')],
    });
  });

  test('one of another project, in another place, is used with a word about it', async () => {
    const { call } = await openCloud({ buckets: ['me-code'], project: 'another' });
    const { buckets } = await ensureBuckets({ ...call, dryRun: false });
    expect(buckets.find(({ uri }) => uri === 'gs://me-code')).toMatchObject({
      action: 'kept',
      location: 'US',
      notes: [expect.stringContaining('storage.location says US-CENTRAL1'), expect.stringContaining('another project')],
    });
  });

  test('two at the same time do not stand in each other’s way', async () => {
    const { call } = await openCloud();
    const [one, two] = await Promise.all([1, 2].map(() => ensureBuckets({ ...call, dryRun: false })));
    expect([one?.failed, two?.failed]).toEqual([0, 0]);
  });

  test('without credentials all of it ends, with the way to them', async () => {
    const { call } = await openProject('version: 1\nbuckets: { raw: gs://me-raw }\nstorage: { project: me }\n');
    await expect(ensureBuckets({ ...call, dryRun: false })).rejects.toMatchObject({ code: 'AUTH_FAILED' });
  });

  test('folders are made where the project is, and kept', async () => {
    const { dir, call } = await openProject('version: 1\n');
    expect(await ensureBuckets({ ...call, dryRun: true })).toMatchObject({ created: 7 });
    expect(fs.existsSync(path.join(dir, '.sentops'))).toBe(false);
    expect(await ensureBuckets({ ...call, dryRun: false })).toMatchObject({ created: 7, failed: 0 });
    expect(fs.readdirSync(path.join(dir, '.sentops/buckets')).sort()).toEqual([...ROLES].sort());
    expect(await ensureBuckets({ ...call, dryRun: false })).toMatchObject({ created: 0, failed: 0 });
  });

  test('a file in the place of a folder is a failure of that one', async () => {
    const { dir, call } = await openProject('version: 1\n');
    fs.mkdirSync(path.join(dir, '.sentops/buckets'), { recursive: true });
    fs.writeFileSync(path.join(dir, '.sentops/buckets/raw'), '');
    expect(await ensureBuckets({ ...call, dryRun: false })).toMatchObject({ created: 6, failed: 1 });
  });
});

describe('looking at the buckets of a project', () => {
  test('says of each how it stands', async () => {
    const { call } = await openCloud({ buckets: ['me-code'], foreignBuckets: ['me-raw'] });
    const { items } = await listBuckets({ ...call, all: false });
    expect(items.map(({ roles, state, code }) => [roles[0], state, code])).toEqual(
      ROLES.map(role => {
        if (role === 'code') return [role, 'there', null];
        return role === 'raw' ? [role, 'denied', 'PERMISSION_DENIED'] : [role, 'missing', null];
      }),
    );
  });

  test('one that cannot be asked for now does not hide the others', async () => {
    const { server, call } = await openCloud({ buckets: ['me-code'] });
    server.faults.add({ kind: 'status', status: 400, on: 'bucket.get', bucket: 'me-raw', message: 'odd' });
    const { items } = await listBuckets({ ...call, all: false });
    expect(items.filter(({ state }) => state === 'failed').map(({ uri }) => uri)).toEqual(['gs://me-raw']);
  });

  test('all of the cloud project, those with roles first', async () => {
    const { call } = await openCloud({ buckets: ['me-code', 'unrelated'] });
    const { items } = await listBuckets({ ...call, all: true });
    expect(items).toHaveLength(8);
    expect(items.at(-1)).toMatchObject({ uri: 'gs://unrelated', roles: [], state: 'there' });
  });
});

import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import { type SyncCall, syncFolders } from '../../../../src/lib/storage/operate/sync/sync-folders.ts';
import { createWorkplace, failureOf, type Workplace } from './workplace.ts';

let here: Workplace;
let asked: number[];
beforeEach(async () => {
  here = await createWorkplace();
  asked = [];
  for (const name of ['a', 'b', 'd/c ü', 'd/e']) here.put(`data/${name}`);
});
afterEach(() => here.close());

const sync = (source: string, target: string, more: Partial<SyncCall> = {}) =>
  syncFolders({
    ...here.call,
    source,
    target,
    recursive: true,
    deleteExtra: false,
    noClobber: false,
    byTime: false,
    exclude: [],
    dryRun: false,
    confirm: async ({ extra }) => void asked.push(extra.length),
    ...more,
  });
const counts = ({ copied, deleted, same, kept, failed }: Awaited<ReturnType<typeof sync>>) =>
  `${copied} copied, ${deleted} deleted, ${same} same, ${kept} kept, ${failed} failed`;

describe.each([
  ['a bucket', 'gs://bucket/data'],
  ['a folder', 'copy'],
])('to %s', (_name, target) => {
  const other = `${target}/d/other`;
  const change = (text: string) =>
    target.startsWith('gs:') ? void here.gcs.put(`${target}/a`, text) : here.put(`${target}/a`, text);
  const addOther = () => (target.startsWith('gs:') ? void here.gcs.put(other, 'x') : here.put(other));
  const names = () =>
    target.startsWith('gs:') ? here.objects().map(one => one.replace('bucket/data/', '')) : here.tree(target);

  test('all comes, then nothing, then only what differs', async () => {
    expect(counts(await sync('data', target))).toBe('4 copied, 0 deleted, 0 same, 0 kept, 0 failed');
    const again = await sync('data/', `${target}/`);
    expect([counts(again), again.items]).toEqual(['0 copied, 0 deleted, 4 same, 0 kept, 0 failed', []]);
    here.put('data/b', 'changed');
    change('A');
    const { items, ...third } = await sync('data', target);
    expect([items.map(({ to }) => to), third.same]).toEqual([[`${target}/a`, `${target}/b`], 2]);
    expect(counts(await sync(target, 'back'))).toContain('4 copied');
    expect(here.text('back/b')).toBe('changed');
  });

  test('the same size with other bytes is seen', async () => {
    await sync('data', target);
    here.put('data/a', 'DATA/A');
    expect(counts(await sync('data', target))).toContain('1 copied');
  });

  test('--by-time takes the same size for the same, unless the source is newer', async () => {
    await sync('data', target);
    here.put('data/a', 'DATA/A');
    fs.utimesSync(here.at('data/a'), 0, 1_000_000_000);
    fs.utimesSync(here.at('data/b'), 0, 4_000_000_000);
    const { items } = await sync('data', target, { byTime: true });
    expect(items.map(({ from }) => from)).toEqual(['data/b']);
  });

  test('--delete-extra deletes after asking, a dry run does not', async () => {
    await sync('data', target);
    addOther();
    expect(counts(await sync('data', target))).toContain('0 deleted');
    const plan = await sync('data', target, { deleteExtra: true, dryRun: true });
    expect(plan.items).toMatchObject([{ from: null, to: other, state: 'planned' }]);
    expect([names().includes('d/other'), asked]).toEqual([true, []]);
    const done = await sync('data', target, { deleteExtra: true });
    expect([counts(done), asked]).toEqual(['0 copied, 1 deleted, 4 same, 0 kept, 0 failed', [1]]);
    expect(names()).toEqual(['a', 'b', 'd/c ü', 'd/e']);
  });

  test('who does not agree to the deletion changes nothing at all', async () => {
    addOther();
    const confirm = async () => {
      throw new SentopsError('CONFIRMATION_REQUIRED', 'no');
    };
    const work = sync('data', target, { deleteExtra: true, confirm });
    expect(await failureOf(work)).toMatchObject({ code: 'CONFIRMATION_REQUIRED' });
    expect(names()).toEqual(['d/other']);
  });

  test('an empty source empties nothing', async () => {
    await sync('data', target);
    fs.mkdirSync(here.at('empty'));
    expect(await failureOf(sync('empty', target, { deleteExtra: true }))).toMatchObject({ code: 'CONFLICT' });
    expect(names()).toHaveLength(4);
  });

  test('--no-clobber only adds', async () => {
    change('theirs');
    expect(counts(await sync('data', target, { noClobber: true }))).toBe(
      '3 copied, 0 deleted, 0 same, 1 kept, 0 failed',
    );
    const text = target.startsWith('gs:') ? here.gcs.content(`${target}/a`)?.toString() : here.text(`${target}/a`);
    expect(text).toBe('theirs');
  });

  test('--exclude leaves alone on both sides, and without -r only what lies there directly', async () => {
    addOther();
    const more = { exclude: ['d/**'], deleteExtra: true };
    expect(counts(await sync('data', target, more))).toBe('2 copied, 0 deleted, 0 same, 0 kept, 0 failed');
    expect(names()).toEqual(['a', 'b', 'd/other']);
    expect(counts(await sync('data', `${target}2`, { recursive: false }))).toContain('2 copied');
  });
});

test.each(['copy', './copy/', ''])(
  'what lies behind a link in the target (%j) is of another place and not deleted',
  async target => {
    const given = target === '' ? `file://${here.at('copy')}` : target;
    await sync('data', given);
    here.put('precious/only-here', 'x');
    fs.symlinkSync('../precious', here.at('copy/link'));
    fs.symlinkSync('../precious/only-here', here.at('copy/one'));
    here.put('copy/extra', 'x');
    const { items } = await sync('data', given, { deleteExtra: true });
    expect(items.map(({ to }) => to.replace(/.*copy./, ''))).toEqual(['extra', 'one']);
    expect(here.text('precious/only-here')).toBe('x');
    expect(here.tree('copy')).toEqual(['a', 'b', 'd/c ü', 'd/e', 'link']);
  },
);

test('what somebody else writes meanwhile is not written over', async () => {
  await sync('data', 'gs://bucket');
  here.put('data/a', 'mine');
  here.put('data/new', 'mine');
  here.gcs.put('gs://bucket/extra', 'x');
  const confirm = async () => {
    for (const name of ['a', 'new']) here.gcs.put(`gs://bucket/${name}`, 'theirs');
  };
  const { items } = await sync('data', 'gs://bucket', { deleteExtra: true, confirm });
  expect(items.map(({ state, error }) => [state, error?.code])).toEqual([
    ['failed', 'CONFLICT'],
    ['failed', 'CONFLICT'],
  ]);
  for (const name of ['a', 'new']) expect(here.gcs.content(`gs://bucket/${name}`)?.toString()).toBe('theirs');
});

test('parts of uploads that are under way are neither copied nor deleted', async () => {
  const part = 'gs://bucket/.sentops-parts/0123456789abcdef01234567/00';
  here.gcs.put(part, 'x');
  await sync('data', 'gs://bucket', { deleteExtra: true });
  expect(here.gcs.content(part)?.toString()).toBe('x');
  await sync('gs://bucket', 'copy');
  expect(here.tree('copy')).toEqual(['a', 'b', 'd/c ü', 'd/e']);
});

test('nothing is deleted where something could not be copied', async () => {
  here.gcs.put('gs://bucket/old', 'x');
  here.gcs.faults.add({ kind: 'status', status: 403, on: 'object.insert' });
  const result = await sync('data', 'gs://bucket', { deleteExtra: true });
  expect(counts(result)).toBe('3 copied, 0 deleted, 0 same, 0 kept, 1 failed');
  expect(here.objects()).toContain('bucket/old');
});

test('a bucket that keeps checksums is compared without reading it', async () => {
  await sync('data', 'gs://bucket');
  here.gcs.counts.reset();
  await sync('data', 'gs://bucket');
  expect([here.gcs.counts.sent(), here.gcs.counts.received()]).toEqual([0, 0]);
});

test('between buckets, and names that no file can have', async () => {
  for (const name of ['x/a', 'x/../b']) here.gcs.put(`gs://bucket/${name}`, 'x');
  expect(counts(await sync('gs://bucket/x', 'gs://other/y'))).toContain('2 copied');
  expect(here.objects()).toContain('other/y/../b');
  expect(counts(await sync('gs://bucket/x', 'got'))).toContain('1 copied, 0 deleted, 0 same, 0 kept, 1 failed');
  expect(here.tree('got')).toEqual(['a']);
});

test.each([
  ['data/a', 'gs://bucket', 'FLAG_INVALID', 'no folder'],
  ['data', 'sentops.yaml', 'CONFLICT', 'is a file'],
  ['data', 'data', 'FLAG_INVALID', 'lie in each other'],
  ['data', 'data/d', 'FLAG_INVALID', 'lie in each other'],
  ['data/d', 'data', 'FLAG_INVALID', 'lie in each other'],
  ['dta', 'gs://bucket', 'NOT_FOUND', 'nothing at dta'],
  ['gs://bucket/x', 'data', 'NOT_FOUND', 'nothing at'],
])('%s to %s is %s', async (source, target, code, message) => {
  expect(await failureOf(sync(source, target))).toMatchObject({ code, message: expect.stringMatching(message) });
  expect([here.objects(), here.tree('data').length]).toEqual([[], 4]);
});

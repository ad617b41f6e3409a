import fs from 'node:fs';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { crc32c, encodeCrc32c } from '../../../../src/lib/storage/crc32c.ts';
import { type CopyCall, copyObjects } from '../../../../src/lib/storage/operate/copy/copy-objects.ts';
import { createWorkplace, failureOf, type Workplace } from './workplace.ts';

let here: Workplace;
beforeEach(async () => {
  here = await createWorkplace();
});
afterEach(() => here.close());

const copy = (locations: string[], more: Partial<CopyCall> = {}) =>
  copyObjects({
    ...here.call,
    locations,
    recursive: false,
    noClobber: false,
    dryRun: false,
    stream: async () => {},
    ...more,
  });
const deep = (...locations: string[]) => copy(locations, { recursive: true });
const targets = async (work: ReturnType<typeof copy>) => (await work).items.map(({ to }) => to);

describe('one file', () => {
  test.each([
    ['gs://bucket', 'gs://bucket/a.csv'],
    ['gs://bucket/', 'gs://bucket/a.csv'],
    ['gs://bucket/x', 'gs://bucket/x'],
    ['gs://bucket/x/', 'gs://bucket/x/a.csv'],
    ['gs://bucket/there', 'gs://bucket/there/a.csv'],
    ['out', 'out'],
    ['out/', 'out/a.csv'],
    ['new/deep/b.csv', 'new/deep/b.csv'],
    ['folder', 'folder/a.csv'],
    ['.', './a.csv'],
    ['raw:', '.sentops/buckets/raw/a.csv'],
    ['raw:x/b.csv', '.sentops/buckets/raw/x/b.csv'],
  ])('to %s becomes %s', async (target, expected) => {
    here.put('data/a.csv', 'hello');
    here.put('folder/other');
    here.gcs.put('gs://bucket/there/other', 'x');
    const { items, copied, bytes } = await copy(['data/a.csv', target]);
    expect(items.map(({ to }) => to)).toEqual([expected]);
    expect([copied, bytes]).toEqual([1, 5]);
    const stored = expected.startsWith('gs://') ? here.gcs.content(expected)?.toString() : here.text(expected);
    expect(stored).toBe('hello');
  });

  test('comes back the same, with its checksum and its generation there', async () => {
    here.put('a.csv', 'hello');
    const up = (await copy(['a.csv', 'gs://bucket/'])).items[0];
    const crc = encodeCrc32c(crc32c(Buffer.from('hello')));
    expect(up).toMatchObject({ state: 'copied', bytes: 5, crc32c: crc, error: null, resumedFrom: 0 });
    expect(up?.generation).toMatch(/^\d+$/);
    const down = (await copy(['gs://bucket/a.csv', 'b.csv'])).items[0];
    expect(down).toMatchObject({ crc32c: crc, generation: null });
    expect(here.text('b.csv')).toBe('hello');
  });

  test('tells its content type by its name', async () => {
    here.put('a.csv');
    await copy(['a.csv', 'gs://bucket/']);
    expect(here.gcs.store.buckets.get('bucket')?.objects.get('a.csv')?.fields['contentType']).toBe('text/csv');
  });

  test('goes from bucket to bucket without its bytes coming here', async () => {
    here.gcs.put('gs://bucket/a', 'hello');
    await copy(['gs://bucket/a', 'gs://other/']);
    expect(here.gcs.content('gs://other/a')?.toString()).toBe('hello');
    expect(here.gcs.counts.sent()).toBe(0);
  });

  test('an object is preferred to a folder of the same name, as source and as target', async () => {
    here.gcs.put('gs://bucket/x', 'object');
    here.gcs.put('gs://bucket/x/y', 'inside');
    expect(await targets(copy(['gs://bucket/x', 'got']))).toEqual(['got']);
    here.put('a');
    expect(await targets(copy(['a', 'gs://bucket/x']))).toEqual(['gs://bucket/x']);
  });
});

describe('several', () => {
  test('go into a folder', async () => {
    for (const name of ['a', 'b', 'folder/c']) here.put(name);
    expect(await targets(copy(['a', 'b', 'gs://bucket/new']))).toEqual(['gs://bucket/new/a', 'gs://bucket/new/b']);
    expect(await targets(copy(['a', 'b', 'folder']))).toEqual(['folder/a', 'folder/b']);
    expect(await targets(copy(['a', 'b', 'made/']))).toEqual(['made/a', 'made/b']);
  });

  test('do not make a folder by the way where a name was forgotten', async () => {
    for (const name of ['a', 'b']) here.put(name);
    expect(await failureOf(copy(['a', 'b', 'c']))).toMatchObject({
      code: 'NOT_FOUND',
      hint: expect.stringMatching('c/'),
    });
    expect(here.tree()).toEqual(['a', 'b', 'sentops.yaml']);
  });

  test.each(['a', 'gs://bucket/a', 'a/'])('cannot take the place of the file %s', async target => {
    for (const name of ['a', 'b', 'c']) here.put(name);
    here.gcs.put('gs://bucket/a', 'stays');
    expect(await failureOf(copy(['b', 'c', target]))).toMatchObject({ code: 'CONFLICT' });
    expect(here.text('a') + here.gcs.content('gs://bucket/a')).toBe('astays');
  });

  test('of the same name are refused before one is written over', async () => {
    here.put('x/a.csv', 'first');
    here.put('y/a.csv', 'second');
    const { code, message } = await failureOf(copy(['x/a.csv', 'y/a.csv', 'gs://bucket/']));
    expect([code, message]).toEqual([
      'FLAG_INVALID',
      'two sources would both become gs://bucket/a.csv: x/a.csv and y/a.csv',
    ]);
    expect(here.objects()).toEqual([]);
  });

  test('named twice are copied once', async () => {
    here.put('a');
    expect(await targets(copy(['a', 'a', '*', 'gs://bucket/']))).toEqual(['gs://bucket/a', 'gs://bucket/sentops.yaml']);
  });
});

describe('patterns', () => {
  beforeEach(() => {
    for (const name of ['a.csv', 'b.csv', 'c.txt', 'd/e.csv', 'd/f/g.csv']) here.gcs.put(`gs://bucket/${name}`, name);
  });

  test('match objects, and folders only with -r', async () => {
    expect(await targets(copy(['gs://bucket/*.csv', '.']))).toEqual(['./a.csv', './b.csv']);
    expect(await targets(copy(['gs://bucket/*', 'all/']))).toEqual(['all/a.csv', 'all/b.csv', 'all/c.txt']);
    await copy(['gs://bucket/*', 'deep/'], { recursive: true });
    expect(here.tree('deep')).toEqual(['a.csv', 'b.csv', 'c.txt', 'd/e.csv', 'd/f/g.csv']);
  });

  test('that match a single object still mean several', async () => {
    expect(await failureOf(copy(['gs://bucket/*.txt', 'new']))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await targets(copy(['gs://bucket/*.txt', 'new/']))).toEqual(['new/c.txt']);
  });

  test('nothing matches', async () => {
    const { code, message, hint } = await failureOf(copy(['gs://bucket/d/*.parquet', '.']));
    expect([code, message]).toEqual(['NOT_FOUND', 'nothing matches gs://bucket/d/*.parquet']);
    expect(hint).toContain('sentops storage ls gs://bucket/d/');
  });

  test('a name that is there as it stands is no pattern', async () => {
    here.put('x[1].csv', 'odd');
    here.put('x1.csv', 'plain');
    expect(await targets(copy(['x[1].csv', 'gs://bucket/']))).toEqual(['gs://bucket/x[1].csv']);
    expect(await targets(copy(['gs://bucket/x[1].csv', 'got/']))).toEqual(['got/x[1].csv']);
    expect(here.text('got/x[1].csv')).toBe('odd');
  });

  test('hidden files of this machine are left to who names them', async () => {
    for (const name of ['in/.hidden', 'in/seen', 'in/.dir/x']) here.put(name);
    expect(await targets(copy(['in/*', 'gs://other/']))).toEqual(['gs://other/seen']);
    expect(await targets(copy(['in/**', 'gs://other/']))).toEqual(['gs://other/seen']);
    expect(await targets(copy(['in/.*', 'gs://other/']))).toEqual(['gs://other/.hidden']);
  });
});

describe('folders', () => {
  beforeEach(() => {
    for (const name of ['data/a.csv', 'data/sub/b ü%.csv', 'data/sub/😀[*].txt']) here.put(name);
  });

  test('to a name that is not there become it, into one that is they keep theirs', async () => {
    await deep('data', 'gs://bucket/new');
    const first = ['bucket/new/a.csv', 'bucket/new/sub/b ü%.csv', 'bucket/new/sub/😀[*].txt'];
    expect(here.objects()).toEqual(first);
    await deep('data/', 'gs://bucket/new');
    expect(here.objects()).toEqual([...first, ...first.map(name => name.replace('new/', 'new/data/'))].sort());
  });

  test.each(['gs://other/x/', 'gs://other/x', 'out/', 'out'])('come back from %s', async target => {
    await deep('data', target);
    await deep(target, 'back');
    const start = target.endsWith('/') ? 'data/' : '';
    expect(here.tree('back')).toEqual(['a.csv', 'sub/b ü%.csv', 'sub/😀[*].txt'].map(name => start + name));
    expect(here.text(`back/${start}sub/b ü%.csv`)).toBe('data/sub/b ü%.csv');
  });

  test('a whole bucket keeps its name, . is what is in it', async () => {
    here.gcs.put('gs://bucket/x/y', 'x');
    expect(await targets(deep('gs://bucket', 'folder/'))).toEqual(['folder/bucket/x/y']);
    const there = await targets(copy(['.', 'gs://other/'], { recursive: true, cwd: here.at('data') }));
    expect(there).toEqual(['gs://other/a.csv', 'gs://other/sub/b ü%.csv', 'gs://other/sub/😀[*].txt']);
  });

  test('need -r', async () => {
    const { code, hint } = await failureOf(copy(['data', 'gs://bucket/']));
    expect([code, hint]).toEqual(['FLAG_INVALID', 'add -r to copy what is in it']);
  });

  test.each(['data', 'data/', 'data/new', './data/sub', 'data/sub/x/'])(
    'are not copied into themselves: %s',
    async target => {
      expect(await failureOf(deep('data', target))).toMatchObject({ code: 'FLAG_INVALID' });
      expect(here.tree('data')).toHaveLength(3);
    },
  );

  test('nor through a link, nor in a bucket', async () => {
    fs.symlinkSync(here.at('data/sub'), here.at('link'));
    expect(await failureOf(deep('data', 'link/x'))).toMatchObject({ code: 'FLAG_INVALID' });
    here.gcs.put('gs://bucket/a/b', 'x');
    expect(await failureOf(deep('gs://bucket/a', 'gs://bucket/a/c'))).toMatchObject({ code: 'FLAG_INVALID' });
    expect(await targets(deep('gs://bucket/a', 'gs://bucket/ab'))).toEqual(['gs://bucket/ab/b']);
  });

  test('cannot take the place of a file', async () => {
    here.put('file');
    expect(await failureOf(deep('data', 'file'))).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching('folder'),
    });
    expect(here.text('file')).toBe('file');
  });

  test('without files give nothing', async () => {
    fs.mkdirSync(here.at('empty/inner'), { recursive: true });
    expect(await deep('empty', 'gs://bucket/')).toMatchObject({ items: [], copied: 0 });
  });

  test('links are followed, one that leads around in a circle and pipes are left out', async () => {
    fs.symlinkSync('..', here.at('data/sub/around'));
    fs.symlinkSync('a.csv', here.at('data/link.csv'));
    fs.symlinkSync('nowhere', here.at('data/dangling'));
    await deep('data', 'gs://bucket/d');
    expect(here.objects()).toContain('bucket/d/link.csv');
    expect(here.objects()).toHaveLength(4);
  });

  test('the empty objects that stand for folders elsewhere are no files here', async () => {
    here.gcs.put('gs://other/d/', '');
    here.gcs.put('gs://other/d/e/', '');
    here.gcs.put('gs://other/d/f', 'x');
    await deep('gs://other/d', 'got');
    expect(here.tree('got')).toEqual(['f']);
  });
});

describe('what cannot be', () => {
  test('source and target are the same', async () => {
    here.put('a');
    fs.linkSync(here.at('a'), here.at('hard'));
    fs.symlinkSync('a', here.at('soft'));
    here.gcs.put('gs://bucket/x', 'x');
    for (const pair of [
      ['a', 'a'],
      ['a', './a'],
      ['a', '.'],
      ['a', 'hard'],
      ['a', 'soft'],
      ['gs://bucket/x', 'gs://bucket'],
    ]) {
      const { failed, items } = await copy(pair);
      expect([pair, failed, items[0]?.error?.code]).toEqual([pair, 1, 'FLAG_INVALID']);
    }
    expect(here.text('a')).toBe('a');
  });

  test('names that lead out of the folder', async () => {
    for (const name of ['d/ok', 'd/../../../evil', 'd/a//b', 'd/./c', 'd/x/..'])
      here.gcs.put(`gs://bucket/${name}`, 'x');
    const { items, copied, failed } = await deep('gs://bucket/d', 'in/got');
    expect([copied, failed]).toEqual([1, 4]);
    expect(items.find(({ state }) => state === 'failed')?.error?.code).toBe('DATA_INVALID');
    expect(here.tree()).toEqual(['in/got/ok', 'sentops.yaml']);
  });

  test('a name that is a file and a folder: one comes, the other is told', async () => {
    for (const name of ['a', 'a/b', 'c']) here.gcs.put(`gs://bucket/${name}`, 'x');
    const { items } = await deep('gs://bucket', 'got/');
    expect(items.map(({ state }) => state).sort()).toEqual(['copied', 'copied', 'failed']);
    expect(items.find(({ state }) => state === 'failed')?.error?.code).toBe('NOT_WRITABLE');
  });

  test('a pipe is not waited for', async () => {
    const { execFileSync } = await import('node:child_process');
    execFileSync('mkfifo', [here.at('pipe')]);
    expect(await failureOf(copy(['pipe', 'gs://bucket/']))).toMatchObject({
      code: 'DATA_INVALID',
      hint: expect.stringMatching('-'),
    });
  });

  test('a location is empty, as that of a variable without a value', async () => {
    expect(await failureOf(copy(['', 'gs://bucket/']))).toMatchObject({
      code: 'FLAG_INVALID',
      hint: expect.stringMatching('variable'),
    });
  });

  test('a role is misspelled', async () => {
    expect(await failureOf(copy(['rwa:x', '.']))).toMatchObject({
      code: 'NOT_FOUND',
      hint: expect.stringMatching('raw:x'),
    });
  });

  test.each([
    ['gs:/bucket/x', 'gs://bucket/x'],
    ['file:/srv/x', 'file:///srv/x'],
  ])('a slash too few makes no folder of this machine: %s', async (given, meant) => {
    here.put('reviews.csv');
    expect(await failureOf(copy(['reviews.csv', given]))).toMatchObject({
      code: 'FLAG_INVALID',
      hint: expect.stringContaining(`did you mean ${meant}?`),
    });
    expect(fs.readdirSync(here.folder).sort()).toEqual(['reviews.csv', 'sentops.yaml']);
  });

  test('a role that nothing is like is told where the roles are', async () => {
    expect((await failureOf(copy(['elsewhere:x', '.']))).hint).toContain('sentops bucket list');
  });

  test('a missing source, with the name that was meant', async () => {
    here.put('reviews.csv');
    here.gcs.put('gs://bucket/data/reviews.csv', 'x');
    expect((await failureOf(copy(['review.csv', 'gs://bucket/']))).hint).toBe('did you mean reviews.csv?');
    expect((await failureOf(copy(['gs://bucket/dat/reviews.csv', '.']))).hint).toBe('did you mean gs://bucket/data/?');
    expect(here.objects()).toEqual(['bucket/data/reviews.csv']);
  });

  test('one object that may not be read does not keep the others back', async () => {
    for (const name of ['a', 'b', 'c']) here.gcs.put(`gs://bucket/${name}`, name);
    here.gcs.faults.add({ kind: 'status', status: 403, on: 'object.media', object: 'b', times: null });
    const { items } = await deep('gs://bucket', 'got');
    expect(items.map(({ state, error }) => [state, error?.code])).toEqual([
      ['copied', undefined],
      ['failed', 'PERMISSION_DENIED'],
      ['copied', undefined],
    ]);
    expect(here.tree('got')).toEqual(['a', 'c']);
  });
});

describe('--no-clobber', () => {
  test('keeps what is there, in both directions', async () => {
    for (const name of ['d/a', 'd/b']) here.put(name, 'new');
    here.gcs.put('gs://bucket/d/a', 'old');
    const up = await copy(['d', 'gs://bucket/'], { recursive: true, noClobber: true });
    expect(up.items.map(({ state }) => state)).toEqual(['kept', 'copied']);
    expect(here.gcs.content('gs://bucket/d/a')?.toString()).toBe('old');
    const down = await copy(['gs://bucket/d/*', 'd/'], { noClobber: true });
    expect([down.kept, down.copied, here.text('d/a')]).toEqual([2, 0, 'new']);
  });

  test('keeps what somebody else puts there between the look and the write', async () => {
    here.put('a', 'mine');
    here.gcs.faults.add({ kind: 'status', status: 404, on: 'object.get', object: 'a' });
    here.gcs.put('gs://bucket/x/a', 'theirs');
    const { kept } = await copy(['a', 'gs://bucket/x/'], { noClobber: true });
    expect([kept, here.gcs.content('gs://bucket/x/a')?.toString()]).toEqual([1, 'theirs']);
  });
});

describe('--dry-run and choices', () => {
  test('a dry run says what would go where and changes nothing', async () => {
    for (const name of ['d/a', 'd/b']) here.put(name);
    const { items, bytes } = await copy(['d', 'gs://bucket/'], { recursive: true, dryRun: true });
    expect(items.map(({ to, state }) => `${state} ${to}`)).toEqual([
      'planned gs://bucket/d/a',
      'planned gs://bucket/d/b',
    ]);
    expect([bytes, here.objects(), here.gcs.counts.received()]).toEqual([6, [], 0]);
  });

  test('--newer and --date choose', async () => {
    for (const name of ['d/old', 'd/date=2026-11-01/x', 'd/new']) here.put(name);
    fs.utimesSync(here.at('d/old'), 0, Date.parse('2026-01-05') / 1000);
    expect(await targets(copy(['d', 'gs://bucket/'], { recursive: true, newer: '1h' }))).toHaveLength(2);
    const more = { recursive: true, date: '2026-01-05' };
    expect(await targets(copy(['d', 'gs://other/'], more))).toEqual(['gs://other/d/old']);
    const day = { recursive: true, date: '2026-11-01' };
    expect(await targets(copy(['d', 'gs://other/'], day))).toEqual(['gs://other/d/date=2026-11-01/x']);
  });
});

describe('standard input and output', () => {
  test.each(['gs://bucket/in.csv', 'in.csv'])('what comes is stored as %s', async target => {
    const result = await copy(['-', target], here.input('from a pipe'));
    expect(result.items[0]).toMatchObject({ from: '-', to: target, bytes: 11, state: 'copied' });
    const stored = target.startsWith('gs:') ? here.gcs.content(target)?.toString() : here.text(target);
    expect(stored).toBe('from a pipe');
  });

  test.each(['gs://bucket', 'gs://bucket/x/', 'folder', 'gs://bucket/there'])('it needs a name: %s', async target => {
    here.put('folder/x');
    here.gcs.put('gs://bucket/there/x', 'x');
    expect(await failureOf(copy(['-', target], here.input('x')))).toMatchObject({
      code: 'FLAG_INVALID',
      hint: expect.stringMatching('NAME'),
    });
  });

  test('it stays what it is with --no-clobber, and is copied alone', async () => {
    here.gcs.put('gs://bucket/x', 'old');
    const { kept } = await copy(['-', 'gs://bucket/x'], { ...here.input('new'), noClobber: true });
    expect([kept, here.gcs.content('gs://bucket/x')?.toString()]).toEqual([1, 'old']);
    here.put('a');
    expect(await failureOf(copy(['-', 'a', 'gs://bucket/']))).toMatchObject({ code: 'FLAG_INVALID' });
  });

  test('an input that never ends can be stopped, and nothing is stored', async () => {
    const controller = new AbortController();
    const stdin = new PassThrough();
    stdin.write('beginning');
    const work = copy(['-', 'in.csv'], { stdin, signal: controller.signal });
    setTimeout(() => controller.abort(new Error('stopped')), 50);
    await expect(work).rejects.toThrow('stopped');
    expect(here.tree()).toEqual(['sentops.yaml']);
  });

  test('objects go to standard output one after the other', async () => {
    here.gcs.put('gs://bucket/a', 'one ');
    here.put('b', 'two');
    const printed: Uint8Array[] = [];
    const stream = async (chunk: Uint8Array) => void printed.push(chunk);
    const { items } = await copy(['gs://bucket/a', 'b', '-'], { stream });
    expect(Buffer.concat(printed).toString()).toBe('one two');
    expect(items.map(({ from, to, bytes }) => [from, to, bytes])).toEqual([
      ['gs://bucket/a', '-', 4],
      ['b', '-', 3],
    ]);
  });
});

describe('a file that changes while it is copied', () => {
  test('is not stored: no object is half old and half new', async () => {
    here.put('log', 'x'.repeat(3_000_000));
    here.gcs.faults.add({
      kind: 'slow',
      delayMs: 150,
      on: ['object.insert', 'upload.begin', 'upload.chunk'],
      times: null,
    });
    const work = copy(['log', 'gs://bucket/']);
    setTimeout(() => fs.appendFileSync(here.at('log'), 'more'), 60);
    const { items } = await work;
    const state = items[0]?.state;
    // Either all of it was read before, or the change was seen.
    if (state === 'copied') expect(here.gcs.content('gs://bucket/log')?.length).toBe(3_000_000);
    else expect([items[0]?.error?.code, here.objects()]).toEqual(['CONFLICT', []]);
  });
});

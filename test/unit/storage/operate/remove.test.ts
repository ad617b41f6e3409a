import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import type { RemovalPlan } from '../../../../src/lib/storage/operate/remove/plan-removal.ts';
import { type RemoveCall, removeObjects } from '../../../../src/lib/storage/operate/remove/remove-objects.ts';
import { createWorkplace, failureOf, type Workplace } from './workplace.ts';

let here: Workplace;
let asked: RemovalPlan[];
beforeEach(async () => {
  here = await createWorkplace();
  asked = [];
  for (const name of ['a.csv', 'b.csv', 'd/c.csv', 'd/e/f.csv']) {
    here.gcs.put(`gs://bucket/${name}`, name);
    here.put(`data/${name}`);
  }
});
afterEach(() => here.close());

const remove = (locations: string[], more: Partial<RemoveCall> = {}) =>
  removeObjects({
    ...here.call,
    locations,
    recursive: false,
    dryRun: false,
    confirm: async plan => void asked.push(plan),
    ...more,
  });
const deep = (...locations: string[]) => remove(locations, { recursive: true });

describe('in buckets', () => {
  test('one object, a pattern, a folder', async () => {
    await remove(['gs://bucket/a.csv']);
    expect(here.objects()).toEqual(['bucket/b.csv', 'bucket/d/c.csv', 'bucket/d/e/f.csv']);
    const { items, deleted, bytes } = await remove(['gs://bucket/**/*.csv', 'gs://bucket/b.csv'], { dryRun: true });
    expect([items.map(({ state }) => state), deleted, bytes]).toEqual([['planned', 'planned', 'planned'], 0, 21]);
    await deep('gs://bucket/d');
    expect(here.objects()).toEqual(['bucket/b.csv']);
  });

  test('a folder needs -r, and a pattern passes folders by', async () => {
    expect(await failureOf(remove(['gs://bucket/d']))).toMatchObject({
      code: 'FLAG_INVALID',
      hint: expect.stringMatching('-r'),
    });
    here.gcs.put('gs://bucket/e.csv/inner', 'x');
    await remove(['gs://bucket/*.csv']);
    expect(here.objects()).toEqual(['bucket/d/c.csv', 'bucket/d/e/f.csv', 'bucket/e.csv/inner']);
  });

  test.each([
    'gs://bucket',
    'gs://bucket/',
    'gs://bucket/*',
    'gs://bucket/**',
    'gs://bucket/**/*',
    'gs://bucket/{d/**,**/*}',
  ])('%s is everything, which needs -r and is said when asking', async location => {
    expect(await failureOf(remove([location]))).toMatchObject({ code: 'FLAG_INVALID' });
    expect(here.objects()).toHaveLength(4);
    await deep(location);
    expect([here.objects(), asked[0]?.buckets]).toEqual([[], [location]]);
    expect(here.gcs.store.buckets.has('bucket')).toBe(true);
  });

  test('who says no keeps everything', async () => {
    const confirm = async () => {
      throw new SentopsError('CONFIRMATION_REQUIRED', 'no');
    };
    expect(await failureOf(remove(['gs://bucket/a.csv'], { confirm }))).toMatchObject({
      code: 'CONFIRMATION_REQUIRED',
    });
    expect(here.objects()).toHaveLength(4);
  });

  test('what is replaced between the question and the answer stays', async () => {
    const confirm = async () => void here.gcs.put('gs://bucket/a.csv', 'newer');
    const { items } = await remove(['gs://bucket/a.csv'], { confirm });
    expect([items[0]?.state, items[0]?.error?.code]).toEqual(['failed', 'CONFLICT']);
    expect(here.gcs.content('gs://bucket/a.csv')?.toString()).toBe('newer');
  });

  test('what is gone meanwhile is no failure', async () => {
    const confirm = async () => {
      here.gcs.store.buckets.get('bucket')?.objects.delete('a.csv');
    };
    const { items, failed } = await remove(['gs://bucket/a.csv'], { confirm });
    expect([items[0]?.state, failed]).toEqual(['gone', 0]);
  });

  test('one that may not be deleted does not keep the others', async () => {
    here.gcs.faults.add({ kind: 'status', status: 403, on: 'object.delete', object: 'b.csv', times: null });
    const { items } = await remove(['gs://bucket/*.csv']);
    expect(items.map(({ state }) => state)).toEqual(['deleted', 'failed']);
  });

  test('nothing there is told with the name that was meant, and nobody is asked', async () => {
    expect((await failureOf(remove(['gs://bucket/a.cvs']))).hint).toBe('did you mean gs://bucket/a.csv?');
    expect(await failureOf(remove(['gs://bucket/a.csv', 'gs://bucket/no']))).toMatchObject({ code: 'NOT_FOUND' });
    expect([asked, here.objects().length]).toEqual([[], 4]);
  });

  test('only what was chosen goes', async () => {
    here.gcs.put('gs://bucket/d/date=2026-11-01/x', 'x');
    await remove(['gs://bucket/d'], { recursive: true, date: '2026-11-01' });
    expect(here.objects()).toHaveLength(4);
  });
});

describe('on this machine', () => {
  test('a folder goes with its empty folders', async () => {
    fs.mkdirSync(here.at('data/d/empty/inner'), { recursive: true });
    const { items } = await deep('data/d');
    expect(items.map(({ uri }) => uri)).toEqual(['data/d/c.csv', 'data/d/e/f.csv']);
    expect(fs.readdirSync(here.at('data'))).toEqual(['a.csv', 'b.csv']);
  });

  test('an empty folder goes, after asking', async () => {
    fs.mkdirSync(here.at('empty'));
    await deep('empty');
    expect([fs.existsSync(here.at('empty')), asked.length]).toEqual([false, 1]);
  });

  test('a dry run and a choice leave folders alone', async () => {
    await remove(['data'], { recursive: true, dryRun: true });
    await remove(['data'], { recursive: true, newer: '1h' });
    expect(here.tree('data')).toEqual([]);
    expect(fs.existsSync(here.at('data/d/e'))).toBe(true);
  });

  test('the folder of a bucket stays, what is in it goes', async () => {
    here.put('.sentops/buckets/raw/x/y');
    expect(await failureOf(remove(['raw:*']))).toMatchObject({ code: 'FLAG_INVALID' });
    await deep('raw:');
    expect(fs.readdirSync(here.at('.sentops/buckets'))).toEqual(['raw']);
    expect(fs.readdirSync(here.at('.sentops/buckets/raw'))).toEqual([]);
  });

  test('however that folder is spelled', async () => {
    for (const folder of ['./.sentops/buckets/raw', `file://${here.at('.sentops//buckets/raw')}`]) {
      here.put('.sentops/buckets/raw/x/y');
      expect(await failureOf(remove([`${folder}/**`]))).toMatchObject({ code: 'FLAG_INVALID' });
      await deep(folder);
      expect([asked.at(-1)?.buckets, fs.existsSync(here.at('.sentops/buckets/raw'))]).toEqual([[folder], true]);
    }
  });

  test('links go, what they lead to stays', async () => {
    here.put('elsewhere/precious');
    here.put('file');
    fs.symlinkSync(here.at('elsewhere'), here.at('data/d/link'));
    fs.symlinkSync(here.at('file'), here.at('data/d/soft'));
    fs.symlinkSync('nowhere', here.at('data/d/dangling'));
    const { items } = await deep('data/d');
    expect(items.map(({ uri }) => uri)).not.toContain('data/d/link/precious');
    expect(fs.existsSync(here.at('data/d'))).toBe(false);
    expect(here.text('elsewhere/precious') + here.text('file')).toBe('elsewhere/preciousfile');
  });

  test('a pattern does not reach through links either', async () => {
    here.put('elsewhere/precious.csv');
    fs.symlinkSync(here.at('elsewhere'), here.at('data/d/link'));
    const { items } = await remove(['data/**/*.csv']);
    expect(items.map(({ uri }) => uri)).toEqual(['data/a.csv', 'data/b.csv', 'data/d/c.csv', 'data/d/e/f.csv']);
    expect(here.tree('elsewhere')).toEqual(['precious.csv']);
  });

  test.each(['link', 'link/'])('a link that is named as a folder is refused: %s', async location => {
    here.put('elsewhere/precious');
    fs.symlinkSync(here.at('elsewhere'), here.at('link'));
    expect(await failureOf(deep(location))).toMatchObject({
      code: 'FLAG_INVALID',
      message: expect.stringMatching('link'),
    });
    expect(here.tree('elsewhere')).toEqual(['precious']);
  });

  test('but a bucket may lie behind one', async () => {
    here.put('disk/x');
    fs.mkdirSync(here.at('.sentops/buckets'), { recursive: true });
    fs.symlinkSync(here.at('disk'), here.at('.sentops/buckets/raw'));
    await deep('raw:');
    expect(here.tree('disk')).toEqual([]);
    expect(fs.existsSync(here.at('.sentops/buckets/raw'))).toBe(true);
  });

  test.each(['.', './', '..', '/', 'data/..', 'file:///'])('%s holds what is never meant', async location => {
    const { code, message } = await failureOf(deep(location));
    expect([code, message]).toEqual(['FLAG_INVALID', expect.stringMatching(/^\S+ (holds|is everything)/)]);
    expect(here.tree('data')).toHaveLength(4);
  });

  test('neither is the home folder, nor the project from below', async () => {
    here.put('home/x');
    expect(await failureOf(deep('home'))).toMatchObject({ message: expect.stringMatching('your home folder') });
    const below = remove([here.folder], { recursive: true, cwd: here.at('data') });
    expect(await failureOf(below)).toMatchObject({ code: 'FLAG_INVALID' });
  });
});

import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describeDataset } from '../../../../src/lib/data/fetch/describe-dataset.ts';
import { downloadDataset } from '../../../../src/lib/data/fetch/download-dataset.ts';
import { listDatasets } from '../../../../src/lib/data/fetch/list-datasets.ts';
import { uploadDataset } from '../../../../src/lib/data/fetch/upload-dataset.ts';
import { type VerifyCall, verifyDataset } from '../../../../src/lib/data/fetch/verify-dataset.ts';
import { Desk, FileServer, failureOf, sha256 } from './desk.ts';

const ROWS = 'text,label\ngood,1\n';

async function verify(desk: Desk, named: string, more: Partial<VerifyCall> = {}) {
  const result = await verifyDataset({
    ...(await desk.call(named)),
    local: true,
    uploaded: false,
    atSource: false,
    ...more,
  });
  return { ...result, states: result.checks.map(({ where, path, state }) => `${where} ${path} ${state}`) };
}

describe('verify', () => {
  test('of what was never downloaded names the command that does it', async () => {
    const failure = await failureOf(verify(new Desk(), 'imdb'));
    expect([failure.code, failure.hint]).toEqual(['NOT_FOUND', 'fetch it first: sentops dataset download imdb']);
  });

  test('reads every byte: a change that keeps size and time is found', async () => {
    const desk = new Desk();
    desk.write('source/a.csv', ROWS);
    desk.write('source/b.csv', 'b');
    await downloadDataset(await desk.call('./source'));
    expect(await verify(desk, './source')).toMatchObject({ ok: true, states: ['folder a.csv ok', 'folder b.csv ok'] });
    const file = desk.at('data_raw/source/a.csv');
    const { atime, mtime } = fs.statSync(file);
    fs.writeFileSync(file, ROWS.replace('good', 'evil'));
    fs.utimesSync(file, atime, mtime);
    fs.rmSync(desk.at('data_raw/source/b.csv'));
    const after = await verify(desk, './source');
    expect(after).toMatchObject({ ok: false, states: ['folder a.csv changed', 'folder b.csv missing'] });
    expect(after.checks[0]).toMatchObject({ expected: sha256(ROWS), place: 'data_raw/source/a.csv' });
  });

  test('compares what was uploaded, and what the source has by now', async () => {
    const web = await FileServer.open({ 'a.csv': ROWS });
    const desk = new Desk();
    const named = `${web.url}/a.csv`;
    await downloadDataset(await desk.call(named));
    const all = { uploaded: true, atSource: true };
    expect((await verify(desk, named, all)).states).toEqual([
      'folder a.csv ok',
      'bucket a.csv missing',
      'source a.csv ok',
    ]);
    await uploadDataset(await desk.call(named));
    expect((await verify(desk, named, all)).ok).toBe(true);
    desk.write('.sentops/buckets/raw/data_raw/a/a.csv', ROWS.replace('good', 'evil'));
    web.files.set('a.csv', Buffer.from('new'));
    expect((await verify(desk, named, { ...all, local: false })).states).toEqual([
      'bucket a.csv changed',
      'source a.csv changed',
    ]);
    web.files.delete('a.csv');
    expect((await failureOf(verify(desk, named, all))).code).toBe('NOT_FOUND');
  });

  test('of what was never downloaded fails, and names what was', async () => {
    const desk = new Desk();
    desk.write('a.csv', ROWS);
    await downloadDataset(await desk.call('a.csv'));
    const failure = await failureOf(verify(desk, 'imdb'));
    expect([failure.code, failure.exit]).toEqual(['NOT_FOUND', 5]);
    expect(failure.hint).toContain('local:a.csv');
  });

  test('finds a dataset in the folder that it was downloaded to', async () => {
    const desk = new Desk();
    desk.write('a.csv', ROWS);
    await downloadDataset(await desk.call('a.csv', { 'dataset.outputDir': 'elsewhere' }));
    expect((await verify(desk, 'a.csv')).checks[0]?.place).toBe('elsewhere/a.csv');
    expect((await downloadDataset(await desk.call('a.csv'))).outputDir).toBe('elsewhere');
  });
});

describe('list', () => {
  test('shows the dataset of the project first, then what was downloaded, then what is known', async () => {
    const desk = new Desk();
    for (const name of ['a', 'b', 'c']) {
      desk.write(`${name}.csv`, ROWS);
      await downloadDataset(await desk.call(`${name}.csv`));
    }
    fs.rmSync(desk.at('data_raw/b'), { recursive: true });
    desk.write('data_raw/c/c.csv', 'cut');
    const rows = await listDatasets(await desk.call(undefined));
    expect(rows.map(({ name, state, isProject }) => [name, state, isProject])).toEqual([
      ['sentiment140', 'known', true],
      ['a.csv', 'here', false],
      ['b.csv', 'elsewhere', false],
      ['c.csv', 'incomplete', false],
      ['imdb', 'known', false],
      ['kindle', 'known', false],
    ]);
    expect(rows[1]).toMatchObject({ source: 'local', files: 1, bytes: ROWS.length, folder: 'data_raw/a' });
  });

  test('shows a dataset of the project once, downloaded or not', async () => {
    const desk = new Desk('dataset: { source: local, ref: a.csv, outputDir: d }\n');
    desk.write('a.csv', ROWS);
    const before = await listDatasets(await desk.call(undefined));
    expect(before.map(({ ref }) => ref).filter(ref => ref === 'a.csv')).toEqual(['a.csv']);
    await downloadDataset(await desk.call(undefined));
    const [row, ...others] = await listDatasets(await desk.call(undefined));
    expect(row).toMatchObject({ ref: 'a.csv', state: 'here', folder: 'd', isProject: true });
    expect(others.map(({ name }) => name)).toEqual(['sentiment140', 'imdb', 'kindle']);
  });
});

describe('info', () => {
  test('shows what the source says beside what was locked, and writes nothing', async () => {
    const web = await FileServer.open({ 'a.csv': ROWS });
    const desk = new Desk();
    const named = `${web.url}/a.csv`;
    const before = await describeDataset(await desk.call(named));
    expect(before).toMatchObject({ source: 'http', bytes: ROWS.length, locked: null, preset: null });
    expect(desk.files()).toEqual(['sentops.yaml']);
    await downloadDataset(await desk.call(named));
    expect((await describeDataset(await desk.call(named))).locked).toMatchObject({ changed: [] });
    web.files.set('a.csv', Buffer.from('new'));
    expect((await describeDataset(await desk.call(named))).locked).toMatchObject({ changed: ['a.csv'] });
  });
});

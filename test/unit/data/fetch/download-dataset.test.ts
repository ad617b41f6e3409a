import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { withLock } from '../../../../src/lib/core/lock-file.ts';
import type { ReportEvent } from '../../../../src/lib/core/report.ts';
import { downloadDataset } from '../../../../src/lib/data/fetch/download-dataset.ts';
import { zipBytes } from '../../../helpers/zip-bytes.ts';
import { Desk, FileServer, failureOf, sha256 } from './desk.ts';

const ROWS = 'text,label\ngood,1\nbad,0\n';
const LARGE = Buffer.from(Array.from({ length: 300_000 }, (_, row) => `${row},text ${row * 7919}\n`).join(''));

describe('a file', () => {
  test('comes to the folder, and is locked with its sha256', async () => {
    const web = await FileServer.open({ 'reviews.csv': ROWS });
    const desk = new Desk();
    const result = await downloadDataset(await desk.call(`${web.url}/reviews.csv`));
    expect(desk.read('data_raw/reviews/reviews.csv')).toBe(ROWS);
    expect(result).toMatchObject({ source: 'http', outputDir: 'data_raw/reviews', bytes: ROWS.length, written: true });
    expect(result.files).toEqual([
      {
        path: 'reviews.csv',
        bytes: ROWS.length,
        sha256: sha256(ROWS),
        state: 'fetched',
        skipped: false,
        archive: null,
      },
    ]);
    expect(result.rowsFile).toBe('data_raw/reviews/reviews.csv');
    expect(desk.read('sentops.lock.yaml')).toContain(sha256(ROWS));
    expect(desk.files('data_raw')).toEqual(['reviews/.sentops/files.jsonl', 'reviews/reviews.csv']);
  });

  test('is not fetched a second time, and the lock file stays to the letter', async () => {
    const web = await FileServer.open({ 'rows.csv': LARGE });
    const desk = new Desk();
    const first = await downloadDataset(await desk.call(`${web.url}/rows.csv`));
    const lock = desk.read('sentops.lock.yaml');
    expect(first.fetchedBytes).toBe(LARGE.length);
    web.sent();
    let told = 0;
    const report = (event: ReportEvent) => {
      told += Number(event.type === 'progress');
    };
    const second = await downloadDataset(await desk.call(`${web.url}/rows.csv`, {}, { report }));
    expect(told, 'what is there already is no work').toBe(0);
    expect(second.files.map(({ state, skipped }) => [state, skipped])).toEqual([['kept', true]]);
    expect(second.fetchedBytes).toBe(0);
    expect(web.sent()).toBeLessThan(LARGE.length / 10);
    expect(desk.read('sentops.lock.yaml')).toBe(lock);
  });

  test('behind a password is asked for with it and told without it', async () => {
    const web = await FileServer.open({ 'rows.csv': ROWS });
    const desk = new Desk();
    const secret = web.url.replace('http://', 'http://ann:hunter22@');
    const result = await downloadDataset(await desk.call(`${secret}/rows.csv?token=topsecret`));
    const left = desk.files().map(name => desk.read(name));
    expect([JSON.stringify(result), ...left, ...desk.notes].join('\n')).not.toMatch(/hunter22|topsecret/);
    expect(result.dataset).toBe(`${web.url}/rows.csv`);
  });

  test('that was only touched is compared by its content and kept', async () => {
    const web = await FileServer.open({ 'rows.csv': ROWS });
    const desk = new Desk();
    await downloadDataset(await desk.call(`${web.url}/rows.csv`));
    fs.utimesSync(desk.at('data_raw/rows/rows.csv'), 1, 1);
    const { files } = await downloadDataset(await desk.call(`${web.url}/rows.csv`));
    expect(files[0]?.state).toBe('kept');
  });

  test('is fetched again where it is gone, although the lock file knows it', async () => {
    const web = await FileServer.open({ 'rows.csv': ROWS });
    const desk = new Desk();
    await downloadDataset(await desk.call(`${web.url}/rows.csv`));
    fs.rmSync(desk.at('data_raw'), { recursive: true });
    const { files } = await downloadDataset(await desk.call(`${web.url}/rows.csv`));
    expect(files[0]?.state).toBe('fetched');
    expect(desk.read('data_raw/rows/rows.csv')).toBe(ROWS);
  });

  test('that somebody changed stays as it is until --force', async () => {
    const web = await FileServer.open({ 'rows.csv': ROWS });
    const desk = new Desk();
    await downloadDataset(await desk.call(`${web.url}/rows.csv`));
    desk.write('data_raw/rows/rows.csv', 'mine\n');
    const failure = await failureOf(downloadDataset(await desk.call(`${web.url}/rows.csv`)));
    expect([failure.code, failure.exit]).toEqual(['CONFLICT', 6]);
    expect(desk.read('data_raw/rows/rows.csv')).toBe('mine\n');
    await downloadDataset(await desk.call(`${web.url}/rows.csv`, {}, { force: true }));
    expect(desk.read('data_raw/rows/rows.csv')).toBe(ROWS);
  });

  test('of somebody else under the same name stays as it is', async () => {
    const web = await FileServer.open({ 'rows.csv': ROWS });
    const desk = new Desk();
    desk.write('data/rows.csv', 'theirs\n');
    const call = await desk.call(`${web.url}/rows.csv`, { 'dataset.outputDir': 'data' });
    expect((await failureOf(downloadDataset(call))).code).toBe('CONFLICT');
    expect(desk.read('data/rows.csv')).toBe('theirs\n');
    expect(fs.existsSync(desk.at('sentops.lock.yaml'))).toBe(false);
  });

  test('that is empty is a file too', async () => {
    const desk = new Desk();
    desk.write('empty.csv', '');
    const { files } = await downloadDataset(await desk.call('empty.csv'));
    expect(files[0]).toMatchObject({ bytes: 0, sha256: sha256(''), state: 'fetched' });
    expect(desk.read('data_raw/empty/empty.csv')).toBe('');
  });

  test.for(['a b.csv', 'größe 100 %.csv', '#1.csv', '文.csv'])('may be called %j', async name => {
    const web = await FileServer.open({ [name]: ROWS });
    const desk = new Desk();
    const call = await desk.call(`${web.url}/${encodeURIComponent(name)}`, { 'dataset.outputDir': 'data' });
    await downloadDataset(call);
    expect(desk.read(`data/${name}`)).toBe(ROWS);
    expect((await downloadDataset(call)).files[0]?.state).toBe('kept');
  });
});

describe('what goes wrong on the way', () => {
  test('a part of an earlier run is gone on with', async () => {
    const web = await FileServer.open({ 'rows.csv': LARGE });
    const desk = new Desk();
    const controller = new AbortController();
    let came = 0;
    const first = desk.call(
      `${web.url}/rows.csv`,
      {},
      {
        signal: controller.signal,
        report(event) {
          if (event.type !== 'progress') return;
          came = event.done;
          if (came > LARGE.length / 2) controller.abort(new Error('killed'));
        },
      },
    );
    await expect(downloadDataset(await first)).rejects.toThrow('killed');
    expect(desk.files('data_raw').some(name => name.endsWith('.part'))).toBe(true);
    expect(fs.existsSync(desk.at('data_raw/rows/rows.csv'))).toBe(false);
    web.sent();
    const { files, fetchedBytes } = await downloadDataset(await desk.call(`${web.url}/rows.csv`));
    expect(files[0]?.state).toBe('resumed');
    expect(web.asked.some(({ range }) => /^bytes=[1-9]\d*-$/.test(range ?? ''))).toBe(true);
    expect(fetchedBytes).toBeLessThan(LARGE.length * 0.6);
    expect(fs.readFileSync(desk.at('data_raw/rows/rows.csv')).equals(LARGE)).toBe(true);
    expect(desk.files('data_raw')).toEqual(['rows/.sentops/files.jsonl', 'rows/rows.csv']);
  });

  test('a part of what the source no longer has is thrown away', async () => {
    const web = await FileServer.open({ 'rows.csv': LARGE });
    const desk = new Desk();
    const controller = new AbortController();
    const report = (event: { type: string }) => {
      if (event.type === 'progress') controller.abort(new Error('killed'));
    };
    const call = await desk.call(`${web.url}/rows.csv`, {}, { signal: controller.signal, report });
    await expect(downloadDataset(call)).rejects.toThrow('killed');
    const other = Buffer.from(LARGE.toString().replaceAll('text', 'TEXT'));
    web.files.set('rows.csv', other);
    const { files } = await downloadDataset(await desk.call(`${web.url}/rows.csv`));
    expect(files[0]?.state).toBe('fetched');
    expect(fs.readFileSync(desk.at('data_raw/rows/rows.csv')).equals(other)).toBe(true);
  });

  test('a file that got its name but not its line in the lock file is ours', async () => {
    const web = await FileServer.open({ 'rows.csv': ROWS });
    const desk = new Desk();
    await downloadDataset(await desk.call(`${web.url}/rows.csv`));
    fs.rmSync(desk.at('sentops.lock.yaml'));
    const { files } = await downloadDataset(await desk.call(`${web.url}/rows.csv`));
    expect(files[0]?.state).toBe('kept');
    expect(desk.read('sentops.lock.yaml')).toContain(sha256(ROWS));
  });

  test('a page for people is not kept under the name of a file', async () => {
    const web = await FileServer.open({ 'rows.zip': '<!DOCTYPE html><html><body>Sign in</body></html>' });
    const desk = new Desk();
    const failure = await failureOf(downloadDataset(await desk.call(`${web.url}/rows.zip`)));
    expect([failure.code, failure.exit]).toEqual(['DATA_INVALID', 9]);
    expect(desk.files('data_raw').filter(name => !name.endsWith('files.jsonl'))).toEqual([]);
  });

  test('a name that promises an archive is held to it', async () => {
    const web = await FileServer.open({ 'rows.zip': ROWS });
    const desk = new Desk();
    const failure = await failureOf(downloadDataset(await desk.call(`${web.url}/rows.zip`)));
    expect(failure.message).toContain('rows.zip is not a zip archive');
  });

  test('a second process that downloads to the same folder is told', async () => {
    const web = await FileServer.open({ 'rows.csv': ROWS });
    const desk = new Desk();
    const inner = desk.at('data_raw/rows/.sentops');
    fs.mkdirSync(inner, { recursive: true });
    const failure = await withLock(path.join(inner, 'fetch'), async () =>
      failureOf(downloadDataset(await desk.call(`${web.url}/rows.csv`))),
    );
    expect([failure.code, failure.exit]).toEqual(['LOCKED', 6]);
    expect(failure.message).toBe('another process is downloading into data_raw/rows');
    expect(failure.hint).toBe(`wait for it to end, or remove ${path.join(inner, '.fetch.lock')} if there is none`);
  });

  test('without the network what is there is checked against the lock file, and what is missing fails', async () => {
    const web = await FileServer.open({ 'rows.csv': ROWS });
    const desk = new Desk();
    const named = `${web.url}/rows.csv`;
    await downloadDataset(await desk.call(named));
    web.close();
    const { files } = await downloadDataset(await desk.call(named));
    expect(files[0]?.state).toBe('kept');
    expect(desk.notes).toEqual([`warn: http does not answer: whether ${named} has changed there is not known`]);
    fs.rmSync(desk.at('data_raw/rows/rows.csv'));
    expect((await failureOf(downloadDataset(await desk.call(named)))).code).toBe('REMOTE_UNAVAILABLE');
  }, 60_000);
});

describe('a dataset that changed at its source', () => {
  test('is told, and taken with --update alone', async () => {
    const web = await FileServer.open({ 'rows.csv': ROWS });
    const desk = new Desk();
    const named = `${web.url}/rows.csv`;
    await downloadDataset(await desk.call(named));
    const news = `${ROWS}fine,1\n`;
    web.files.set('rows.csv', Buffer.from(news));
    const failure = await failureOf(downloadDataset(await desk.call(named)));
    expect([failure.code, failure.exit]).toEqual(['CONFLICT', 6]);
    expect(failure.message).toContain('changed: rows.csv');
    expect(failure.hint).toContain('--update');
    expect(desk.read('data_raw/rows/rows.csv')).toBe(ROWS);
    await downloadDataset(await desk.call(named, {}, { update: true }));
    expect(desk.read('data_raw/rows/rows.csv')).toBe(news);
    expect(desk.read('sentops.lock.yaml')).toContain(sha256(news));
    expect(desk.read('sentops.lock.yaml')).not.toContain(sha256(ROWS));
  });

  test('leaves files of the older version, and says so', async () => {
    const desk = new Desk();
    desk.write('source/a.csv', 'a');
    desk.write('source/b.csv', 'b');
    await downloadDataset(await desk.call('./source'));
    fs.rmSync(desk.at('source/b.csv'));
    await downloadDataset(await desk.call('./source', {}, { update: true }));
    expect(desk.notes).toEqual(['warn: no longer part of source, and still in the folder: b.csv']);
    expect(desk.read('sentops.lock.yaml')).not.toContain('b.csv');
    expect(desk.read('data_raw/source/b.csv')).toBe('b');
  });

  test('does not overwrite what somebody changed here, not even with --update', async () => {
    const web = await FileServer.open({ 'rows.csv': ROWS });
    const desk = new Desk();
    const named = `${web.url}/rows.csv`;
    await downloadDataset(await desk.call(named));
    desk.write('data_raw/rows/rows.csv', 'mine\n');
    web.files.set('rows.csv', Buffer.from('new\n'));
    expect((await failureOf(downloadDataset(await desk.call(named, {}, { update: true })))).code).toBe('CONFLICT');
    expect(desk.read('data_raw/rows/rows.csv')).toBe('mine\n');
  });

  test('a folder of which one file is new is told by its name', async () => {
    const desk = new Desk();
    desk.write('source/a.csv', 'a\n');
    await downloadDataset(await desk.call('source', { 'dataset.source': 'local' }));
    desk.write('source/b.csv', 'b\n');
    const failure = await failureOf(downloadDataset(await desk.call('source', { 'dataset.source': 'local' })));
    expect(failure.message).toContain('new: b.csv');
    await downloadDataset(await desk.call('source', { 'dataset.source': 'local' }, { update: true }));
    expect(desk.files('data_raw/source')).toEqual(['.sentops/files.jsonl', 'a.csv', 'b.csv']);
  });
});

describe('one file of a dataset', () => {
  test('comes alone, and the rest of the dataset follows without a complaint', async () => {
    const desk = new Desk();
    desk.write('source/a.csv', 'a\n');
    desk.write('source/sub/b.csv', 'b\n');
    const local = { 'dataset.source': 'local' };
    const one = await downloadDataset(await desk.call('source', { ...local, 'dataset.file': 'sub/b.csv' }));
    expect(one.files.map(file => file.path)).toEqual(['sub/b.csv']);
    expect(desk.read('sentops.lock.yaml')).toContain('partial: true');
    const all = await downloadDataset(await desk.call('source', local));
    expect(all.files.map(({ path, state }) => [path, state])).toEqual([
      ['a.csv', 'fetched'],
      ['sub/b.csv', 'kept'],
    ]);
    expect(desk.read('sentops.lock.yaml')).not.toContain('partial');
    const again = await downloadDataset(await desk.call('source', { ...local, 'dataset.file': 'a.csv' }));
    expect(again.files.map(({ state }) => state)).toEqual(['kept']);
    expect(desk.read('sentops.lock.yaml')).toContain('sub/b.csv');
  });
});

const ARCHIVE = zipBytes([
  { name: 'train.csv', data: ROWS },
  { name: 'sub/test.csv', data: 'x\n'.repeat(100) },
]);

describe('an archive', () => {
  test('is unpacked and kept out of sight; a second run needs neither network nor unpacking', async () => {
    const web = await FileServer.open({ 'pack.zip': ARCHIVE });
    const desk = new Desk();
    const named = `${web.url}/pack.zip`;
    const first = await downloadDataset(await desk.call(named));
    expect(first.files.map(({ path, state, archive }) => [path, state, archive])).toEqual([
      ['sub/test.csv', 'unpacked', 'pack.zip'],
      ['train.csv', 'unpacked', 'pack.zip'],
    ]);
    const files = ['.sentops/archives/pack.zip', '.sentops/files.jsonl', 'sub/test.csv', 'train.csv'];
    expect(desk.files('data_raw/pack')).toEqual(files);
    web.sent();
    const second = await downloadDataset(await desk.call(named));
    expect(second.files.map(({ state }) => state)).toEqual(['kept', 'kept']);
    expect(web.asked.filter(({ range }) => range === null)).toEqual([]);
  });

  test('gives a file back that was lost, without being downloaded again', async () => {
    const web = await FileServer.open({ 'pack.zip': ARCHIVE });
    const desk = new Desk();
    const named = `${web.url}/pack.zip`;
    await downloadDataset(await desk.call(named));
    fs.rmSync(desk.at('data_raw/pack/train.csv'));
    const { files, fetchedBytes } = await downloadDataset(await desk.call(named));
    expect(files.map(({ path, state }) => [path, state])).toEqual([
      ['sub/test.csv', 'kept'],
      ['train.csv', 'unpacked'],
    ]);
    expect(fetchedBytes).toBe(0);
  });

  test('that is not kept is remembered: a second run has nothing to do', async () => {
    const web = await FileServer.open({ 'pack.zip': ARCHIVE });
    const desk = new Desk();
    const named = `${web.url}/pack.zip`;
    const flags = { 'dataset.keepArchive': false };
    await downloadDataset(await desk.call(named, flags));
    expect(desk.files('data_raw/pack')).toEqual(['.sentops/files.jsonl', 'sub/test.csv', 'train.csv']);
    expect((await downloadDataset(await desk.call(named, flags))).fetchedBytes).toBe(0);
  });

  test('stays packed without --unzip, and is unpacked later without coming again', async () => {
    const web = await FileServer.open({ 'pack.zip': ARCHIVE });
    const desk = new Desk();
    const named = `${web.url}/pack.zip`;
    const packed = await downloadDataset(await desk.call(named, { 'dataset.unzip': false }));
    expect(packed.files.map(({ path }) => path)).toEqual(['pack.zip']);
    const unpacked = await downloadDataset(await desk.call(named));
    expect(unpacked.fetchedBytes).toBe(0);
    expect(desk.read('data_raw/pack/train.csv')).toBe(ROWS);
    expect(fs.existsSync(desk.at('data_raw/pack/pack.zip'))).toBe(false);
    const back = await downloadDataset(await desk.call(named, { 'dataset.unzip': false }));
    expect([back.files[0]?.path, back.fetchedBytes]).toEqual(['pack.zip', 0]);
  });

  test('whose files were moved in by a process that was then killed is not a stranger to the next', async () => {
    const web = await FileServer.open({ 'pack.zip': ARCHIVE });
    const desk = new Desk();
    await downloadDataset(await desk.call(`${web.url}/pack.zip`));
    fs.rmSync(desk.at('sentops.lock.yaml'));
    fs.rmSync(desk.at('data_raw/pack/train.csv'));
    const { files, fetchedBytes } = await downloadDataset(await desk.call(`${web.url}/pack.zip`));
    expect(files.map(({ path, state }) => [path, state])).toEqual([
      ['sub/test.csv', 'kept'],
      ['train.csv', 'unpacked'],
    ]);
    expect(fetchedBytes).toBe(0);
    expect(desk.read('sentops.lock.yaml')).toContain('from: pack.zip');
  });

  test('that is damaged is refused, and is fetched again by the next run', async () => {
    const damaged = Buffer.from(ARCHIVE);
    damaged[40] = (damaged[40] ?? 0) ^ 0xff;
    const web = await FileServer.open({ 'pack.zip': damaged });
    // As far as the server says, it is the same file before and after.
    web.tags = false;
    const desk = new Desk();
    expect((await failureOf(downloadDataset(await desk.call(`${web.url}/pack.zip`)))).code).toBe('DATA_INVALID');
    expect(desk.files('data_raw').filter(name => /train|test/.test(name))).toEqual([]);
    web.files.set('pack.zip', ARCHIVE);
    await downloadDataset(await desk.call(`${web.url}/pack.zip`));
    expect(desk.read('data_raw/pack/train.csv')).toBe(ROWS);
  });

  test('does not unpack over what somebody has there, and then moves nothing in', async () => {
    const web = await FileServer.open({ 'pack.zip': ARCHIVE });
    const desk = new Desk();
    desk.write('data_raw/pack/train.csv', 'mine\n');
    expect((await failureOf(downloadDataset(await desk.call(`${web.url}/pack.zip`)))).code).toBe('CONFLICT');
    expect(desk.read('data_raw/pack/train.csv')).toBe('mine\n');
    expect(fs.existsSync(desk.at('data_raw/pack/sub/test.csv'))).toBe(false);
  });

  test.for(['../evil.csv', '.sentops/files.jsonl', '.SENTOPS/x'])('with an entry %j is refused', async name => {
    const web = await FileServer.open({ 'pack.zip': zipBytes([{ name, data: 'x' }]) });
    const desk = new Desk();
    const failure = await failureOf(downloadDataset(await desk.call(`${web.url}/pack.zip`)));
    expect(failure.code).toBe('DATA_INVALID');
    expect(desk.files().filter(file => /evil|^x$/.test(file))).toEqual([]);
  });
});

test('what parts of other files were left behind is gone after success', async () => {
  const desk = new Desk();
  desk.write('a.csv', ROWS);
  desk.write('data_raw/a/.sentops/parts/0123.part', 'old');
  await downloadDataset(await desk.call('a.csv'));
  expect(desk.files('data_raw/a')).toEqual(['.sentops/files.jsonl', 'a.csv']);
});

test('of files of this machine no dates are locked: another machine has others', async () => {
  const desk = new Desk();
  desk.write('a.csv', ROWS);
  await downloadDataset(await desk.call('a.csv'));
  const lock = desk.read('sentops.lock.yaml');
  expect(lock).not.toContain('tag:');
  fs.utimesSync(desk.at('a.csv'), 1, 1);
  await downloadDataset(await desk.call('a.csv'));
  expect(desk.read('sentops.lock.yaml')).toBe(lock);
});

describe('a dry run', () => {
  test('says what would come, and leaves no trace', async () => {
    const web = await FileServer.open({ 'rows.csv': LARGE });
    const desk = new Desk();
    const result = await downloadDataset(await desk.call(`${web.url}/rows.csv`, {}, { dryRun: true }));
    expect(result).toMatchObject({ written: false, fetchedBytes: LARGE.length });
    expect(result.files.map(({ path, bytes, state }) => [path, bytes, state])).toEqual([
      ['rows.csv', LARGE.length, 'planned'],
    ]);
    expect(desk.files()).toEqual(['sentops.yaml']);
  });

  test('knows what is there already', async () => {
    const web = await FileServer.open({ 'pack.zip': ARCHIVE });
    const desk = new Desk();
    await downloadDataset(await desk.call(`${web.url}/pack.zip`));
    const result = await downloadDataset(await desk.call(`${web.url}/pack.zip`, {}, { dryRun: true }));
    expect(result.files.map(({ state }) => state)).toEqual(['kept', 'kept']);
    expect(result.fetchedBytes).toBe(0);
  });
});

test('a file with the rows that the dataset does not have is told before training looks for it', async () => {
  const desk = new Desk('dataset: { source: local, ref: source, file: rows.csv }\n');
  desk.write('source/reviews.csv', ROWS);
  await downloadDataset(await desk.call(undefined));
  expect(desk.notes).toEqual([
    'warn: dataset.file is "rows.csv", and the dataset has no file of that name: it holds reviews.csv',
  ]);
});

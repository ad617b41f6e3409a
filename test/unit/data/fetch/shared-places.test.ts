import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { downloadDataset } from '../../../../src/lib/data/fetch/download-dataset.ts';
import { zipBytes } from '../../../helpers/zip-bytes.ts';
import { Desk, FileServer, failureOf } from './desk.ts';

const ROWS = 'text,label\ngood,1\nbad,0\n';
const pack = (data: string) => zipBytes([{ name: 'rows.csv', data }]);

describe('two datasets in one folder', () => {
  test('do not replace the files of each other until --force', async () => {
    const desk = new Desk();
    const web = await FileServer.open({ 'a/rows.csv': ROWS, 'b/rows.csv': 'other\n' });
    const place = { 'dataset.outputDir': 'data' };
    const [a, b] = ['a', 'b'].map(name => `${web.url}/${name}%2Frows.csv`);
    await downloadDataset(await desk.call(a, place));
    const lock = desk.read('sentops.lock.yaml');
    const failure = await failureOf(downloadDataset(await desk.call(b, place)));
    expect([failure.code, failure.exit]).toEqual(['CONFLICT', 6]);
    expect(failure.message).toContain(a);
    expect(failure.hint).toContain('--output-dir');
    expect(desk.read('data/rows.csv')).toBe(ROWS);
    expect(desk.read('sentops.lock.yaml')).toBe(lock);
    await downloadDataset(await desk.call(b, place, { force: true }));
    expect(desk.read('data/rows.csv')).toBe('other\n');
  });

  test('are not taken for one where nothing but a size is known', async () => {
    const desk = new Desk();
    const same = ROWS.toUpperCase();
    const web = await FileServer.open({ 'a/rows.csv': ROWS, 'b/rows.csv': same });
    web.tags = false;
    const place = { 'dataset.outputDir': 'data' };
    await downloadDataset(await desk.call(`${web.url}/a%2Frows.csv`, place));
    expect((await failureOf(downloadDataset(await desk.call(`${web.url}/b%2Frows.csv`, place)))).code).toBe('CONFLICT');
    expect(desk.read('data/rows.csv')).toBe(ROWS);
  });
});

describe('two files of one dataset that come to one place', () => {
  test.for([
    ['two archives', { 'a.zip': pack('a\n'), 'b.zip': pack('b\n') }],
    ['an archive and a file', { 'a.zip': pack('a\n'), 'rows.csv': ROWS }],
  ] as const)('%s are refused: one of them would be lost', async ([, files]) => {
    const desk = new Desk();
    for (const [name, data] of Object.entries(files)) desk.write(`source/${name}`, data);
    const failure = await failureOf(downloadDataset(await desk.call('./source')));
    expect([failure.code, failure.exit]).toEqual(['CONFLICT', 6]);
    expect(failure.message).toMatch(/a\.zip/);
    expect(failure.message).toMatch(/rows\.csv/);
    expect(failure.hint).toContain('--no-unzip');
    expect(fs.existsSync(desk.at('sentops.lock.yaml'))).toBe(false);
  });

  test('are welcome where both are the same', async () => {
    const desk = new Desk();
    desk.write('source/a.zip', pack(ROWS));
    desk.write('source/b.zip', pack(ROWS));
    await downloadDataset(await desk.call('./source'));
    expect(desk.read('data_raw/source/rows.csv')).toBe(ROWS);
    expect((await downloadDataset(await desk.call('./source'))).fetchedBytes).toBe(0);
  });
});

test('what somebody puts there while it is downloaded stays', async () => {
  const web = await FileServer.open({ 'rows.csv': ROWS });
  const desk = new Desk();
  const report = ({ type }: { readonly type: string }) => {
    if (type === 'progress') desk.write('data_raw/rows/rows.csv', 'mine\n');
  };
  const failure = await failureOf(downloadDataset(await desk.call(`${web.url}/rows.csv`, {}, { report })));
  expect(failure.code).toBe('CONFLICT');
  expect(desk.read('data_raw/rows/rows.csv')).toBe('mine\n');
});

test.for(['constructor', 'toString'])('a file may be called %s', async name => {
  const desk = new Desk();
  desk.write(`source/${name}`, ROWS);
  desk.write('source/a.csv', ROWS);
  await downloadDataset(await desk.call('./source'));
  expect(desk.read(`data_raw/source/${name}`)).toBe(ROWS);
  const lock = desk.read('sentops.lock.yaml');
  expect(lock).toContain(`${name}: {`);
  const { files } = await downloadDataset(await desk.call('./source'));
  expect(files.map(({ state }) => state)).toEqual(['kept', 'kept']);
  expect(desk.read('sentops.lock.yaml')).toBe(lock);
});

describe('an archive of somebody else in the folder', () => {
  test('stays where it is, whether it is another one or the same', async () => {
    const web = await FileServer.open({ 'pack.zip': pack(ROWS) });
    for (const theirs of [pack('theirs\n'), pack(ROWS)]) {
      const desk = new Desk();
      desk.write('data_raw/pack/pack.zip', theirs);
      await downloadDataset(await desk.call(`${web.url}/pack.zip`));
      expect(fs.readFileSync(desk.at('data_raw/pack/pack.zip')).equals(theirs)).toBe(true);
      expect(desk.read('data_raw/pack/rows.csv')).toBe(ROWS);
    }
  });

  test('that is the source itself stays too', async () => {
    const desk = new Desk();
    desk.write('data/pack.zip', pack(ROWS));
    await downloadDataset(await desk.call('./data/pack.zip', { 'dataset.outputDir': 'data' }));
    expect(fs.existsSync(desk.at('data/pack.zip'))).toBe(true);
    expect(desk.read('data/rows.csv')).toBe(ROWS);
  });
});

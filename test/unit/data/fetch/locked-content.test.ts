import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { downloadDataset } from '../../../../src/lib/data/fetch/download-dataset.ts';
import { Desk, FileServer, failureOf, sha256 } from './desk.ts';

const ROWS = 'text,label\ngood,1\nbad,0\n';
/** As long as the other, so that only its content tells it apart. */
const OTHER = 'text,label\ngood,0\nbad,1\n';

/** A server that says nothing by which a change could be seen before the file is there. */
async function openSilent(): Promise<FileServer> {
  const web = await FileServer.open({ 'rows.csv': ROWS });
  web.tags = false;
  return web;
}

describe('what the lock file says of a content', () => {
  test('holds on a machine that has none of it: something else is refused, and not locked', async () => {
    const web = await openSilent();
    const desk = new Desk();
    const named = `${web.url}/rows.csv`;
    await downloadDataset(await desk.call(named));
    const lock = desk.read('sentops.lock.yaml');
    fs.rmSync(desk.at('data_raw'), { recursive: true });
    web.files.set('rows.csv', Buffer.from(OTHER));
    const failure = await failureOf(downloadDataset(await desk.call(named)));
    expect([failure.code, failure.exit]).toEqual(['CONFLICT', 6]);
    expect(failure.message).toContain('rows.csv');
    expect(failure.hint).toContain('--update');
    expect(failure.details).toMatchObject({ expected: sha256(ROWS), found: sha256(OTHER) });
    expect(desk.read('sentops.lock.yaml')).toBe(lock);
    expect(desk.files('data_raw')).toEqual([]);
    await downloadDataset(await desk.call(named, {}, { update: true }));
    expect(desk.read('data_raw/rows/rows.csv')).toBe(OTHER);
    expect(desk.read('sentops.lock.yaml')).toContain(sha256(OTHER));
  });

  test('holds against what an older lock file let in', async () => {
    const web = await openSilent();
    const desk = new Desk();
    const named = `${web.url}/rows.csv`;
    await downloadDataset(await desk.call(named));
    // A colleague has taken the new content and committed the lock file.
    const lock = desk.read('sentops.lock.yaml').replace(sha256(ROWS), sha256(OTHER));
    desk.write('sentops.lock.yaml', lock);
    web.files.set('rows.csv', Buffer.from(OTHER));
    const { files } = await downloadDataset(await desk.call(named));
    expect(files[0]?.state).toBe('fetched');
    expect(desk.read('data_raw/rows/rows.csv')).toBe(OTHER);
  });

  test('holds for a version that is asked for by its name', async () => {
    const desk = new Desk();
    desk.write('source/a.csv', ROWS);
    const { version } = await downloadDataset(await desk.call('./source'));
    const lock = desk.read('sentops.lock.yaml').replace(sha256(ROWS), sha256(OTHER));
    desk.write('sentops.lock.yaml', lock);
    const failure = await failureOf(downloadDataset(await desk.call('./source', { 'dataset.version': version })));
    expect(failure.code).toBe('CONFLICT');
    expect(desk.read('sentops.lock.yaml')).toBe(lock);
  });
});

describe('without the network', () => {
  test.for([{ update: true }, { version: '7' }])('%j cannot be done, and is not said to be', async asked => {
    const web = await FileServer.open({ 'rows.csv': ROWS });
    const desk = new Desk();
    const named = `${web.url}/rows.csv`;
    await downloadDataset(await desk.call(named));
    web.close();
    const { version, ...more } = { update: false, version: undefined, ...asked };
    const flags = version === undefined ? {} : { 'dataset.version': version };
    const failure = await failureOf(downloadDataset(await desk.call(named, flags, more)));
    expect([failure.code, failure.exit]).toEqual(['REMOTE_UNAVAILABLE', 8]);
  });
});

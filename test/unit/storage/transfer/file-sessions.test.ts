import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileSessions, userSessions } from '../../../../src/lib/storage/transfer/file-sessions.ts';

let root = '';
let folder = '';
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'sentops-sessions-'));
  folder = path.join(root, 'deep', 'transfers');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const KEY = 'upload https://x gs://bucket/a file with / and ü';

test('what is saved is there for the next process, until it is removed', async () => {
  await fileSessions(folder).save(KEY, { at: 1 });
  await fileSessions(folder).save(KEY, { at: 2 });
  await fileSessions(folder).save('another', null);
  expect(await fileSessions(folder).load(KEY)).toEqual({ at: 2 });
  expect(readdirSync(folder)).toHaveLength(2);
  await fileSessions(folder).remove(KEY);
  expect(await fileSessions(folder).load(KEY)).toBeUndefined();
  await fileSessions(folder).remove(KEY);
  expect(await fileSessions(folder).load('another')).toBeNull();
});

test('nobody else can read them: who knows the address of an upload can write there', async () => {
  await fileSessions(folder).save(KEY, {});
  const [file = ''] = readdirSync(folder);
  expect(statSync(path.join(folder, file)).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test.each(['', '{', '[]', 'null', '{"key":"other","session":1}', '{"session":1}'])(
  'a file that is no session of this key is none: %j',
  async text => {
    const sessions = fileSessions(folder);
    await sessions.save(KEY, {});
    const [file = ''] = readdirSync(folder);
    writeFileSync(path.join(folder, file), text);
    expect(await sessions.load(KEY)).toBeUndefined();
  },
);

test('nothing is made by looking', async () => {
  expect(await fileSessions(folder).load(KEY)).toBeUndefined();
  await fileSessions(folder).remove(KEY);
  expect(readdirSync(root)).toEqual([]);
});

test('what nobody came back to for two weeks, and what a dead writer left, goes away', async () => {
  await fileSessions(folder).save(KEY, {});
  const [old = ''] = readdirSync(folder);
  const past = Date.now() / 1000 - 15 * 24 * 3600;
  utimesSync(path.join(folder, old), past, past);
  writeFileSync(path.join(folder, '.x.json.sentops-999999999-1.tmp'), '');
  writeFileSync(path.join(folder, 'README'), 'of the user');
  utimesSync(path.join(folder, 'README'), past, past);
  await fileSessions(folder).save('fresh', {});
  expect(readdirSync(folder)).toHaveLength(2);
  expect(await fileSessions(folder).load(KEY)).toBeUndefined();
  expect(await fileSessions(folder).load('fresh')).toEqual({});
});

test('the place of a user is below the data folder', async () => {
  await userSessions({ env: { SENTOPS_DATA_DIR: root }, platform: 'linux' }).save(KEY, 1);
  expect(readdirSync(path.join(root, 'transfers'))).toHaveLength(1);
});

test('a folder that cannot be made is told with its name', async () => {
  writeFileSync(path.join(root, 'deep'), 'a file');
  await expect(fileSessions(folder).save(KEY, {})).rejects.toMatchObject({
    code: 'NOT_WRITABLE',
    message: expect.stringContaining(folder),
  });
  chmodSync(root, 0o700);
});

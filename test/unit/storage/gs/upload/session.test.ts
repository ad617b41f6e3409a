import { expect, test } from 'vitest';
import { readParts } from '../../../../../src/lib/storage/gs/upload/parts-session.ts';
import {
  isOf,
  openSaved,
  readUpload,
  subjectOf,
  type UploadSession,
} from '../../../../../src/lib/storage/gs/upload/session.ts';
import { memorySessions } from './fixture.ts';

const { signal } = new AbortController();
const BODY = { bytes: 10, fingerprint: 'f' };
const SESSION: UploadSession = {
  ...subjectOf(BODY, { signal }),
  address: 'http://x/y?upload_id=z',
  sums: [1, 2],
  owner: process.pid,
};

test('a session is of a content, its length, its type and its condition', () => {
  const same = (more: object, body: object = {}) => isOf(SESSION, subjectOf({ ...BODY, ...body }, { signal, ...more }));
  expect(same({})).toBe(true);
  expect(same({}, { fingerprint: 'g' })).toBe(false);
  expect(same({}, { bytes: 11 })).toBe(false);
  expect(same({}, { bytes: null })).toBe(false);
  expect(same({ contentType: 'text/csv' })).toBe(false);
  expect(same({ ifGeneration: null })).toBe(false);
  expect(same({ ifGeneration: '7' })).toBe(false);
  // "There must be none" is another condition than "whatever is there".
  expect(subjectOf(BODY, { signal, ifGeneration: null }).condition).not.toBe(subjectOf(BODY, { signal }).condition);
});

test('what was stored is read as it was saved', () => {
  expect(readUpload(JSON.parse(JSON.stringify(SESSION)))).toEqual(SESSION);
  expect(readUpload({ ...SESSION, bytes: null, contentType: 'a/b', condition: null })).toBeDefined();
});

test.each([
  null,
  'text',
  {},
  { ...SESSION, address: undefined },
  { ...SESSION, sums: 'x' },
  { ...SESSION, sums: [1.5] },
  { ...SESSION, sums: [-1] },
  { ...SESSION, bytes: 'ten' },
  { ...SESSION, owner: null },
  { ...SESSION, condition: 5 },
])('what is no session is none: %j', stored => {
  expect(readUpload(stored)).toBeUndefined();
});

const PARTS = {
  folder: 'gs://b/.sentops-parts/x',
  count: 2,
  done: { 0: { generation: '1', crc32c: 'AAAAAA==' } },
  joining: null,
  owner: 1,
};

test.each([
  [PARTS, true],
  [{ ...PARTS, joining: '0' }, true],
  [{ ...PARTS, count: 33 }, false],
  [{ ...PARTS, count: -1 }, false],
  [{ ...PARTS, done: { 0: {} } }, false],
  [{ ...PARTS, done: { 0: null } }, false],
  [{ ...PARTS, folder: 7 }, false],
  [null, false],
])('parts are read strictly: %j', (stored, isValid) => {
  expect(readParts(stored) !== undefined).toBe(isValid);
});

test('an entry is open once at a time, and free again when it is closed', async () => {
  const sessions = memorySessions();
  const first = await openSaved(sessions, 'key', readUpload);
  const second = await openSaved(sessions, 'key', readUpload);
  await first.save(SESSION);
  await second.save({ ...SESSION, fingerprint: 'of the second' });
  expect(sessions.entries.get('key')).toEqual(SESSION);
  await second.remove();
  second.close();
  expect(sessions.entries.size).toBe(1);
  first.close();
  expect((await openSaved(sessions, 'key', readUpload)).earlier).toEqual(SESSION);
});

test('a store that cannot be read is one that is empty', async () => {
  const broken = { ...memorySessions(), load: () => Promise.reject(new Error('no such disk')) };
  expect((await openSaved(broken, 'key', readUpload)).earlier).toBeUndefined();
  expect((await openSaved(undefined, 'key', readUpload)).earlier).toBeUndefined();
});

import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StoreServer, startStoreServer } from '../../../helpers/store-server.ts';

/** A secret beside the artifact folder; no way to say its path may lead to it. */
const SECRET = 'the secret of this machine';
const FILES = '/api/2.0/mlflow-artifacts/artifacts';

let store: StoreServer;
beforeAll(async () => {
  store = await startStoreServer();
  fs.writeFileSync(path.join(store.folder, 'secret'), SECRET);
  fs.mkdirSync(path.join(store.artifacts, '1/run'), { recursive: true });
  fs.writeFileSync(path.join(store.artifacts, '1/run/file'), 'inside');
  fs.symlinkSync(path.join(store.folder, 'secret'), path.join(store.artifacts, '1/link-to-secret'));
  fs.symlinkSync(store.folder, path.join(store.artifacts, '1/link-out'));
  fs.symlinkSync('../..', path.join(store.artifacts, '1/link-up'));
  fs.symlinkSync(path.join(store.folder, 'not yet there'), path.join(store.artifacts, '1/link-to-nothing'));
  fs.symlinkSync('run', path.join(store.artifacts, '1/link-inside'));
});
afterAll(() => store.stop());

const request = (method: string, target: string, body = '') =>
  `${method} ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

const WAYS = [
  '../secret',
  '1/../../secret',
  '1/run/../../../secret',
  '%2e%2e/secret',
  '%2E%2e/secret',
  '..%2fsecret',
  '..%2Fsecret',
  '1/..%2f..%2fsecret',
  '%252e%252e/secret',
  '%252e%252e%252fsecret',
  '%25252e%25252e/secret',
  '..%5csecret',
  '..\\secret',
  '1\\..\\..\\secret',
  '....//secret/../../secret',
  './../secret',
  '1/./.././../secret',
  '%00../secret',
  'secret%00',
  '1/run/file%00/../../../secret',
  '%c0%ae%c0%ae/secret',
  '/%2fetc/passwd',
  'C:%5cWindows',
];

describe.each(['GET', 'HEAD', 'PUT', 'DELETE'])('%s', method => {
  test.each(WAYS)('%s does not lead out', async way => {
    const before = tree(store.folder);
    const answer = await store.raw(request(method, `${FILES}/${way}`, method === 'PUT' ? 'overwritten' : ''));
    expect(answer).not.toContain(SECRET);
    expect([400, 404]).toContain(statusOf(answer));
    expect(tree(store.folder)).toEqual(before);
  });

  test('an absolute path stays below the folder', async () => {
    const answer = await store.raw(
      request(method, `${FILES}/${encodeURIComponent(path.join(store.folder, 'secret'))}`),
    );
    expect(answer).not.toContain(SECRET);
    expect(statusOf(answer)).toBe(400);
    expect(fs.readFileSync(path.join(store.folder, 'secret'), 'utf8')).toBe(SECRET);
  });

  test.each(['1/link-to-secret', '1/link-out/secret', '1/link-up/secret', '1/link-out/mlflow.db', '1/link-to-nothing'])(
    'a link is not followed out: %s',
    async link => {
      if (method === 'DELETE' && !link.includes('/secret') && !link.includes('.db')) return;
      const answer = await store.raw(request(method, `${FILES}/${link}`, method === 'PUT' ? 'overwritten' : ''));
      expect(answer).not.toContain(SECRET);
      expect(statusOf(answer)).toBe(400);
      expect(fs.readFileSync(path.join(store.folder, 'secret'), 'utf8')).toBe(SECRET);
      expect(fs.existsSync(path.join(store.folder, 'not yet there'))).toBe(false);
    },
  );
});

test.each(['..;/x', 'file:%2f%2f/etc/x', '~/x', '$HOME/x'])('%s is an odd name, and lies inside', async name => {
  expect(statusOf(await store.raw(request('PUT', `${FILES}/odd/${name}`, 'odd')))).toBe(200);
  expect(tree(path.join(store.artifacts, 'odd')).some(file => file.endsWith('x: odd'))).toBe(true);
});

test('a link that stays inside is followed, and listed', async () => {
  expect(await store.raw(request('GET', `${FILES}/1/link-inside/file`))).toContain('inside');
  const listed = await (await fetch(`${store.url}${FILES}?path=1`)).json();
  expect(listed).toEqual({
    files: [
      { path: 'link-inside', is_dir: true },
      { path: 'run', is_dir: true },
    ],
  });
});

test.each(['..', '../..', '1/..', '%2e%2e', '..%2f', '\\..', '/', '/etc', 'link-out', '1/link-out', '1/link-up'])(
  'a listing of %s shows nothing outside',
  async folder => {
    const answer = await fetch(`${store.url}${FILES}?path=${encodeURIComponent(folder)}`);
    expect(await answer.text()).not.toMatch(/secret|mlflow\.db|passwd/);
  },
);

test('deleting a link removes the link, not what it leads to', async () => {
  const kept = path.join(store.folder, 'kept');
  fs.mkdirSync(kept);
  fs.writeFileSync(path.join(kept, 'file'), 'x');
  fs.symlinkSync(kept, path.join(store.artifacts, 'link-to-folder'));
  const answer = await store.raw(request('DELETE', `${FILES}/link-to-folder`));
  expect(statusOf(answer)).toBe(200);
  expect(fs.existsSync(path.join(kept, 'file'))).toBe(true);
  expect(fs.existsSync(path.join(store.artifacts, 'link-to-folder'))).toBe(false);
});

test('whatever path is sent, nothing outside is read, written or removed', async () => {
  const part = fc.constantFrom(
    '..',
    '.',
    '',
    '1',
    'run',
    'file',
    'secret',
    'link-out',
    '%2e%2e',
    '%2f',
    '%5c',
    '%00',
    '\\',
    '~',
    'a b',
  );
  const before = outside();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'PUT', 'DELETE'),
      fc.array(part, { maxLength: 6 }),
      async (method, parts) => {
        const target = `${FILES}/${parts.join('/').replaceAll(' ', '%20')}`;
        const answer = await store.raw(request(method, target, method === 'PUT' ? 'overwritten' : ''));
        expect(answer).toMatch(/^HTTP\/1\.1 (200|400|403|404|405) /);
        expect(answer).not.toContain(SECRET);
        expect(outside()).toEqual(before);
      },
    ),
    { numRuns: 150 },
  );
});

function outside(): string[] {
  return fs.readdirSync(store.folder).filter(name => !name.startsWith('mlflow.db') && name !== 'artifacts');
}

/** Every file with its content, but for the database. Links are not followed: one leads back to the top. */
function tree(folder: string): string[] {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return tree(file);
    return entry.isFile() && !entry.name.startsWith('mlflow.db') ? [`${file}: ${fs.readFileSync(file, 'utf8')}`] : [];
  });
}

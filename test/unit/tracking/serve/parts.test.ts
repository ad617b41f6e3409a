import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { ReportEvent } from '../../../../src/lib/core/report.ts';
import { silent } from '../../../../src/lib/core/report.ts';
import { artifactFolderOf } from '../../../../src/lib/tracking/serve/artifact-folder.ts';
import { ArtifactRoot } from '../../../../src/lib/tracking/serve/artifact-root.ts';
import { createInTurn } from '../../../../src/lib/tracking/serve/in-turn.ts';
import { isLoopback, readToken } from '../../../../src/lib/tracking/serve/read-token.ts';
import { createFakeTracker } from '../../../helpers/fake-tracker.ts';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-parts-'));
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

describe('the two names of an artifact', () => {
  const root = new ArtifactRoot('/data/my store #1/artifacts');

  test('what a client is told leads back to the same place, whatever the names', () => {
    const name = fc
      .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
      .filter(text => !/[/\\%\0]|^\.+$/.test(text));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), names => {
        const told = root.toClient(root.uriOf(names.join('/')));
        expect(told).toBe(`mlflow-artifacts:/${names.join('/')}`);
        expect(root.toStore(told, 'source')).toBe(root.uriOf(names.join('/')));
      }),
    );
  });

  test.each([
    ['file:///data/my%20store%20%231/artifacts/1', 'mlflow-artifacts:/1'],
    ['/data/my store #1/artifacts/1/run', 'mlflow-artifacts:/1/run'],
    ['file:///data/my%20store%20%231/artifacts-other/1', 'file:///data/my%20store%20%231/artifacts-other/1'],
    ['file:///data/my%20store%20%231/artifacts/../1', 'file:///data/my%20store%20%231/artifacts/../1'],
    ['mlflow-artifacts:///1/run', 'mlflow-artifacts:/1/run'],
    ['mlflow-artifacts://host:5000/1', 'mlflow-artifacts://host:5000/1'],
    ['./mlruns/1', './mlruns/1'],
    ['gs://bucket/1', 'gs://bucket/1'],
    ['runs:/abc/model', 'runs:/abc/model'],
  ])('a client is told of %s as %s', (uri, told) => {
    expect(root.toClient(uri)).toBe(told);
  });
});

describe('the artifact folder of a store', () => {
  const folderOf = async (artifactLocation: string) => {
    const tracker = createFakeTracker();
    await tracker.experiments.create({ name: 'first', artifactLocation });
    return artifactFolderOf(tracker, '/data/mlflow.db');
  };

  test.each([
    ['file:///data/artifacts/0', '/data/artifacts'],
    ['/srv/mlruns/0', '/srv/mlruns'],
    ['mlflow-artifacts:/0', '/data/mlartifacts'],
    ['gs://bucket/0', '/data/artifacts'],
    ['./mlruns/0', '/data/artifacts'],
    ['file:///elsewhere', '/data/artifacts'],
  ])('%s: %s', async (location, folder) => {
    expect(await folderOf(location)).toBe(path.resolve(folder));
  });
});

describe('work in turn', () => {
  test('of one key goes one after the other, of two at once, and a failure stops nobody', async () => {
    const inTurn = createInTurn();
    const log: string[] = [];
    const work = (key: string, name: string, fails = false) =>
      inTurn(key, async () => {
        log.push(`${name} begins`);
        await new Promise(resolve => setTimeout(resolve, 5));
        log.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      });
    const done = await Promise.allSettled([work('a', '1', true), work('b', '2'), work('a', '3'), work('a', '4')]);
    expect(done.map(one => (one.status === 'fulfilled' ? one.value : String(one.reason)))).toEqual([
      'Error: 1',
      '2',
      '3',
      '4',
    ]);
    const ofA = log.filter(line => !line.startsWith('2'));
    expect(ofA).toEqual(['1 begins', '1 ends', '3 begins', '3 ends', '4 begins', '4 ends']);
    expect(log.indexOf('2 begins')).toBeLessThan(log.indexOf('1 ends'));
  });
});

describe('the token', () => {
  const file = (text: string, mode = 0o600) => {
    const name = path.join(scratch, `token-${fs.readdirSync(scratch).length}`);
    fs.writeFileSync(name, text, { mode });
    return name;
  };

  test('comes from the file, else from the environment, without the end of its line', async () => {
    const env = { SENTOPS_STORE_TOKEN: 'from-the-environment' };
    expect(await readToken(env, file('from-the-file\n'), silent)).toBe('from-the-file');
    expect(await readToken(env, undefined, silent)).toBe('from-the-environment');
    expect(await readToken({}, undefined, silent)).toBeNull();
    expect(await readToken({ SENTOPS_STORE_TOKEN: '' }, undefined, silent)).toBeNull();
  });

  test.each(['', '\n', 'short', 'with a space in it', 'zwölf-zeichen', 'two-lines-of\ntext-here'])(
    'in a file that holds %j is refused, not ignored',
    async text => {
      await expect(readToken({}, file(text), silent)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    },
  );

  test('in a file that is not there is an error', async () => {
    const absent = path.join(scratch, 'absent');
    await expect(readToken({}, absent, silent)).rejects.toMatchObject({
      code: 'SECRET_UNREADABLE',
      place: { file: absent },
    });
  });

  test.skipIf(process.platform === 'win32')('in a file that others may read is warned of', async () => {
    const events: ReportEvent[] = [];
    await readToken({}, file('readable-by-all', 0o644), event => events.push(event));
    await readToken({}, file('readable-by-me', 0o600), event => events.push(event));
    expect(events).toMatchObject([{ level: 'warn', message: expect.stringMatching(/chmod 600/) }]);
  });
});

test.each([
  ...[
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['localhost', true],
    ['::1', true],
    ['[::1]', true],
  ],
  ...[
    ['0.0.0.0', false],
    ['::', false],
    ['10.0.0.1', false],
    ['127.example.com', false],
    ['localhost.example.com', false],
  ],
] as [string, boolean][])('%s is reached from this machine only: %s', (host, answer) => {
  expect(isLoopback(host)).toBe(answer);
});

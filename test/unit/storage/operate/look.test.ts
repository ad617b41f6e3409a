import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ListCall, listObjects } from '../../../../src/lib/storage/operate/list-objects.ts';
import { measureUsage, type UsageCall } from '../../../../src/lib/storage/operate/measure-usage.ts';
import { type PrintCall, printObjects } from '../../../../src/lib/storage/operate/print-objects.ts';
import { createWorkplace, failureOf, type Workplace } from './workplace.ts';

let here: Workplace;
beforeEach(async () => {
  here = await createWorkplace();
  for (const name of ['a.csv', 'b.csv', 'd/c.csv', 'd/e/f.csv', 'date=2026-11-01/p', 'date=2026-11-02/p'])
    here.gcs.put(`gs://bucket/${name}`, name);
});
afterEach(() => here.close());

describe('ls', () => {
  const list = (locations: string[], more: Partial<ListCall> = {}) =>
    listObjects({ ...here.call, locations, recursive: false, ...more });
  const uris = async (locations: string[], more: Partial<ListCall> = {}) =>
    (await list(locations, more)).items.map(({ uri }) => uri);

  test.each([
    [['gs://bucket'], ['a.csv', 'b.csv', 'd/', 'date=2026-11-01/', 'date=2026-11-02/']],
    [['gs://bucket/d'], ['d/c.csv', 'd/e/']],
    [['gs://bucket/d/'], ['d/c.csv', 'd/e/']],
    [['gs://bucket/a.csv'], ['a.csv']],
    [['GS://bucket/a.csv'], ['a.csv']],
    [['gs://bucket/*.csv'], ['a.csv', 'b.csv']],
    [['gs://bucket/**.csv'], ['a.csv', 'b.csv', 'd/c.csv', 'd/e/f.csv']],
    [['gs://bucket/date=*/'], ['date=2026-11-01/p', 'date=2026-11-02/p']],
    [['gs://bucket/date=*/p'], ['date=2026-11-01/p', 'date=2026-11-02/p']],
    [['gs://bucket/*/e/*'], ['d/e/f.csv']],
    [
      ['gs://bucket/{a,b}.csv', 'gs://bucket/a.csv'],
      ['a.csv', 'b.csv'],
    ],
  ])('%j', async (locations, expected) => {
    expect(await uris(locations)).toEqual(expected.map(name => `gs://bucket/${name}`));
  });

  test('recursive shows objects alone', async () => {
    expect(await uris(['gs://bucket/d'], { recursive: true })).toEqual([
      'gs://bucket/d/c.csv',
      'gs://bucket/d/e/f.csv',
    ]);
  });

  test('a pattern for folders does not read all that is in them', async () => {
    for (let index = 0; index < 50; index++) here.gcs.put(`gs://bucket/d/many/${index}`, 'x');
    here.gcs.counts.reset();
    await uris(['gs://bucket/*/c.csv']);
    const seen = here.gcs.counts.records.filter(({ operation }) => operation === 'object.list');
    expect(seen.every(({ url }) => url.includes('delimiter='))).toBe(true);
  });

  test('rows tell what is known, totals count objects', async () => {
    const { items, total } = await list(['gs://bucket']);
    expect(items[0]).toMatchObject({ type: 'file', bytes: 5, contentType: 'application/octet-stream' });
    expect(items[0]?.crc32c).toMatch(/^.{6}==$/);
    expect(items[2]).toMatchObject({ uri: 'gs://bucket/d/', type: 'folder', bytes: null, updated: null, crc32c: null });
    expect(total).toEqual({ objects: 2, bytes: 10 });
  });

  test('an object that is a folder as well shows both', async () => {
    here.gcs.put('gs://bucket/d', 'object');
    expect(await uris(['gs://bucket/d'])).toEqual(['gs://bucket/d', 'gs://bucket/d/c.csv', 'gs://bucket/d/e/']);
  });

  test('the object that stands for the folder itself is not in it', async () => {
    here.gcs.put('gs://other/x/', '');
    here.gcs.put('gs://other/x/y', '');
    expect(await uris(['gs://other/x'])).toEqual(['gs://other/x/y']);
  });

  test('nothing is an error, an empty bucket or folder is not', async () => {
    expect(await failureOf(list(['gs://bucket/nothing']))).toMatchObject({ code: 'NOT_FOUND' });
    expect((await failureOf(list(['gs://bucket/d/c.cvs']))).hint).toBe('did you mean gs://bucket/d/c.csv?');
    expect(await failureOf(list(['gs://nowhere/x']))).toMatchObject({ code: 'NOT_FOUND' });
    expect((await failureOf(list(['raw:']))).hint).toContain('bucket ensure');
    expect(await uris(['gs://other'])).toEqual([]);
    fs.mkdirSync(here.at('empty'));
    expect(await uris(['empty'])).toEqual([]);
  });

  test('without a location, the buckets of the project; with gs:// those of the cloud project', async () => {
    expect(await uris([])).toContain('.sentops/buckets/streaming-input/');
    expect(await uris([])).toHaveLength(7);
    const project = structuredClone({ config: here.call.project.config, dir: here.folder, profile: 'default' });
    const call = { ...here.call.project, ...project, config: { ...project.config } };
    call.config.storage = { ...call.config.storage, project: 'test-project' };
    expect(await uris(['gs://'], { project: call })).toEqual(['gs://bucket/', 'gs://other/']);
  });

  test('--date and --newer choose among objects', async () => {
    const names = await uris(['gs://bucket'], { recursive: true, date: '2026-11-02' });
    expect(names).toEqual(['gs://bucket/date=2026-11-02/p']);
    expect(await uris(['gs://bucket'], { newer: '1h' })).toEqual(['gs://bucket/a.csv', 'gs://bucket/b.csv']);
    expect(await uris(['gs://bucket'], { newer: '2100-01-01' })).toEqual([]);
  });

  test('paths are answered as they were spelled', async () => {
    here.put('data/a.csv');
    for (const [given, shown] of [
      ['data', 'data/a.csv'],
      ['./data/', './data/a.csv'],
      [here.at('data'), here.at('data/a.csv')],
      [`file://${here.at('data')}`, `file://${here.at('data')}/a.csv`],
      ['da*/*', 'data/a.csv'],
    ] as const)
      expect(await uris([given])).toEqual([shown]);
  });

  test('a role can be a bucket or a folder elsewhere', async () => {
    await here.close();
    here = await createWorkplace('buckets: { raw: gs://bucket/sub, models: /nowhere/models, code: code }\n');
    here.gcs.put('gs://bucket/sub/x', 'x');
    here.put('code/job.py');
    expect(await uris(['raw:'])).toEqual(['gs://bucket/sub/x']);
    expect(await uris(['raw:x'])).toEqual(['gs://bucket/sub/x']);
    expect(await uris(['code:'])).toEqual(['code/job.py']);
    expect(await uris(['code:job.py'], { cwd: here.at('code') })).toEqual(['./job.py']);
    expect(await uris([])).toContain('/nowhere/models/');
  });
});

describe('du', () => {
  const measure = async (locations: string[], more: Partial<UsageCall> = {}) => {
    const { items, total } = await measureUsage({ ...here.call, locations, depth: 1, ...more });
    return { rows: items.map(({ uri, objects, bytes }) => `${uri} ${objects} ${bytes}`), total };
  };

  test('a line for each folder, then the whole', async () => {
    const { rows, total } = await measure(['gs://bucket']);
    expect(rows).toEqual([
      'gs://bucket/d/ 2 16',
      'gs://bucket/date=2026-11-01/ 1 17',
      'gs://bucket/date=2026-11-02/ 1 17',
      'gs://bucket/ 6 60',
    ]);
    expect(total).toEqual({ objects: 6, bytes: 60 });
  });

  test('as deep as asked', async () => {
    expect((await measure(['gs://bucket/d'], { depth: 3 })).rows).toEqual([
      'gs://bucket/d/e/ 1 9',
      'gs://bucket/d/ 2 16',
    ]);
    expect((await measure(['gs://bucket/d', 'gs://bucket/a.csv'], { depth: 0 })).rows).toEqual([
      'gs://bucket/d/ 2 16',
      'gs://bucket/a.csv 1 5',
    ]);
  });

  test('only what was chosen, and nothing is an error', async () => {
    expect((await measure(['gs://bucket'], { date: '2026-11-01' })).total).toEqual({ objects: 1, bytes: 17 });
    expect(await failureOf(measure(['gs://bucket/no']))).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('what is in another location already is not counted twice', async () => {
    expect((await measure(['gs://bucket', 'gs://bucket/d'])).total.objects).toBe(6);
    expect((await measure(['gs://bucket/d', 'gs://bucket'])).total.objects).toBe(6);
    expect((await measure(['gs://bucket/a.csv', 'gs://bucket'])).total.objects).toBe(6);
  });

  test('without a location, what the buckets of the project hold so far', async () => {
    here.put('.sentops/buckets/raw/x', '12345');
    const { rows, total } = await measure([], { depth: 0 });
    expect([rows, total]).toEqual([['.sentops/buckets/raw/ 1 5'], { objects: 1, bytes: 5 }]);
  });
});

describe('cat', () => {
  const print = async (locations: string[], more: Partial<PrintCall> = {}) => {
    const printed: Uint8Array[] = [];
    const stream = async (chunk: Uint8Array) => void printed.push(chunk);
    const result = await printObjects({ ...here.call, locations, dryRun: false, stream, ...more });
    return { ...result, text: Buffer.concat(printed).toString() };
  };

  test('prints all that match, in order, and says how much', async () => {
    here.put('file', 'local');
    const { text, items, bytes } = await print(['gs://bucket/*.csv', 'file']);
    expect([text, items.length, bytes]).toEqual(['a.csvb.csvlocal', 3, 15]);
  });

  test.each([
    ['0-1', 'a.'],
    ['2-', 'csv'],
    ['-2', 'sv'],
    ['-99', 'a.csv'],
    ['3-99', 'sv'],
    ['9-', ''],
  ])('--range %s', async (range, expected) => {
    expect((await print(['gs://bucket/a.csv'], { range })).text).toBe(expected);
  });

  test.each(['', '-', '5-2', '1', 'a-b'])('--range %j is a mistake', async range => {
    expect(await failureOf(print(['gs://bucket/a.csv'], { range }))).toMatchObject({ code: 'FLAG_INVALID' });
  });

  test('finds all before the first byte', async () => {
    const stream = async () => {
      throw new Error('printed');
    };
    expect(await failureOf(print(['gs://bucket/a.csv', 'gs://bucket/no'], { stream }))).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await failureOf(print(['gs://bucket/d'], { stream }))).toMatchObject({ code: 'FLAG_INVALID' });
  });

  test('damage on the way is an error, not a result', async () => {
    here.gcs.put('gs://bucket/long', 'x'.repeat(10_000));
    here.gcs.faults.add({ kind: 'corrupt', at: 5000, on: 'object.media', times: null });
    expect(await failureOf(print(['gs://bucket/long']))).toMatchObject({ code: 'DATA_INVALID' });
  });

  test('a dry run counts', async () => {
    const { text, bytes } = await print(['gs://bucket/*.csv'], { dryRun: true, range: '-2' });
    expect([text, bytes]).toEqual(['', 4]);
  });

  test('an empty object is nothing to print', async () => {
    here.gcs.put('gs://bucket/empty', '');
    expect(await print(['gs://bucket/empty'])).toMatchObject({ text: '', bytes: 0 });
  });
});

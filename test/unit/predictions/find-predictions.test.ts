import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findPredictions } from '../../../src/lib/predictions/find-predictions.ts';
import { startGcsStandIn } from '../../helpers/gcs-stand-in/start.ts';
import { lines, openPredictionsWorld } from './predictions-world.ts';

const ROW = lines({ text: 'x', prediction: 1 });

describe('finding predictions', () => {
  test('newest day first, then newest file; what belongs to Spark or is being written is left out', async () => {
    const { put, call } = await openPredictionsWorld();
    put('date=2026-11-19/part-0.parquet', 'PAR1');
    put('date=2026-11-20/part-0.jsonl', ROW, 1_763_000_100);
    put('date=2026-11-20/hour=5/part-1.json.gz', ROW, 1_763_000_200);
    put('date=2026-11-20/_x=1/part-2.ndjson.zst', ROW, 1_763_000_300);
    put('no-day.json', ROW);
    for (const hidden of [
      '_SUCCESS',
      '_spark_metadata/0.json',
      'date=2026-11-20/_temporary/0/part-9.parquet',
      'date=2026-11-20/.part-0.jsonl.crc',
      'date=2026-11-20/.hidden.jsonl',
      'date=2026-11-20/part-8.parquet._COPYING_',
      'date=2026-11-20/notes.txt',
      '.tmp/part.json',
    ])
      put(hidden, ROW);
    put('date=2026-11-20/part-7.parquet', '');
    const { files, location } = await findPredictions(call());
    expect(location).toBe('out/');
    expect(files.map(({ uri, date, format }) => [uri, date, format])).toEqual([
      ['out/date=2026-11-20/_x=1/part-2.ndjson.zst', '2026-11-20', 'jsonl'],
      ['out/date=2026-11-20/hour=5/part-1.json.gz', '2026-11-20', 'jsonl'],
      ['out/date=2026-11-20/part-0.jsonl', '2026-11-20', 'jsonl'],
      ['out/date=2026-11-19/part-0.parquet', '2026-11-19', 'parquet'],
      ['out/no-day.json', null, 'jsonl'],
    ]);
  });

  test('one day, wherever its folder is', async () => {
    const { put, call } = await openPredictionsWorld();
    put('date=2026-11-19/a.jsonl', ROW);
    put('date=2026-11-20/a.jsonl', ROW);
    put('model=x/date=2026-11-18/a.jsonl', ROW);
    const uris = async (date: string) => (await findPredictions(call({ date }))).files.map(({ uri }) => uri);
    expect(await uris('2026-11-20')).toEqual(['out/date=2026-11-20/a.jsonl']);
    expect(await uris('2026-11-18')).toEqual(['out/model=x/date=2026-11-18/a.jsonl']);
    expect(await uris('2026-11-17')).toEqual([]);
  });

  test.each(['today', '2026-13-01', '2026-02-30', '20261120', ''])('%j is no day', async date => {
    const { call } = await openPredictionsWorld();
    await expect(findPredictions(call({ date }))).rejects.toMatchObject({ code: 'FLAG_INVALID' });
  });

  test('a folder of a day, a file, and a path from another folder', async () => {
    const { put, call, dir } = await openPredictionsWorld();
    put('date=2026-11-20/a.jsonl', ROW);
    const at = async (location: string) => (await findPredictions(call({ location }))).files;
    const found = { date: '2026-11-20', format: 'jsonl', bytes: Buffer.byteLength(ROW) };
    expect(await at('out/date=2026-11-20')).toMatchObject([{ ...found, uri: 'out/date=2026-11-20/a.jsonl' }]);
    expect(await at('out/date=2026-11-20/a.jsonl')).toMatchObject([found]);
    const elsewhere = await findPredictions(call({ cwd: path.join(dir, 'out', 'date=2026-11-20') }));
    expect(elsewhere.files).toMatchObject([found]);
  });

  test('nothing yet is nothing; a place that is not there, and a file that is something else, are errors', async () => {
    const { put, call } = await openPredictionsWorld();
    expect((await findPredictions(call())).files).toEqual([]);
    await expect(findPredictions(call({ location: 'nowhere' }))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    put('notes.txt', 'x');
    expect((await findPredictions(call({ location: 'out' }))).files).toEqual([]);
    await expect(findPredictions(call({ location: 'out/notes.txt' }))).rejects.toMatchObject({ code: 'DATA_INVALID' });
  });

  test('in a bucket only the folder of the day is listed', async () => {
    const server = await startGcsStandIn({ buckets: ['my-predictions'] });
    try {
      const yaml = `serve: { outputPath: gs://my-predictions/p }\nstorage: { endpoint: "${server.uri}" }`;
      const { call } = await openPredictionsWorld(yaml);
      server.put('gs://my-predictions/p/date=2026-11-20/a.jsonl', ROW);
      server.put('gs://my-predictions/p/date=2026-11-21/a.jsonl', ROW);
      const { files } = await findPredictions(call({ date: '2026-11-20' }));
      expect(files).toMatchObject([{ uri: 'gs://my-predictions/p/date=2026-11-20/a.jsonl', date: '2026-11-20' }]);
      const lists = server.counts.records.filter(({ operation }) => operation === 'object.list');
      expect(lists.map(({ url }) => new URL(url, server.uri).searchParams.get('prefix'))).toEqual([
        'p/date=2026-11-20/',
      ]);
    } finally {
      await server.stop();
    }
  });
});

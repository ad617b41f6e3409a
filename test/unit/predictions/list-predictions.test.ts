import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { listPredictions } from '../../../src/lib/predictions/list-predictions.ts';
import { startGcsStandIn } from '../../helpers/gcs-stand-in/start.ts';
import { lines, openPredictionsWorld, sparkFile } from './predictions-world.ts';

const row = (text: string) => ({ text, prediction: 1 });
const sparkRow = (text: string) => ({ text, prediction: 1, probability: [0.2, 0.8], version: '3' });

describe('predictions by day', () => {
  test('files, rows, bytes and the newest of each day', async () => {
    const { put, call, events } = await openPredictionsWorld();
    const parquet = sparkFile([sparkRow('a'), sparkRow('b')]);
    const packed = gzipSync(lines(row('c'), row('d'), row('e')));
    put('date=2026-11-20/part-0.parquet', parquet, 1_763_000_500);
    put('date=2026-11-20/part-1.json.gz', packed, 1_763_000_900);
    put('date=2026-11-21/part-0.jsonl', `\n${lines(row('f'))}\n  \n${JSON.stringify(row('no end of line'))}`);
    put('old.jsonl', lines(row('g')));
    const { days, location } = await listPredictions(call());
    expect(location).toBe('out/');
    expect(days).toMatchObject([
      { date: '2026-11-21', files: 1, rows: 2, unreadable: 0 },
      { date: '2026-11-20', files: 2, rows: 5, bytes: parquet.length + packed.length, unreadable: 0 },
      { date: null, files: 1, rows: 1, unreadable: 0 },
    ]);
    expect(days[1]?.newest).toBe(new Date(1_763_000_900_000).toISOString());
    expect(events.at(-1)).toMatchObject({ type: 'progress', done: 4, total: 4 });
  });

  test('a file that is being written does not hide the others, and is told', async () => {
    const { put, call, warnings } = await openPredictionsWorld();
    const whole = sparkFile([sparkRow('a')]);
    put('date=2026-11-21/part-0.parquet', whole);
    for (const number of [1, 2, 3, 4, 5]) put(`date=2026-11-21/part-${number}.parquet`, whole.subarray(0, 40));
    const { days } = await listPredictions(call());
    expect(days).toMatchObject([{ files: 6, rows: 1, unreadable: 5 }]);
    expect(warnings()).toHaveLength(4);
    expect(warnings()[0]).toMatch(/^left out: out\/date=2026-11-21\/part-\d\.parquet: /);
    expect(warnings()[3]).toBe('left out: 2 more files');
  });

  test('a damaged file that was asked for alone is an error', async () => {
    const { put, call } = await openPredictionsWorld();
    put('a.parquet', 'PAR1 and nothing more');
    const work = listPredictions(call({ location: 'out/a.parquet' }));
    await expect(work).rejects.toMatchObject({ code: 'DATA_INVALID' });
  });

  test('of Parquet in a bucket only the footer is read; files that vanish are no failure, a server that does not answer is', async () => {
    const server = await startGcsStandIn({ buckets: ['my-predictions'] });
    try {
      const yaml = `serve: { outputPath: gs://my-predictions/p }\nstorage: { endpoint: "${server.uri}" }`;
      const { call, warnings } = await openPredictionsWorld(yaml);
      const big = sparkFile(Array.from({ length: 20_000 }, (_, index) => sparkRow(`some text ${index}`)));
      server.put('gs://my-predictions/p/date=2026-11-20/a.parquet', big);
      server.put('gs://my-predictions/p/date=2026-11-20/gone.parquet', big);
      server.faults.add({
        kind: 'status',
        status: 404,
        reason: 'notFound',
        object: 'gone',
        on: 'object.media',
        times: 9,
      });
      expect((await listPredictions(call())).days).toMatchObject([{ files: 2, rows: 20_000, unreadable: 1 }]);
      expect(server.counts.sent('my-predictions/p/date=2026-11-20/a.parquet')).toBeLessThan(big.length / 4);
      expect(warnings()[0]).toContain('gone.parquet');
      server.faults.add({ kind: 'status', status: 403, reason: 'forbidden', object: 'a.parquet', times: 9 });
      await expect(listPredictions(call())).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    } finally {
      await server.stop();
    }
  });
});

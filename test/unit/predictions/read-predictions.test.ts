import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countRows, type Field, readPredictions } from '../../../src/lib/predictions/read-predictions.ts';
import type { PredictionFile } from '../../../src/lib/predictions/types.ts';
import createGsStorage from '../../../src/lib/storage/gs/storage.ts';
import type { Storage } from '../../../src/lib/storage/types.ts';
import { createTestContext } from '../../helpers/extension-context.ts';
import { type GcsStandIn, startGcsStandIn } from '../../helpers/gcs-stand-in/start.ts';
import { lines, sparkFile } from './predictions-world.ts';

const { signal } = new AbortController();
let server: GcsStandIn;
let storage: Storage;
beforeAll(async () => {
  server = await startGcsStandIn({ buckets: ['data'] });
  storage = await createGsStorage({ endpoint: server.uri, auth: 'adc' }, createTestContext());
});
afterAll(() => server.stop());

function put(name: string, content: Uint8Array | string): PredictionFile {
  const { generation, blob, updated } = server.put(`gs://data/${name}`, content);
  const format = name.endsWith('.parquet') ? 'parquet' : 'jsonl';
  return { uri: `gs://data/${name}`, date: null, format, bytes: blob.bytes, updated, generation };
}

async function read(file: PredictionFile, fields: readonly Field[] = ['text', 'prediction', 'modelVersion']) {
  const rows: unknown[][] = [];
  for await (const block of readPredictions(file, storage, fields, signal))
    for (let row = 0; row < block.rows; row++) rows.push(fields.map(field => block.at(field, row)));
  return rows;
}

describe('rows of a file of predictions', () => {
  test('lines, packed or not, whatever the pieces in which they come', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({ text: `süß 😀 ${index}`, prediction: index % 2 }));
    const text = Buffer.from(lines(...many));
    const expected = many.map(({ text, prediction }) => [text, prediction, null]);
    for (const [name, bytes] of Object.entries({
      'a.jsonl': text,
      'a.json.gz': gzipSync(text),
      'a.json.zst': zstdCompressSync(text),
    })) {
      const file = put(name, bytes);
      expect(await read(file)).toEqual(expected);
      expect(await countRows(file, storage, signal)).toBe(10_000);
    }
  });

  test('names of fields: that of the file, null where it has none', async () => {
    const fields: Field[] = ['prediction', 'sentiment', 'timestamp', 'confidence'];
    const file = put(
      'b.jsonl',
      lines({ sentiment: 'x', timestamp: 't' }, { prediction: null, prediction_timestamp: 'p' }),
    );
    expect(await read(file, fields)).toEqual([
      [null, 'x', 't', null],
      [null, null, 'p', null],
    ]);
  });

  test('of Parquet only the columns that were asked for', async () => {
    const rows = Array.from({ length: 5000 }, (_, index) => ({
      text: `a rather long text number ${index}`.repeat(5),
      prediction: index % 2,
      probability: [0.5, 0.5],
      version: '1',
    }));
    const file = put('c.parquet', sparkFile(rows));
    server.counts.reset();
    expect((await read(file, ['prediction'])).slice(0, 3)).toEqual([[0], [1], [0]]);
    expect(server.counts.sent('data/c.parquet')).toBeLessThan(file.bytes / 3);
  });

  test.each(['d.parquet', 'd.jsonl'])('what is replaced while it is read is CONFLICT: %s', async name => {
    const content = name === 'd.jsonl' ? lines({ prediction: 1 }) : sparkFile([]);
    const seen = put(name, content);
    put(name, content);
    await expect(read(seen)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(countRows(seen, storage, signal)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test.each([
    ['a line that is no record', '[1]\n', 'has no predictions'],
    ['a record without a prediction', '{"text":"x"}\n', 'no column prediction or sentiment'],
    ['half a character at the end', Buffer.concat([Buffer.from('{"prediction":1}'), Buffer.of(0xc3)]), 'line 1'],
    ['half a line', '{"prediction":1}\n{"pred', 'line 2'],
    ['half a packed file', gzipSync(lines({ prediction: 1 })).subarray(0, 25), 'gs://data/e.jsonl'],
  ])('%s is DATA_INVALID', async (_title, content, message) => {
    const work = read(put('e.jsonl', content));
    await expect(work).rejects.toMatchObject({ code: 'DATA_INVALID', message: expect.stringContaining(message) });
  });

  test('Parquet without predictions, or cut off, is DATA_INVALID and named', async () => {
    const whole = Buffer.from(sparkFile([{ text: 'x', prediction: 1, probability: [1], version: '1' }]));
    const renamed = Buffer.from(whole.toString('latin1').replaceAll('prediction', 'predictioN'), 'latin1');
    for (const bytes of [renamed, whole.subarray(0, whole.length - 6)]) {
      const work = read(put('f.parquet', bytes));
      await expect(work).rejects.toMatchObject({
        code: 'DATA_INVALID',
        message: expect.stringContaining('gs://data/f.parquet'),
      });
    }
  });
});

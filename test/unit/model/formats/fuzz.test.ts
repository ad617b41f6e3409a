import zlib from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import { readNative } from '../../../../src/lib/model/formats/native/read.ts';
import { writeNative } from '../../../../src/lib/model/formats/native/write.ts';
import { readSpark } from '../../../../src/lib/model/formats/spark/read.ts';
import { writeSpark } from '../../../../src/lib/model/formats/spark/write.ts';
import type { FittedModel } from '../../../../src/lib/model/types.ts';
import { readColumns, sourceOf } from '../../../../src/lib/parquet/read-columns.ts';
import { readParquetTable } from '../../../../src/lib/parquet/read-table.ts';
import { sampleModels } from '../../../helpers/sample-models.ts';

/** Mutations of each kind; a long run sets SENTOPS_FUZZ. */
const COUNT = Number(process.env['SENTOPS_FUZZ'] ?? 1200);
const LIMIT = 512 * 1024 * 1024;

/** A few bytes changed, cut out, repeated or put in; mostly small numbers and extremes, where lengths are. */
function mutate(bytes: Uint8Array, random: () => number): Buffer {
  let result = Buffer.from(bytes);
  const pick = (count: number) => Math.floor(random() * count);
  for (let change = 1 + pick(3); change > 0; change--) {
    const at = pick(result.length);
    const kind = pick(10);
    if (kind < 4) result[at] = (result[at] ?? 0) ^ (1 << pick(8));
    else if (kind < 6) result[at] = [0, 1, 0x7f, 0x80, 0xff, pick(256)][pick(6)] ?? 0;
    else if (kind === 6) result = result.subarray(0, at);
    else if (kind === 7) result = Buffer.concat([result.subarray(0, at), result.subarray(at + 1 + pick(8))]);
    else if (kind === 8) result = Buffer.concat([result.subarray(0, at), result.subarray(Math.max(0, at - pick(64)))]);
    else result.fill(0xff, at, Math.min(result.length, at + 1 + pick(6)));
  }
  return result;
}

function randomNumbers(seed: number): () => number {
  let state = seed;
  // mulberry32
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Every mutation is either read or refused in our own words; memory stays where it is. */
async function fuzz(
  seeds: readonly Uint8Array[],
  read: (bytes: Uint8Array) => unknown,
  repair: (bytes: Buffer, random: () => number) => Uint8Array = bytes => bytes,
): Promise<{ readonly read: number; readonly refused: number }> {
  const random = randomNumbers(20_260_101);
  const before = process.memoryUsage().rss;
  let good = 0;
  let refused = 0;
  for (let run = 0; run < COUNT; run++) {
    // Unpackers give their memory back between turns of the event loop, which reading from memory alone never ends.
    if (run % 50 === 0) await new Promise(resolve => setImmediate(resolve));
    const seed = seeds[run % seeds.length] ?? new Uint8Array();
    const bytes = repair(mutate(seed, random), random);
    try {
      await read(bytes);
      good++;
    } catch (error) {
      if (!(error instanceof SentopsError) || error.code !== 'DATA_INVALID') {
        throw new Error(`mutation ${run}: ${String(error)}\n${Buffer.from(bytes).toString('base64')}`, {
          cause: error,
        });
      }
      refused++;
    }
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(LIMIT);
  return { read: good, refused };
}

const samples = sampleModels();
const small = ['svc', 'forest', 'vocabulary'].map(name => samples[name] as FittedModel);
const spark = await Promise.all(small.map(model => writeSpark(model)));
const parquet = spark.flatMap(files =>
  Array.from(files).flatMap(([file, bytes]) => (file.endsWith('.parquet') ? [bytes] : [])),
);

const texts = Array.from({ length: 300 }, (_, index) => (index % 9 === 0 ? null : `text ${index % 50} é`));
const table = (options: object) =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'text', data: texts, type: 'STRING' },
        { name: 'stars', data: texts.map((_, index) => index % 5), type: 'INT32' },
        {
          name: 'id',
          data: texts.map((_, index) => BigInt(index) * 7n),
          type: 'INT64',
          encoding: 'DELTA_BINARY_PACKED',
        },
        { name: 'at', data: texts.map((_, index) => new Date(index * 1e9)), type: 'TIMESTAMP' },
        { name: 'note', data: texts.map(text => text ?? ''), type: 'STRING', encoding: 'DELTA_BYTE_ARRAY' },
      ],
      ...options,
    }),
  );
const compressors = {
  GZIP: (bytes: Uint8Array) => zlib.gzipSync(bytes),
  ZSTD: (bytes: Uint8Array) => zlib.zstdCompressSync(bytes),
};
const tables = [
  table({ rowGroupSize: 100 }),
  table({ codec: 'GZIP', compressors }),
  table({ codec: 'ZSTD', compressors }),
];

async function readWholeTable(bytes: Uint8Array): Promise<void> {
  const opened = await readParquetTable(sourceOf(bytes));
  for (let group = 0; group < opened.groups.length; group++) {
    for (const column of await opened.readGroup(group, [...new Set(opened.columns.map(each => each.name))])) {
      column.text();
      for (let row = 0; row < Math.min(column.rows, 20); row++) column.at(row);
    }
  }
}

const minutes = Math.max(30_000, COUNT * 20);

describe(`${COUNT} mutations`, () => {
  test('of Parquet files of models', { timeout: minutes }, async () => {
    const { read, refused } = await fuzz(parquet, async bytes => {
      const columns = await readColumns(bytes);
      for (const name of columns.names) await columns.read(name);
    });
    expect(read).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(COUNT / 10);
  });

  test('of Parquet tables', { timeout: minutes }, async () => {
    const { refused } = await fuzz(tables, readWholeTable);
    expect(refused).toBeGreaterThan(COUNT / 10);
  });

  test('of the metadata of a pipeline', { timeout: minutes }, async () => {
    const files = spark[1] ?? new Map<string, Uint8Array>();
    const names = [...files.keys()].filter(file => file.includes('metadata/part'));
    let turn = 0;
    const seeds = names.map(name => files.get(name) ?? new Uint8Array());
    const { refused } = await fuzz(seeds, bytes => {
      const changed = new Map(files);
      changed.set(names[turn++ % names.length] ?? '', bytes);
      return readSpark(changed);
    });
    expect(refused).toBeGreaterThan(COUNT / 10);
  });

  test('of native files, with right checksums half of the time', { timeout: minutes }, async () => {
    const seeds = small.map(model => writeNative(model));
    const { refused } = await fuzz(seeds, readNative, (bytes, random) => (random() < 0.5 ? repairSums(bytes) : bytes));
    expect(refused).toBeGreaterThan(COUNT / 10);
  });
});

/** What a forger would do. */
function repairSums(bytes: Buffer): Buffer {
  if (bytes.length < 40) return bytes;
  bytes.writeBigUInt64LE(BigInt(bytes.length), 16);
  const length = bytes.readUInt32LE(12);
  bytes.writeUInt32LE(zlib.crc32(bytes.subarray(32, 32 + length)), 24);
  bytes.writeUInt32LE(zlib.crc32(bytes.subarray(32 + length)), 28);
  return bytes;
}

import { createHash } from 'node:crypto';
import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openTable } from '../../../src/lib/data/open-table.ts';
import type { ByteSource, TableRequest } from '../../../src/lib/data/rows.ts';
import { eachBatch, failure, open, readAll, sourceOf } from './tables.ts';

const FILES: readonly [name: string, data: Uint8Array, request: TableRequest][] = [
  ['quotes', Buffer.from('text,label\r\n"a ""b""\r\n",1\r\nc,"0"\r\n\r\n"",1'), {}],
  ['bad rows', Buffer.from(`text,label\n${'good,1\n'.repeat(30)}"x"y,1\na,b,c\nlast,0`), { needsLabel: true }],
  ['Latin-1', Buffer.from('text;label\ncaf\xe9;1\n"\xfc""";0\n', 'latin1'), {}],
  ['UTF-16', Buffer.from('\ufefftext\tlabel\nä😀\t1\n"b\tc"\t0\n', 'utf16le'), {}],
  ['lines', Buffer.from('\ufeffone, two\n\n"three"\r\nfour'), {}],
  ['JSON lines', Buffer.from('{"text":"ä","label":1}\n\nbroken\n"b"\n{"text":null}'), {}],
  ['gzip', zlib.gzipSync('text,label\ngood,1\nbad,0\n'), {}],
  ['zstd', Buffer.concat([zlib.zstdCompressSync('text,label\ngo'), zlib.zstdCompressSync('od,1\nbad,0\n')]), {}],
];

/** All that a reader can see. */
async function see(source: ByteSource, request: TableRequest) {
  const table = await openTable(source, request);
  const records: unknown[] = [];
  const rows = await readAll(table);
  if (source.repeatable) {
    await eachBatch(table, [], batch => {
      for (let row = 0; row < batch.rows; row++) records.push(batch.record(row));
    });
  }
  return { rows, records, layout: { ...table.layout }, statistics: table.statistics(), progress: table.progress() };
}

describe('a table of text', () => {
  test.each(FILES)('%s: cut into two anywhere, or into bytes, it is the same', async (_name, data, request) => {
    const whole = await see(sourceOf(data), request);
    expect(whole.rows.length).toBeGreaterThan(1);
    for (let cut = 1; cut < data.length; cut += data.length > 150 ? 7 : 1) {
      async function* two() {
        yield data.subarray(0, cut);
        yield new Uint8Array(0);
        yield data.subarray(cut);
      }
      expect(await see({ ...sourceOf(data), open: two }, request), `cut at ${cut}`).toEqual(whole);
    }
    expect(await see(sourceOf(data, { chunk: 1 }), request)).toEqual(whole);
    const once = await see(sourceOf(data, { chunk: 3, repeatable: false }), request);
    expect({ ...once, records: whole.records }).toEqual({ ...whole, progress: { ...whole.progress, total: null } });
  });

  test.each(FILES)('%s: the sum is that over the stored bytes', async (_name, data, request) => {
    const { statistics, progress, rows } = await see(sourceOf(data), request);
    expect(statistics).toMatchObject({
      bytes: data.length,
      sha256: createHash('sha256').update(data).digest('hex'),
      rows: rows.length,
    });
    expect(progress).toEqual({ done: data.length, total: data.length });
  });
});

describe('progress', () => {
  test('grows with the stored bytes, up to all of them', async () => {
    const csv = `text,label\n${Array.from({ length: 60_000 }, (_, row) => `text number ${(row * 7919) % 60_000},${row % 2}`).join('\n')}\n`;
    for (const data of [Buffer.from(csv), zlib.gzipSync(csv)]) {
      const table = await openTable(sourceOf(data, { chunk: 10_000 }));
      const done: number[] = [];
      await eachBatch(table, ['text'], () => done.push(table.progress().done));
      expect(done.length).toBeGreaterThan(5);
      expect(done).toEqual([...done].sort((a, b) => a - b));
      expect(done[0]).toBeLessThanOrEqual(data.length);
      expect(table.progress()).toEqual({ done: data.length, total: data.length });
      expect(table.statistics().sha256).toBe(createHash('sha256').update(data).digest('hex'));
    }
  });

  test('is nothing, and there is no sum, before the reading is done', async () => {
    const table = await open('text,label\ngood,1\n');
    expect([table.progress().done, table.statistics().sha256, table.statistics().rows]).toEqual([0, '', 0]);
    const stopped = await openTable(sourceOf(`text,label\n${'good,1\n'.repeat(20_000)}`, { chunk: 1000 }));
    for await (const _ of stopped.batches(['text'], new AbortController().signal)) break;
    expect(stopped.statistics().sha256).toBe('');
    expect((await readAll(stopped)).length).toBe(20_000);
    expect(stopped.statistics()).toMatchObject({
      rows: 20_000,
      sha256: createHash('sha256')
        .update(`text,label\n${'good,1\n'.repeat(20_000)}`)
        .digest('hex'),
    });
  });
});

describe('an abort', () => {
  test.each<[name: string, pack: (text: string) => Uint8Array]>([
    ['plain', text => Buffer.from(text)],
    ['gzip', zlib.gzipSync],
    ['zstd', zlib.zstdCompressSync],
  ])('in the middle ends the reading and the source: %s', async (_name, pack) => {
    const data = pack(`text,label\n${'a text of some length,1\n'.repeat(100_000)}`);
    let isEnded = false;
    async function* source() {
      try {
        for (let at = 0; at < data.length; at += 500) yield data.subarray(at, at + 500);
      } finally {
        isEnded = true;
      }
    }
    const table = await openTable(sourceOf(data));
    const once = await openTable({ name: 'pipe', bytes: null, repeatable: false, open: source });
    for (const each of [table, once]) {
      const abort = new AbortController();
      let batches = 0;
      const work = (async () => {
        for await (const _ of each.batches(['text'], abort.signal))
          if (++batches === 2) abort.abort(new Error('enough'));
      })();
      await expect(work).rejects.toThrow('enough');
      expect(batches).toBe(2);
    }
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(isEnded).toBe(true);
    expect((await readAll(table)).length).toBe(100_000);
  });

  test('before the beginning reads nothing', async () => {
    const table = await open('text,label\ngood,1\n');
    const work = table
      .batches(['text'], AbortSignal.abort(new Error('never')))
      [Symbol.asyncIterator]()
      .next();
    await expect(work).rejects.toThrow('never');
  });
});

describe('a reader that breaks off', () => {
  test('ends the source, whatever it does', async () => {
    let opened = 0;
    let ended = 0;
    const source: ByteSource = {
      name: 'a.csv',
      bytes: null,
      repeatable: true,
      async *open() {
        opened++;
        try {
          for (let row = 0; ; row++) yield Buffer.from(row === 0 ? 'text,label\n' : 'good,1\n'.repeat(10_000));
        } finally {
          ended++;
        }
      },
    };
    const table = await openTable(source);
    for await (const batch of table.batches(['text'], new AbortController().signal)) if (batch.firstRow > 20_000) break;
    expect([opened, ended]).toEqual([2, 2]);
    const work = eachBatch(table, ['text'], () => {
      throw new Error('the reader failed');
    });
    await expect(work).rejects.toThrow('the reader failed');
    expect([opened, ended]).toEqual([3, 3]);
  });

  test('a failure while the file is looked at ends the source too', async () => {
    let isEnded = false;
    const source: ByteSource = {
      name: 'a.csv',
      bytes: null,
      repeatable: true,
      async *open() {
        try {
          for (;;) yield Buffer.from('%PDF-1.4 '.repeat(1000));
        } finally {
          isEnded = true;
        }
      },
    };
    expect(await failure(openTable(source))).toMatch(/^DATA_INVALID a.csv is a PDF document/);
    expect(isEnded).toBe(true);
  });
});

test('a column that the table does not have is told with those that it has', async () => {
  const table = await open('text,label\ngood,1\n');
  expect(await failure(readAll(table, ['text', 'sentiment']))).toBe(
    'DATA_INVALID rows.csv: there is no column sentiment | its columns are text, label',
  );
});

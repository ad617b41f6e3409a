import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import createLinesSource from '../../../src/lib/stream/sources/lines.ts';
import type { StreamRecord, StreamSource } from '../../../src/lib/stream/types.ts';
import { createTestContext } from '../../helpers/extension-context.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-lines-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

const { signal } = new AbortController();

function fileSource(content: string | Uint8Array): StreamSource {
  fs.writeFileSync(path.join(dir, 'in.txt'), content);
  return createLinesSource({ path: 'in.txt' }, createTestContext({ cwd: dir }));
}

async function readAll(source: StreamSource, maxRecords = 100, from = {}): Promise<StreamRecord[]> {
  const records: StreamRecord[] = [];
  await source.open(from);
  for (
    let batch = await source.read({ maxRecords, maxWaitMs: 0, signal });
    batch;
    batch = await source.read({ maxRecords, maxWaitMs: 0, signal })
  ) {
    expect(batch.records.length).toBeLessThanOrEqual(maxRecords);
    records.push(...batch.records);
  }
  await source.close();
  return records;
}

const fieldsOf = (records: readonly StreamRecord[]) => records.map(record => record.fields);

describe('rows', () => {
  test.each([
    ['text', 'one\ntwo\n', [{ text: 'one' }, { text: 'two' }]],
    ['no end at the last line', 'one\ntwo', [{ text: 'one' }, { text: 'two' }]],
    ['JSON objects', '{"id":"7","text":"Grüße 🎉"}\n {"text":null}\n', [{ id: '7', text: 'Grüße 🎉' }, { text: null }]],
    ['lines of Windows', 'one\r\n{"text":"two"}\r\n', [{ text: 'one' }, { text: 'two' }]],
    ['empty lines are no rows', '\none\n\n  \n\ntwo\n\n', [{ text: 'one' }, { text: 'two' }]],
    ['a byte order mark is no text', '\uFEFFone\ntwo', [{ text: 'one' }, { text: 'two' }]],
    ['an empty file', '', []],
    ['JSON that is no object is text', '[1]\n"two"\n3', [{ text: '[1]' }, { text: '"two"' }, { text: '3' }]],
  ])('%s', async (_title, content, expected) => {
    expect(fieldsOf(await readAll(fileSource(content)))).toEqual(expected);
    expect(fieldsOf(await readAll(fileSource(content), 1))).toEqual(expected);
  });

  test('a damaged row is handed on with the reason, and the next one is read', async () => {
    const records = await readAll(fileSource('{"text":"ok"}\n{"text": \nfine\n'));
    expect(records[1]).toMatchObject({
      fields: { raw: '{"text": ' },
      origin: { offset: '14' },
      error: expect.stringMatching(/^not valid JSON: /),
    });
    expect(records[2]?.fields).toEqual({ text: 'fine' });
  });

  test('characters and lines that chunks cut in two come out whole, wherever the cut is', async () => {
    const bytes = Buffer.from('añ🎉\r\n{"text":"世界"}\nlast');
    for (let size = 1; size <= bytes.length; size++) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      const source = createLinesSource({}, createTestContext({ stdin: Readable.from(chunks, { objectMode: false }) }));
      await source.open({});
      const records: StreamRecord[] = [];
      for (
        let batch = await source.read({ maxRecords: 9, maxWaitMs: 1000, signal });
        batch;
        batch = await source.read({ maxRecords: 9, maxWaitMs: 1000, signal })
      )
        records.push(...batch.records);
      expect(fieldsOf(records)).toEqual([{ text: 'añ🎉' }, { text: '世界' }, { text: 'last' }]);
    }
  });
});

describe('positions', () => {
  const content = 'first\r\n{"text":"zweite Größe"}\n\nthird\nlast';

  test('from every position on exactly the rows behind it are read', async () => {
    const all = fieldsOf(await readAll(fileSource(content)));
    const source = fileSource(content);
    await source.open({});
    const seen: Record<string, string>[] = [{}];
    for (
      let batch = await source.read({ maxRecords: 1, maxWaitMs: 0, signal });
      batch;
      batch = await source.read({ maxRecords: 1, maxWaitMs: 0, signal })
    )
      seen.push(batch.positions);
    await source.close();
    expect(seen.length).toBe(6);
    const behind = await Promise.all(
      seen.map(async positions =>
        fieldsOf(await readAll(createLinesSource({ path: 'in.txt' }, createTestContext({ cwd: dir })), 9, positions)),
      ),
    );
    expect(behind).toEqual([all, all.slice(1), all.slice(2), all.slice(2), all.slice(3), []]);
  });

  test.each(['x', '-1', '1.5', ''])('%j is no position', async position => {
    const source = fileSource(content);
    await expect(source.open({ [path.join(dir, 'in.txt')]: position })).rejects.toMatchObject({ code: 'DATA_INVALID' });
  });

  test('a file that became shorter than what was read is told, not read as empty', async () => {
    const source = fileSource('short');
    await expect(source.open({ [path.join(dir, 'in.txt')]: '6' })).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining('shorter'),
    });
  });

  test('standard input cannot go back, and says so before anything is read', async () => {
    const source = createLinesSource({ path: '-' }, createTestContext({ input: 'a\n' }));
    expect(source.replayable).toBe(false);
    await expect(source.open({ '-': '2' })).rejects.toMatchObject({ code: 'DATA_INVALID' });
    expect(fileSource('x').replayable).toBe(true);
  });
});

describe('waiting', () => {
  test('comes back empty when the time is over, and what arrives meanwhile is not lost', async () => {
    const stdin = new PassThrough();
    const source = createLinesSource({}, createTestContext({ stdin }));
    await source.open({});
    expect(await source.read({ maxRecords: 5, maxWaitMs: 10, signal })).toEqual({
      records: [],
      positions: { '-': '0' },
    });
    stdin.write('half');
    expect((await source.read({ maxRecords: 5, maxWaitMs: 10, signal }))?.records).toEqual([]);
    stdin.write(' and half\nnext\n');
    const batch = await source.read({ maxRecords: 1, maxWaitMs: 5000, signal });
    expect(fieldsOf(batch?.records ?? [])).toEqual([{ text: 'half and half' }]);
    expect(fieldsOf((await source.read({ maxRecords: 5, maxWaitMs: 0, signal }))?.records ?? [])).toEqual([
      { text: 'next' },
    ]);
    stdin.end();
    expect(await source.read({ maxRecords: 5, maxWaitMs: 5000, signal })).toBeNull();
    await source.close();
  });

  test('a stop ends the wait at once, and closing lets go of an input that never ends', async () => {
    const stdin = new PassThrough();
    const controller = new AbortController();
    const source = createLinesSource({}, createTestContext({ stdin }));
    await source.open({});
    const reading = source.read({ maxRecords: 5, maxWaitMs: 60_000, signal: controller.signal });
    controller.abort(new Error('stopped'));
    await expect(reading).rejects.toThrow('stopped');
    await source.close();
    expect(stdin.destroyed).toBe(true);
  });
});

describe('what cannot be read', () => {
  test.each([
    ['a missing file', 'none.txt', 'NOT_FOUND'],
    ['a folder', '.', 'DATA_INVALID'],
  ])('%s', async (_title, file, code) => {
    await expect(createLinesSource({ path: file }, createTestContext({ cwd: dir })).open({})).rejects.toMatchObject({
      code,
    });
  });

  test('a file that is deleted between opening and reading is read all the same, and nothing crashes', async () => {
    const source = fileSource('still here');
    await source.open({});
    fs.rmSync(path.join(dir, 'in.txt'));
    expect((await source.read({ maxRecords: 1, maxWaitMs: 0, signal }))?.records[0]?.fields).toEqual({
      text: 'still here',
    });
    await source.close();
  });

  test('reading before opening is a mistake of the caller', async () => {
    await expect(fileSource('x').read({ maxRecords: 1, maxWaitMs: 0, signal })).rejects.toThrow(
      'the source is not open',
    );
  });
});

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Json } from '../../../src/lib/config/types.ts';
import createJsonlSink from '../../../src/lib/stream/sinks/jsonl.ts';
import createStdoutSink from '../../../src/lib/stream/sinks/stdout.ts';
import type { StreamBatch } from '../../../src/lib/stream/types.ts';
import { createTestContext } from '../../helpers/extension-context.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-sinks-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

function batch(id: number, ...rows: Record<string, Json>[]): StreamBatch {
  const records = rows.map((fields, index) => ({ fields, origin: { partition: 'p', offset: String(index) } }));
  return { id, records, positions: { p: String(rows.length) } };
}

const jsonl = (file: string) => createJsonlSink({ path: file }, createTestContext({ cwd: dir }));
const read = (file: string) => fs.readFileSync(path.join(dir, file), 'utf8');

async function append(file: string, ...rows: Record<string, Json>[]): Promise<void> {
  const sink = jsonl(file);
  await sink.open();
  await sink.write(batch(0, ...rows));
  await sink.flush();
  await sink.close();
}

describe('jsonl sink', () => {
  test('appends one line per row, in folders that it makes', async () => {
    await append('a/b/out.jsonl', { text: 'Grüße\n"世界" 🎉', prediction: 1 }, { text: null });
    await append('a/b/out.jsonl', { text: 'again' });
    expect(read('a/b/out.jsonl')).toBe(
      '{"text":"Grüße\\n\\"世界\\" 🎉","prediction":1}\n{"text":null}\n{"text":"again"}\n',
    );
  });

  test('an empty batch leaves no trace', async () => {
    await append('out.jsonl');
    expect(read('out.jsonl')).toBe('');
  });

  test('half a line that a crash left is cut off: its batch comes again', async () => {
    fs.writeFileSync(path.join(dir, 'out.jsonl'), '{"text":"whole"}\n{"text":"ha');
    await append('out.jsonl', { text: 'next' });
    expect(read('out.jsonl')).toBe('{"text":"whole"}\n{"text":"next"}\n');
  });

  test('half a line that is longer than what is read at once is cut off as a whole', async () => {
    fs.writeFileSync(path.join(dir, 'out.jsonl'), `{"text":"whole"}\n{"text":"${'ü'.repeat(200_000)}`);
    await append('out.jsonl', { text: 'next' });
    expect(read('out.jsonl')).toBe('{"text":"whole"}\n{"text":"next"}\n');
  });

  test('a whole last line without its end, as an editor leaves it, is kept', async () => {
    fs.writeFileSync(path.join(dir, 'out.jsonl'), '{"text":"first"}\n{"text":"whole"}');
    await append('out.jsonl', { text: 'next' });
    expect(read('out.jsonl')).toBe('{"text":"first"}\n{"text":"whole"}\n{"text":"next"}\n');
  });

  test('a batch for which the disk has no room is not in the file, not even in part', async () => {
    const script = `
      import createJsonlSink from ${JSON.stringify(path.resolve(import.meta.dirname, '../../../src/lib/stream/sinks/jsonl.ts'))};
      const sink = createJsonlSink({ path: 'out.jsonl' }, { cwd: process.cwd() });
      const row = text => ({ id: 0, positions: {}, records: [{ fields: { text }, origin: {} }] });
      await sink.open();
      await sink.write(row('small'));
      await sink.write(row('x'.repeat(100_000))).catch(error => console.log(error.code));
      await sink.write(row('small again'));
      await sink.close();`;
    // A limit on the size of files stands in for a full disk: the kernel cuts the write short in the same way.
    const shell = `trap '' XFSZ; ulimit -f 32; exec "$0" --input-type=module -e "$1"`;
    const printed = execFileSync('bash', ['-c', shell, process.execPath, script], { cwd: dir, encoding: 'utf8' });
    expect(printed).not.toBe('');
    expect(read('out.jsonl')).toBe('{"text":"small"}\n{"text":"small again"}\n');
  });

  test.each([[{}], [{ path: '' }], [{ path: 7 }]])('without a path (%j) it says which option is missing', options => {
    expect(() => createJsonlSink(options, createTestContext({ cwd: dir }))).toThrow(
      'stream sink jsonl needs the option path',
    );
  });

  test('a folder in its place, or a file in the place of its folder, is told in our words', async () => {
    fs.mkdirSync(path.join(dir, 'folder'));
    fs.writeFileSync(path.join(dir, 'file'), '');
    await expect(jsonl('folder').open()).rejects.toMatchObject({
      code: 'NOT_WRITABLE',
      message: expect.stringContaining('it is a folder'),
    });
    await expect(jsonl('file/out.jsonl').open()).rejects.toMatchObject({ code: 'NOT_WRITABLE' });
  });

  test('closing what never opened is no error, writing to it is', async () => {
    await jsonl('out.jsonl').close();
    await expect(jsonl('out.jsonl').write(batch(0))).rejects.toThrow('the sink is not open');
    expect(fs.existsSync(path.join(dir, 'out.jsonl'))).toBe(false);
  });
});

describe('stdout sink', () => {
  test('prints one line per row', async () => {
    const context = createTestContext();
    const sink = createStdoutSink({}, context);
    await sink.open();
    await sink.write(batch(0, { text: 'a' }, { text: 'b' }));
    await sink.write(batch(1));
    await sink.flush();
    await sink.close();
    expect(context.printed()).toBe('{"text":"a"}\n{"text":"b"}\n');
  });

  test('waits for a slow reader: nothing piles up, and flush means written', async () => {
    const written: string[] = [];
    const stdout = new Writable({
      highWaterMark: 1,
      write: (chunk, _encoding, done) =>
        void setTimeout(() => {
          written.push(String(chunk));
          done();
        }, 15),
    });
    const sink = createStdoutSink({}, createTestContext({ stdout }));
    await sink.write(batch(0, { n: 1 }));
    expect(written).toEqual(['{"n":1}\n']);
    expect(stdout.writableLength).toBe(0);
  });

  test('a reader that went away and a stop end the wait', async () => {
    const gone = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
    gone.on('error', () => {});
    await expect(createStdoutSink({}, createTestContext({ stdout: gone })).flush()).rejects.toThrow('EPIPE');
    const stuck = new Writable({ highWaterMark: 1, write: () => {} });
    const controller = new AbortController();
    const writing = createStdoutSink({}, createTestContext({ stdout: stuck, signal: controller.signal })).write(
      batch(0, { n: 1 }),
    );
    controller.abort();
    await expect(writing).rejects.toThrow();
  });
});

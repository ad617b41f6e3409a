import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runScoring, type ScoreRequest } from '../../../src/lib/score/run-scoring.ts';
import { createWorld, golden } from './world.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-score-edges-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

async function score(more: Partial<ScoreRequest> & { readonly stdin?: string }) {
  const { world, warnings } = createWorld(dir, more.stdin ?? '');
  const chunks: Buffer[] = [];
  const result = await runScoring({
    ...world,
    texts: [],
    input: undefined,
    textColumn: undefined,
    modelPath: golden('lr'),
    math: 'hotspot-x64',
    vectors: false,
    explain: false,
    limit: undefined,
    dryRun: false,
    output: undefined,
    form: 'jsonl',
    isFormChosen: false,
    loadProject: () => Promise.reject(new Error('no project is needed')),
    stream: async chunk => void chunks.push(Buffer.from(chunk)),
    ...more,
  });
  const text = Buffer.concat(chunks).toString('utf8');
  return { ...result, text, lines: text.split('\n').filter(line => line !== ''), warnings };
}

const write = (name: string, content: string | Uint8Array) => fs.writeFileSync(path.join(dir, name), content);
const valuesOf = (line: string | undefined) => JSON.parse(line ?? '') as Record<string, unknown>;

describe('values of the input come out as they went in', () => {
  test('lone surrogates: U+FFFD in the text that is scored, the escape that it was beside it', async () => {
    write('rows.jsonl', '{"text":"a\\ud83d b","other":"\\udc00\\ud800","pair":"\\ud83d\\ude00"}\n');
    const { lines } = await score({ input: 'rows.jsonl' });
    expect(valuesOf(lines[0])).toMatchObject({ text: 'a\ufffd b', other: '\udc00\ud800', pair: '\u{1f600}' });
    // Valid UTF-8 for every reader.
    expect(lines[0]).toContain('"other":"\\udc00\\ud800"');
  });

  test('numbers at the ends of what a double can hold', async () => {
    write(
      'rows.jsonl',
      '{"text":"a","big":1.7976931348623157e308,"small":5e-324,"third":0.1,"minus":-1e21,"zero":0}\n',
    );
    const { lines } = await score({ input: 'rows.jsonl' });
    expect(valuesOf(lines[0])).toMatchObject({
      big: Number.MAX_VALUE,
      small: Number.MIN_VALUE,
      third: 0.1,
      minus: -1e21,
      zero: 0,
    });
  });

  test('nested values, and nulls that are not missing', async () => {
    write('rows.jsonl', '{"text":"a","tags":["x",{"y":[null,true]}],"none":null,"":"no name"}\n');
    const { lines } = await score({ input: 'rows.jsonl' });
    expect(valuesOf(lines[0])).toMatchObject({ tags: ['x', { y: [null, true] }], none: null, '': 'no name' });
  });

  test('control characters, quotes and line ends inside a CSV field', async () => {
    write('rows.csv', 'id,text\n"a""b","one\r\ntwo\ttab"\n2,"\u0001\u2028 end"\n');
    const { lines } = await score({ input: 'rows.csv', textColumn: 'text' });
    expect(lines).toHaveLength(2);
    expect(valuesOf(lines[0])).toMatchObject({ id: 'a"b', text: 'one\r\ntwo\ttab' });
    expect(valuesOf(lines[1])).toMatchObject({ id: '2', text: '\u0001\u2028 end' });
  });

  test('a text of a megabyte between small ones', async () => {
    const long = '"\\\u00e9'.repeat(250_000);
    write('rows.jsonl', ['small', long, 'last'].map(text => JSON.stringify({ text })).join('\n'));
    const { lines } = await score({ input: 'rows.jsonl' });
    expect(lines.map(line => (valuesOf(line)['text'] as string).length)).toEqual([5, long.length, 4]);
  });
});

describe('columns that are called like ours', () => {
  test('are kept under another name, each under its own', async () => {
    write('rows.csv', 'text,prediction,input_prediction,sentiment,model_version\nfine,A,B,C,D\n');
    const { lines } = await score({ input: 'rows.csv', textColumn: 'text' });
    const row = valuesOf(lines[0]);
    expect(row).toMatchObject({
      input_prediction: 'B',
      input_input_prediction: 'A',
      input_sentiment: 'C',
      input_model_version: 'D',
    });
    expect([0, 1]).toContain(row['prediction']);
    expect(Object.keys(row)).toHaveLength(new Set(Object.keys(row)).size);
  });

  test('a column text that is not the text', async () => {
    write('rows.csv', 'body,text\nwonderful,other\n');
    const { lines } = await score({ input: 'rows.csv', textColumn: 'body' });
    expect(valuesOf(lines[0])).toMatchObject({ text: 'wonderful', input_text: 'other' });
  });

  test('no line has a key twice, whatever the columns are called', async () => {
    const names = [
      'text',
      'error',
      'tokens',
      'input_error',
      'input_input_error',
      'probability',
      'constructor',
      'toString',
    ];
    write('rows.jsonl', `${JSON.stringify(Object.fromEntries(names.map(name => [name, name])))}\n`);
    const { lines } = await score({ input: 'rows.jsonl', textColumn: 'text' });
    const keys = [...(lines[0] ?? '').matchAll(/(?:^\{|,)"([^"]+)":/g)].map(([, key]) => key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const name of ['constructor', 'toString']) expect(valuesOf(lines[0])[name]).toBe(name);
  });
});

describe('a file that is compressed', () => {
  const rows = Array.from({ length: 5000 }, (_, at) => `{"text":"a wonderful book number ${at}","id":${at}}`).join(
    '\n',
  );

  test.each([
    ['out.jsonl.gz', zlib.gunzipSync],
    ['out.jsonl.zst', zlib.zstdDecompressSync],
    ['OUT.JSONL.GZ', zlib.gunzipSync],
  ] as const)('%s holds what goes into a pipe, byte for byte', async (output, unpack) => {
    write('rows.jsonl', rows);
    const { text } = await score({ input: 'rows.jsonl' });
    const { summary } = await score({ input: 'rows.jsonl', output });
    expect(unpack(fs.readFileSync(path.join(dir, output))).toString('utf8')).toBe(text);
    expect(summary).toMatchObject({ rows: 5000, scored: 5000, output });
    expect(fs.readdirSync(dir).sort()).toEqual([output, 'rows.jsonl'].sort());
  });

  test('can be scored again', async () => {
    write('rows.jsonl', rows);
    await score({ input: 'rows.jsonl', output: 'once.csv.zst' });
    const { summary, lines } = await score({ input: 'once.csv.zst', textColumn: 'text' });
    expect(summary).toMatchObject({ rows: 5000, badRows: 0 });
    expect(valuesOf(lines[7])).toMatchObject({ text: 'a wonderful book number 7', id: '7' });
  });
});

describe('whoever reads the rows', () => {
  const many = Array.from({ length: 20_000 }, (_, at) => `{"text":"some text, number ${at}"}`).join('\n');

  test('may go away: scoring ends with that error, at once', async () => {
    write('rows.jsonl', many);
    let taken = 0;
    const stream = async () => {
      taken += 1;
      throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    };
    await expect(score({ input: 'rows.jsonl', stream })).rejects.toMatchObject({ code: 'EPIPE' });
    expect(taken).toBe(1);
  });

  test('may be slow: one chunk at a time is on its way, and none is lost or doubled', async () => {
    write('rows.jsonl', many);
    let running = 0;
    const sizes: number[] = [];
    let text = '';
    const stream = async (chunk: Uint8Array) => {
      running += 1;
      expect(running).toBe(1);
      const before = Buffer.from(chunk).toString('utf8');
      await new Promise(resolve => setTimeout(resolve, 5));
      // The memory is not used for anything else meanwhile.
      expect(Buffer.from(chunk).toString('utf8')).toBe(before);
      text += before;
      sizes.push(chunk.length);
      running -= 1;
    };
    await score({ input: 'rows.jsonl', stream });
    expect(sizes.length).toBeGreaterThan(3);
    const numbers = [...text.matchAll(/number (\d+)"/g)].map(([, number]) => Number(number));
    expect(numbers).toEqual(Array.from({ length: 20_000 }, (_, at) => at));
  });
});

describe('inputs with nothing in them', () => {
  test('rows without a text: all of them are answered, none is scored', async () => {
    write('rows.jsonl', '{"text":null,"id":1}\n{"text":null,"id":2}\n');
    const { lines, summary, warnings } = await score({ input: 'rows.jsonl', textColumn: 'text' });
    expect(lines.map(line => valuesOf(line)['error'])).toEqual(['no text', 'no text']);
    expect(summary).toMatchObject({ rows: 2, scored: 0, withoutText: 2, sentiments: {} });
    expect(warnings().join()).toContain('2 rows had no text');
  });

  test('a head and no rows is no input, and no file is made of it', async () => {
    write('rows.csv', 'id,text\n');
    const run = score({ input: 'rows.csv', textColumn: 'text', output: 'out.csv' });
    await expect(run).rejects.toMatchObject({ code: 'DATA_INVALID' });
    expect(fs.readdirSync(dir)).toEqual(['rows.csv']);
  });

  test('an empty text is a text: the model has a word on it', async () => {
    const { lines } = await score({ texts: [''] });
    expect(valuesOf(lines[0])).toMatchObject({
      text: '',
      sentiment: expect.any(String),
      probability: expect.any(Number),
    });
  });
});

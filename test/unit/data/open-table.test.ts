import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openTable } from '../../../src/lib/data/open-table.ts';
import type { TableRequest } from '../../../src/lib/data/rows.ts';
import { eachBatch, failure, open, readAll, sourceOf } from './tables.ts';

const SIX =
  '"0","1467","Mon Apr 06","NO_QUERY","me","is upset :-\\"\n"4","1468","Mon Apr 06","NO_QUERY","you","is, well, fine"\n';

async function layout(data: string | Uint8Array, request: TableRequest = {}, name?: string) {
  const { columns, textColumn, labelColumn, header, delimiter, known, type, encoding } = (
    await open(data, request, name)
  ).layout;
  return { columns: columns.join(), text: textColumn, label: labelColumn, header, delimiter, known, type, encoding };
}

describe('layouts that are found', () => {
  test('a header, in any case and order, with the names that the Spark job knows', async () => {
    expect(await layout('asin,reviewText,Overall\nB00,"good, really",5\n')).toMatchObject({
      text: 'reviewText',
      label: 'Overall',
      header: true,
    });
    expect(await layout('"Sentiment"\t" Tweet "\npositive\tnice\n')).toMatchObject({
      text: 'Tweet',
      label: 'Sentiment',
      delimiter: '\t',
    });
    expect(await layout('v1;review;stars\nx;bad;1\n')).toMatchObject({
      text: 'review',
      label: 'stars',
      delimiter: ';',
    });
    expect(await layout('id,text,text,\n1,a,b,c\n')).toMatchObject({
      columns: 'id,text,text_c2,_c3',
      text: 'text',
      label: null,
    });
  });

  test('the six columns of Sentiment140, whose backslashes are part of the text', async () => {
    const table = await open(SIX, { needsLabel: true });
    expect(table.layout).toMatchObject({
      known: 'sentiment140',
      header: false,
      textColumn: 'text',
      labelColumn: 'target',
    });
    expect(await readAll(table, ['text', 'target'])).toEqual([
      ['is upset :-\\', '0'],
      ['is, well, fine', '4'],
    ]);
  });

  test('two columns without a header, the text first or the label first', async () => {
    expect(await layout('I love this!,1\n', { needsLabel: true })).toMatchObject({
      columns: 'text,label',
      header: false,
    });
    expect(await layout('neutral,"It moved, all of it"\npositive,It grew\n', { needsLabel: true })).toMatchObject({
      columns: 'label,text',
    });
    expect(await layout('great,positive\nawful,negative\n', { needsLabel: true })).toMatchObject({
      columns: 'text,label',
      header: false,
    });
    const rows = Array.from({ length: 40 }, (_, i) => `${i % 2 ? 'ham' : 'spam'},message number ${i}`).join('\n');
    expect(await layout(rows)).toMatchObject({ columns: 'label,text', header: false });
  });

  test('lines that are texts, whatever commas and quotes they have', async () => {
    const table = await open('Hello, world\n"Great" she said, twice\n\nfine\n');
    expect(table.layout).toMatchObject({ columns: ['text'], delimiter: '', header: false, labelColumn: null });
    expect(await readAll(table)).toEqual([['Hello, world'], ['"Great" she said, twice'], [null], ['fine']]);
    expect(await readAll(await open('text\nHello, world\n"two\nlines"\n'))).toEqual([['Hello, world'], ['two\nlines']]);
    expect(await readAll(await open('"a, ""b"""\n"c"\n'))).toEqual([['a, "b"'], ['c']]);
    expect(await readAll(await open('One sentence only, with a comma'))).toEqual([['One sentence only, with a comma']]);
  });

  test('JSON lines with nested values, and lines that are texts', async () => {
    const table = await open(
      '{"review":"good","stars":5,"by":{"name":"x"}}\n\n{"review":null,"stars":1.5}\n{"review":true}\n',
      {},
      'a.jsonl',
    );
    expect(table.layout).toMatchObject({
      type: 'jsonl',
      columns: ['review', 'stars', 'by'],
      textColumn: 'review',
      labelColumn: 'stars',
    });
    expect(await readAll(table, ['review', 'stars'])).toEqual([
      ['good', '5'],
      [null, '1.5'],
      ['true', null],
    ]);
    const records: unknown[] = [];
    await eachBatch(table, ['review'], batch => records.push(batch.record(0)));
    expect(records).toEqual([{ review: 'good', stars: 5, by: { name: 'x' } }]);
    expect(await readAll(await open('"one"\n"two, three"\n', {}, 'a.ndjson.gz'))).toEqual([['one'], ['two, three']]);
  });

  test('what is told goes before what is found', async () => {
    expect(await layout('text,1\nbad,0\n', { header: false, needsLabel: true })).toMatchObject({
      columns: 'text,label',
    });
    expect(await layout('a|b\nc|d\n', { delimiter: '|', columnNames: ['x', 'text'], needsLabel: false })).toMatchObject(
      { columns: 'x,text', text: 'text' },
    );
    expect(
      await layout('good,bad\n', { textColumn: '_c1', labelColumn: '_c0', columnNames: ['_c0', '_c1'] }),
    ).toMatchObject({ text: '_c1', label: '_c0' });
    expect(await layout('body,mark\nx,1\n', { textColumn: 'BODY', labelColumn: 'Mark' })).toMatchObject({
      text: 'body',
      label: 'mark',
    });
  });

  test('Latin-1 is found also where the first letter beyond ASCII comes after the head', async () => {
    const plain = `text,label\n${'a plain tweet,0\n'.repeat(40_000)}`;
    const table = await open(Buffer.concat([Buffer.from(plain), Buffer.from('caf\xe9,1\ngo\xfbt,0\n', 'latin1')]));
    expect(table.layout.encoding).toBe('utf8');
    expect((await readAll(table, ['text'])).slice(-2)).toEqual([['café'], ['goût']]);
    expect(table.layout.encoding).toBe('latin1');
    const other = await open(Buffer.from(`${plain}café,1\ngoût,0\n`));
    expect((await readAll(other, ['text'])).slice(-2)).toEqual([['café'], ['goût']]);
    expect(other.layout.encoding).toBe('utf8');
  });

  test('broken UTF-8 becomes U+FFFD and is counted; NUL bytes stay', async () => {
    const csv = Buffer.concat([
      Buffer.from('text,label\ngööd ünd schön,1\nb'),
      Buffer.from([0xc3]),
      Buffer.from('d,0\nnul\0,0\n'),
    ]);
    const table = await open(csv);
    expect(await readAll(table, ['text'])).toEqual([['gööd ünd schön'], ['b\ufffdd'], ['nul\0']]);
    expect(table.statistics().replacedFields).toBe(1);
  });

  test('short rows score where no label is needed, and are bad rows where one is', async () => {
    const csv = `text,label\n${'I love this product!,\n'.repeat(20)}This is terrible,\nNot bad`;
    const table = await open(csv);
    expect((await readAll(table)).slice(-2)).toEqual([
      ['This is terrible', null],
      ['Not bad', null],
    ]);
    const strict = await open(csv, { needsLabel: true });
    expect((await readAll(strict)).length).toBe(21);
    expect(strict.statistics()).toMatchObject({
      badRows: 1,
      badExamples: [{ line: 23, reason: '1 field instead of 2' }],
    });
  });

  test('a file can be read twice, standard input once', async () => {
    const table = await open('text,label\ngood,1\n');
    await readAll(table);
    const first = table.statistics();
    await readAll(table);
    expect(table.statistics()).toEqual(first);
    expect(table.progress()).toEqual({ done: 18, total: 18 });
    const once = await openTable(sourceOf('text,label\ngood,1\n', { repeatable: false }));
    expect(await readAll(once)).toEqual([['good', '1']]);
    expect(once.statistics().sha256).toBe(first.sha256);
    expect(await failure(readAll(once))).toMatch(/^CONFLICT rows.csv can be read only once/);
  });

  test('an abort ends the reading, also where nothing comes', async () => {
    async function* silent() {
      yield Buffer.from(`text,label\n${'good,1\n'.repeat(50_000)}`);
      await new Promise(() => {});
    }
    const table = await openTable({ name: '-', bytes: null, repeatable: false, open: silent });
    const abort = new AbortController();
    const work = (async () => {
      for await (const _ of table.batches(['text'], abort.signal));
    })();
    setTimeout(() => abort.abort(new Error('enough')), 5);
    await expect(work).rejects.toThrow('enough');
  });
});

describe('tables that are refused', () => {
  const cases: readonly [name: string, data: string | Uint8Array, request: TableRequest, says: RegExp][] = [
    ['nothing', '', {}, /^DATA_INVALID rows.csv is empty/],
    ['white space', ' \n\n', {}, /^DATA_INVALID rows.csv is empty/],
    ['a header only', 'text,label\n', {}, /^DATA_INVALID rows.csv has a header and no rows/],
    [
      'no text column',
      'alpha,beta\n1,2\n3,4\n',
      { needsLabel: true },
      /no column is known to hold the texts; its columns are alpha, beta.*--text-column/,
    ],
    [
      'no label column',
      'text,mood\nx,1\n',
      { needsLabel: true },
      /no column is known to hold the labels; its columns are text, mood.*--label-column/,
    ],
    [
      'a column that is not there',
      'id,reviews,label\n1,x,1\n',
      { textColumn: 'review' },
      /there is no column review; its columns are reviews, id, label.*did you mean --text-column reviews/,
    ],
    [
      'one column twice',
      'text,label\nx,1\n',
      { labelColumn: 'text', textColumn: 'text' },
      /^FLAG_INVALID column text cannot be both/,
    ],
    ['a wrong number of names', '1,2,3\n', { columnNames: ['a', 'text'] }, /has 3 columns, and 2 names are given/],
    [
      'a quote that never closes',
      'text,label\ngood,1\n"bad\n,0\nugly,1\n',
      {},
      /rows.csv: the quote that opens in line 3 never closes/,
    ],
    [
      'a cut gzip file',
      zlib.gzipSync(`text,label\n${'good,1\n'.repeat(5000)}`).subarray(0, 60),
      {},
      /cannot be unpacked: its gzip data ends too early/,
    ],
    [
      'a cut zstd file',
      zlib.zstdCompressSync(`text,label\n${'good,1\n'.repeat(5000)}`).subarray(0, 30),
      {},
      /cannot be unpacked: its zstd data ends too early/,
    ],
    [
      'damaged gzip data',
      Buffer.concat([Buffer.from([31, 139, 8, 0]), Buffer.alloc(40, 7)]),
      {},
      /cannot be unpacked: its gzip data is damaged/,
    ],
    ['a zip archive', 'PK\x03\x04rest', {}, /is a zip archive.*unpack it/],
    ['a web page', '\n<!DOCTYPE html><html>', {}, /is a web page/],
    ['a pointer of Git LFS', 'version https://git-lfs.github.com/spec/v1\noid x\n', {}, /git lfs pull/],
    ['UTF-16 with the high byte first', Buffer.from([0xfe, 0xff, 0, 65]), {}, /iconv -f UTF-16BE/],
    ['bytes of a program', Buffer.from(Array.from({ length: 400 }, (_, i) => (i * 7) % 32)), {}, /is no text file/],
    ['a JSON list', '[{"text":"a"},\n{"text":"b"}]', {}, /is one JSON list.*jq -c '\.\[\]'/],
    ['a JSON object over many lines', '{\n  "text": "a"\n}\n', {}, /not one object on each line/],
    [
      'JSON that is all wrong',
      '{"text":\n{"text"\n',
      { type: 'jsonl' },
      /line 1 cannot be read: not JSON|all 2 rows cannot be read/,
    ],
    ['a type that it is not', 'text,label\nx,1\n', { type: 'parquet' }, /^DATA_INVALID/],
  ];
  test.each(cases)('%s', async (_name, data, request, says) => {
    const work = open(data, request).then(table => readAll(table, [table.layout.textColumn]));
    expect(await failure(work)).toMatch(says);
  });

  test('more than a tenth of the rows cannot be read: the first of them and the delimiter are told', async () => {
    const rows = Array.from({ length: 200 }, (_, row) => (row % 5 === 4 ? 'one, two, three, four' : 'good,1'));
    const work = open(`text,label\n${rows.join('\n')}\n`).then(table => readAll(table));
    expect(await failure(work)).toMatch(
      /^DATA_INVALID rows.csv: 40 of 200 rows cannot be read \(line 6: 4 fields instead of 2; line 11: .*; …\) \| read with , between 2 columns/,
    );
  });

  test('a twentieth of the rows cannot be read: the others are, and the bad ones are told by their lines', async () => {
    const rows = Array.from({ length: 200 }, (_, row) => (row % 20 === 19 ? '"open" ended,1' : '"two\nlines",1'));
    const table = await open(`text,label\n${rows.join('\n')}\n`);
    expect((await readAll(table)).length).toBe(190);
    const { badRows, badExamples } = table.statistics();
    expect(badRows).toBe(10);
    // A header, then 19 rows of two lines each.
    expect(badExamples[0]).toEqual({ line: 40, reason: 'text behind a closing quote' });
    expect(badExamples[1]?.line).toBe(40 + 39);
  });

  test('a bad row far into the file is told by its line', async () => {
    const table = await open(`text,label\n${'"two\nlines",1\n'.repeat(20_000)}one,two,three\n`);
    expect((await readAll(table)).length).toBe(20_000);
    expect(table.statistics().badExamples).toEqual([{ line: 40_002, reason: '3 fields instead of 2' }]);
  });

  test('a million lines behind a line of 200 MB are never looked for', async () => {
    let sent = 0;
    async function* endless() {
      yield Buffer.from('text,label\ngood,1\n"never closed ');
      for (; sent < 200; sent++) yield Buffer.alloc(1024 * 1024, 'a');
    }
    const source = { name: 'endless.csv', bytes: null, repeatable: false, open: endless };
    expect(await failure(openTable(source).then(table => readAll(table)))).toMatch(
      /^DATA_INVALID endless.csv: the quote that opens in line 3 does not close within 64 MiB/,
    );
    expect(sent).toBeLessThan(70);
  });

  test('bad JSON lines are counted with what is wrong; brackets without end are not parsed', async () => {
    const good = '{"text":"a","label":1}\n'.repeat(100);
    const bad = [
      'nonsense',
      '[1]',
      '{"text":{"a":1}}',
      `{"text":"x","deep":${'['.repeat(200)}${']'.repeat(200)}}`,
      `{"text":${'['.repeat(50_000)}`,
    ];
    const table = await open(`${good}${bad.join('\n')}\n`);
    expect((await readAll(table, ['text'])).length).toBe(100);
    const reasons = table.statistics().badExamples.map(({ line, reason }) => `${line} ${reason}`);
    expect(reasons[0]).toMatch(/^101 not JSON/);
    expect(reasons.slice(1)).toEqual([
      '102 a list instead of an object',
      '103 an object in text instead of a text',
      '104 values nested deeper than 100',
      '105 values nested deeper than 100',
    ]);
  });
});

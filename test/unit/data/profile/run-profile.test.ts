import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ReportEvent } from '../../../../src/lib/core/report.ts';
import { runProfile, runValidation } from '../../../../src/lib/data/profile/run-profile.ts';
import { failure } from '../tables.ts';
import { callIn, csvOf, someRows, temporaryFolder } from './files.ts';

let dir: string;
beforeEach(() => {
  dir = temporaryFolder();
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

const write = (name: string, data: string | Uint8Array) => fs.writeFileSync(path.join(dir, name), data);

async function profile(name: string, more: Partial<Parameters<typeof callIn>[0]> = {}) {
  return runProfile(callIn({ dir, location: name, ...more }));
}

async function validate(name: string | undefined, more: Partial<Parameters<typeof callIn>[0]> = {}) {
  return runValidation(callIn({ dir, location: name, ...more }));
}

const statusOf = (checks: readonly { id: string; status: string }[], id: string) =>
  checks.find(each => each.id === id)?.status;

describe('the profile of a file', () => {
  test('tells rows, columns, labels, lengths and repetition of a CSV', async () => {
    write(
      'a.csv',
      csvOf([
        ['good one', '1'],
        ['bad', '0'],
        ['good one', '0'],
        ['', '1'],
        ['write me@x.org', ''],
      ]),
    );
    const found = await profile('a.csv');
    expect(found).toMatchObject({
      ...{ location: 'a.csv', rows: 5, badRows: 0, incomplete: 2, labels: { 0: 2, 1: 2 }, reportFile: null },
      layout: { type: 'csv', header: true, encoding: 'utf8', textColumn: 'text', labelColumn: 'label' },
      columns: [
        { name: 'text', role: 'text', type: 'text', nulls: 1, distinct: 3, distinctExact: true },
        { name: 'label', role: 'label', type: 'integer', nulls: 1, distinct: 2, min: 0, max: 1 },
      ],
      text: { column: 'text', blank: 1, characters: { min: 3, max: 14 }, words: { min: 1, max: 2 } },
      labelling: { column: 'label', blank: 1, scheme: '0/1', classes: { negative: 2, positive: 2 }, rarest: 0.5 },
      duplicates: { rows: 1, distinct: 3, contradictingTexts: 1, contradictingRows: 2, exact: true },
      scripts: [{ name: 'Latin', rows: 4 }],
      personal: [{ name: 'mail', rows: 1 }],
      anomalies: [{ name: 'empty', rows: 1 }],
      leakage: null,
    });
    expect(found.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('is the same for CSV, JSON lines, tabs, UTF-16, Latin-1, gzip without a suffix, zstd and a folder of parts', async () => {
    const rows = someRows(300).map(([text, label]) => [`${text} é`, label] as const);
    const csv = csvOf(rows);
    const lines = rows.map(([text, label]) => `${JSON.stringify({ text, label })}\n`).join('');
    fs.mkdirSync(path.join(dir, 'parts'));
    const half = csvOf(rows.slice(0, 150));
    const files: Record<string, string | Uint8Array> = {
      'a.csv': csv,
      'a.jsonl': lines,
      'tabs.csv': `text\tlabel\n${rows.map(row => `${row.join('\t')}\n`).join('')}`,
      'utf16.csv': Buffer.from(`\ufeff${csv}`, 'utf16le'),
      'latin.csv': Buffer.from(csv, 'latin1'),
      packed: zlib.gzipSync(csv),
      'a.csv.zst': zlib.zstdCompressSync(csv),
      'parts/part-0.csv': half,
      'parts/part-1.csv': csvOf(rows.slice(150)),
    };
    for (const [name, data] of Object.entries(files)) write(name, data);
    const facts = async (name: string) => {
      const { rows: count, labels, text, duplicates, scripts, columns } = await profile(name);
      return { count, labels, text, duplicates, scripts, columns: columns.map(each => ({ ...each, broken: null })) };
    };
    const expected = await facts('a.csv');
    expect(expected.count).toBe(300);
    for (const name of ['a.jsonl', 'tabs.csv', 'utf16.csv', 'latin.csv', 'packed', 'a.csv.zst', 'parts']) {
      expect([name, await facts(name)]).toEqual([name, expected]);
    }
  });

  test('reads standard input, and a file without labels', async () => {
    const found = await profile('-', { input: 'just one text\nand another, with a comma\nand a third\n' });
    expect(found).toMatchObject({ rows: 3, labels: {}, labelling: null, incomplete: 0, location: 'standard input' });
  });

  test('does not depend on where batches end', async () => {
    const rows = someRows(20_000).map(([text, label], row) => [row % 3 === 0 ? 'again' : text, label] as const);
    write('big.csv', csvOf(rows));
    const found = await profile('big.csv');
    expect(found).toMatchObject({ rows: 20_000, duplicates: { rows: 6666, distinct: 13_334 } });
    expect(Object.values(found.labels).reduce((sum, count) => sum + count, 0)).toBe(20_000);
  });

  test('looks at the first 200 columns of a wide file, the text and the label among them', async () => {
    const names = Array.from({ length: 300 }, (_, index) => `c${index}`);
    write('wide.csv', `${[...names, 'label', 'text'].join(',')}\n${[...names, '1', 'a text'].join(',')}\n`);
    const found = await profile('wide.csv');
    expect([found.columns.length, found.columnsSkipped]).toEqual([200, 102]);
    expect(found.columns.slice(-2).map(({ name, role }) => [name, role])).toEqual([
      ['label', 'label'],
      ['text', 'text'],
    ]);
  });

  test('compares text_len and word_count with the texts', async () => {
    write('a.csv', 'text,label,text_len,word_count\nhello you,1,9,2\nbad,0,x,1\nso so,1,5,3\n');
    expect((await profile('a.csv')).text.contract).toEqual([
      { name: 'text_len', rows: 3, notNumbers: 1, different: 0 },
      { name: 'word_count', rows: 3, notNumbers: 0, different: 1 },
    ]);
  });

  test('tells how far it is, and stops when it is told to', async () => {
    write('a.csv', csvOf(someRows(9000)));
    const events: ReportEvent[] = [];
    await profile('a.csv', { report: event => events.push(event) });
    const done = events.flatMap(event => (event.type === 'progress' ? [event] : []));
    expect(done.at(-1)).toMatchObject({ done: fs.statSync(path.join(dir, 'a.csv')).size, unit: 'bytes' });
    await expect(profile('a.csv', { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');
  });

  test.each([
    ['a zip archive', Buffer.from('PK\u0003\u0004rest'), 'zip archive'],
    ['a login page', Buffer.from('<!DOCTYPE html><html><body>Sign in</body></html>'), 'web page'],
    ['an empty file', Buffer.alloc(0), 'is empty'],
    ['a header alone', Buffer.from('text,label\n'), 'no rows'],
    ['a quote that never closes', Buffer.from('text,label\n"a,1\n'), 'never closes'],
    ['an unknown column', Buffer.from('x,y,z\n1,2,3\n4,5,6\n'), '--text-column'],
  ])('%s is refused with DATA_INVALID', async (_name, data, said) => {
    write('bad.csv', data);
    const message = await failure(profile('bad.csv'));
    expect(message).toMatch(/^DATA_INVALID /);
    expect(message).toContain(said);
  });
});

describe('the report', () => {
  test.each(['html', 'md', 'json'])('as %s is written whole, into a folder that is not there yet', async suffix => {
    write('a.csv', csvOf(someRows(50)));
    const { reportFile } = await validate('a.csv', { output: `out/report.${suffix}` });
    expect(reportFile).toBe(`out/report.${suffix}`);
    expect(fs.readFileSync(path.join(dir, `out/report.${suffix}`), 'utf8')).toContain('label-balance');
    expect(fs.readdirSync(path.join(dir, 'out'))).toEqual([`report.${suffix}`]);
  });

  test('is not written by a dry run, and its name is refused before anything is read', async () => {
    write('a.csv', csvOf(someRows(50)));
    await profile('a.csv', { output: 'r.html', dryRun: true });
    expect(fs.existsSync(path.join(dir, 'r.html'))).toBe(false);
    expect(await failure(profile('missing.csv', { output: 'r.xlsx' }))).toMatch(/^FLAG_INVALID .*r\.xlsx.*\.html/);
  });

  test('is written when checks fail as well', async () => {
    write('a.csv', csvOf(someRows(50)));
    const found = await validate('a.csv', {
      output: 'r.json',
      flags: { 'dataset.checks.minRows': ['--min-rows', 51] },
    });
    expect(found.ok).toBe(false);
    const report = JSON.parse(fs.readFileSync(path.join(dir, 'r.json'), 'utf8'));
    expect(report).toMatchObject({ schemaVersion: 1, rows: 50 });
    expect(statusOf(report.checks, 'min-rows')).toBe('fail');
  });
});

describe('a validation', () => {
  test('a stranger with a file of his own is not told that 1,500,000 rows are missing', async () => {
    write('reviews.csv', csvOf(someRows(50)));
    const { ok, failed, checks } = await validate('reviews.csv');
    expect([ok, failed]).toEqual([true, 0]);
    expect(checks.map(({ id }) => id)).not.toContain('min-rows');
    expect(new Set(checks.map(({ origin }) => origin))).toEqual(new Set(['built in']));
  });

  test('the dataset of Sentiment140 is held to the numbers of Sentiment140', async () => {
    fs.mkdirSync(path.join(dir, 'data_raw/sentiment140'), { recursive: true });
    const rows = Array.from(
      { length: 60 },
      (_, row) => `"${row % 3 === 0 ? 4 : 0}","${row}","Mon","NO_QUERY","u","text ${row}"\n`,
    );
    write('data_raw/sentiment140/training.1600000.processed.noemoticon.csv', rows.join(''));
    const found = await validate(undefined);
    expect(found.ok).toBe(false);
    const failed = found.checks.filter(({ status }) => status === 'fail');
    expect(failed.map(({ id, origin }) => [id, origin])).toEqual([
      ['min-rows', 'default of Sentiment140'],
      ['label-balance', 'default of Sentiment140'],
    ]);
    // Named by hand it is still that dataset.
    const named = await validate('data_raw/sentiment140/training.1600000.processed.noemoticon.csv');
    expect(statusOf(named.checks, 'min-rows')).toBe('fail');
  });

  test('a dataset that was never fetched: what to do', async () => {
    expect(await failure(validate(undefined))).toMatch(/^NOT_FOUND .* \| .*sentops dataset download/);
    expect(await failure(validate('missing.csv'))).not.toContain('dataset download');
  });

  test('what the project demands holds for any file, and says where it stands', async () => {
    write('reviews.csv', csvOf(someRows(50)));
    const yaml = 'dataset: { checks: { minRows: 60, maxNullFraction: 0 } }\n';
    const { checks, ok } = await validate('reviews.csv', { yaml });
    expect(ok).toBe(false);
    expect(checks.find(({ id }) => id === 'min-rows')).toEqual({
      ...{ id: 'min-rows', status: 'fail', expected: 'at least 60 rows', found: '50 rows' },
      origin: 'dataset.checks.minRows in sentops.yaml',
      hint: expect.stringContaining('cut off'),
    });
    expect(statusOf(checks, 'nulls')).toBe('pass');
  });

  test('texts that the training file has too fail above the bound, and are a warning below it', async () => {
    const rows = someRows(200);
    write('train.csv', csvOf(rows.slice(0, 150)));
    write('test.csv', csvOf(rows.slice(149)));
    const found = await validate('test.csv', { against: 'train.csv' });
    expect(found.leakage).toMatchObject({ against: 'train.csv', againstRows: 150, rows: 1, exact: true });
    expect(found.checks.find(({ id }) => id === 'leakage')).toMatchObject({ status: 'fail', origin: 'default' });
    const loose = await validate('test.csv', {
      against: 'train.csv',
      flags: { 'dataset.checks.maxLeakFraction': ['--max-leak', 0.1] },
    });
    expect(loose.checks.find(({ id }) => id === 'leakage')).toMatchObject({ status: 'pass', origin: '--max-leak' });
  });

  test('--strict turns warnings into a failure', async () => {
    write('a.csv', csvOf([...someRows(50), ['mail me@x.org', 'positive']]));
    const found = await validate('a.csv');
    expect([found.ok, found.failed, found.warnings]).toEqual([true, 0, 1]);
    expect((await validate('a.csv', { strict: true } as object)).ok).toBe(false);
  });

  test('the rules of single columns', async () => {
    write(
      'a.csv',
      `id,text,label\n${Array.from({ length: 20 }, (_, row) => `${row % 19},text ${row},${row % 2}\n`).join('')}`,
    );
    const yaml = `dataset:
  checks:
    labels: [0, 1]
    columns:
      id: { type: integer, unique: true, min: 0, max: 10 }
      text: { minLength: 7, pattern: "^text" }
      word_count: { min: 1, max: 5 }
      missing: { type: text }
      extra: { required: false }
`;
    const { checks } = await validate('a.csv', { yaml });
    const own = checks.filter(({ id }) => id.startsWith('column.') || id === 'label-set');
    expect(own.map(({ id, status, found }) => [id, status, found])).toEqual([
      ['label-set', 'pass', '0, 1'],
      ['column.id.type', 'pass', '0 other values'],
      ['column.id.unique', 'fail', '1 value that came before'],
      ['column.id.range', 'fail', 'from 0 to 18'],
      ['column.text.pattern', 'pass', '0 other values'],
      ['column.text.min-length', 'fail', '10 other values, for instance in row 1: "text 0"'],
      ['column.word_count.range', 'pass', 'from 2 to 2'],
      ['column.missing', 'fail', 'the columns are id, text, label'],
    ]);
    expect(own.find(({ id }) => id === 'column.id.range')?.origin).toBe('dataset.checks.columns.id in sentops.yaml');
  });

  test('a column with a rule is looked at, however many there are before it', async () => {
    const names = Array.from({ length: 300 }, (_, index) => `c${index}`);
    write('wide.csv', `text,label,${names.join(',')}\n${'a text,1,'.concat(names.map(() => '5').join(','))}\n`);
    const yaml = 'dataset: { checks: { columns: { c299: { type: integer, max: 4 } } } }\n';
    const { checks } = await validate('wide.csv', { yaml });
    expect(statusOf(checks, 'column.c299.type')).toBe('pass');
    expect(statusOf(checks, 'column.c299.range')).toBe('fail');
  });

  test('a bound for an anomaly holds, and one for an anomaly that does not exist is refused', async () => {
    write('a.csv', csvOf([...someRows(99), ['see <b>this</b>', 'positive']]));
    const bound = (name: string) => `dataset: { checks: { maxAnomalyFraction: { ${name}: 0 } } }\n`;
    const { checks } = await validate('a.csv', { yaml: bound('html') });
    expect(checks.find(({ id }) => id === 'anomaly.html')).toMatchObject({ status: 'fail', found: '1 row (1 %)' });
    expect(await failure(validate('a.csv', { yaml: bound('htlm') }))).toMatch(
      /^CONFIG_INVALID .* htlm \| did you mean html/,
    );
  });

  test('labels that only say that there is none make a row incomplete', async () => {
    write('a.csv', csvOf([...someRows(98), ['x one', 'NaN'], ['', 'null']]));
    const { incomplete, labelling } = await validate('a.csv');
    expect([incomplete, labelling?.dropped.length]).toEqual([2, 2]);
  });

  test('a pattern that is none is a fault of the project file', async () => {
    write('a.csv', csvOf(someRows(5)));
    const yaml = 'dataset: { checks: { columns: { text: { pattern: "(" } } } }\n';
    expect(await failure(validate('a.csv', { yaml }))).toMatch(
      /^CONFIG_INVALID dataset\.checks\.columns\.text\.pattern/,
    );
  });
});

test('rows that a forgotten quote made one field of are told, with the row to look at', async () => {
  const lines = Array.from({ length: 300 }, (_, row) => `a film of some length and number ${row},${row % 2}`);
  lines[100] = '"a quote that opens,0';
  lines[140] = 'and one that ends",1';
  write('a.csv', `text,label\n${lines.join('\n')}\n`);
  const { rows, checks, anomalies } = await validate('a.csv');
  expect([rows, statusOf(checks, 'readable')]).toEqual([260, 'pass']);
  expect(anomalies.find(({ name }) => name === 'swallowed-rows')?.examples).toMatchObject([{ row: 101 }]);
  expect(checks.find(({ id }) => id === 'anomaly.swallowed-rows')).toMatchObject({
    ...{ status: 'warn', hint: expect.stringContaining('row 101') },
  });
});

test('a report does not tell where the other file lies', async () => {
  write('a.csv', csvOf(someRows(20)));
  write('b.csv', csvOf(someRows(20)));
  const { checks } = await validate('a.csv', { against: path.join(dir, 'b.csv') });
  expect(checks.find(({ id }) => id === 'leakage')?.expected).toBe('rows whose text is in b.csv too: at most 1 %');
});

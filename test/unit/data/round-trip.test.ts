import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openTable } from '../../../src/lib/data/open-table.ts';
import type { TableRequest } from '../../../src/lib/data/rows.ts';
import { eachBatch, readAll, sourceOf } from './tables.ts';

interface Style {
  readonly delimiter: string;
  readonly end: string;
  readonly quoteAll: boolean;
  readonly escaping: 'double' | 'backslash';
  readonly lastEnd: boolean;
}

/** Written from RFC 4180, apart from the reader: nulls are empty, an empty text is "". */
function write(rows: readonly (readonly (string | null)[])[], style: Style): string {
  const inside = (text: string) =>
    style.escaping === 'double' ? text.replaceAll('"', '""') : text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  const field = (text: string | null) => {
    if (text === null) return '';
    const needs = text === '' || /["\r\n\\]/.test(text) || text.includes(style.delimiter);
    return needs || style.quoteAll ? `"${inside(text)}"` : text;
  };
  const lines = rows.map(row => row.map(field).join(style.delimiter));
  return lines.join(style.end) + (style.lastEnd ? style.end : '');
}

const PIECES = [
  'a',
  'good',
  ' ',
  '"',
  '""',
  ',',
  ';',
  '\t',
  '\n',
  '\r\n',
  '\r',
  '\\',
  '\\"',
  'ä',
  'é€',
  '😀',
  "'",
  '|',
];
const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map(pieces => pieces.join(''));
const cell = fc.oneof({ weight: 5, arbitrary: text }, { weight: 1, arbitrary: fc.constant(null) });
const style: fc.Arbitrary<Style> = fc.record({
  delimiter: fc.constantFrom(',', '\t', ';', '|'),
  end: fc.constantFrom('\n', '\r\n'),
  quoteAll: fc.boolean(),
  escaping: fc.constant<'double'>('double'),
  lastEnd: fc.boolean(),
});
const HEADER = ['text', 'label', 'id'];
const cells = fc.array(fc.tuple(cell, cell, fc.constantFrom('1', '0')), { minLength: 1, maxLength: 30 });

const PACKINGS = [
  (bytes: Buffer) => bytes,
  (bytes: Buffer) => zlib.gzipSync(bytes),
  (bytes: Buffer) => Buffer.concat([zlib.gzipSync(bytes.subarray(0, 7)), zlib.gzipSync(bytes.subarray(7))]),
  (bytes: Buffer) => zlib.zstdCompressSync(bytes),
  (bytes: Buffer) =>
    Buffer.concat([zlib.zstdCompressSync(bytes.subarray(0, 9)), zlib.zstdCompressSync(bytes.subarray(9))]),
];

async function read(bytes: Buffer, chunk: number, request: TableRequest, repeatable = true) {
  const table = await openTable(sourceOf(bytes, { chunk, repeatable }), request);
  return { rows: await readAll(table), table };
}

describe('CSV that a reference writer wrote comes back as it was', () => {
  test('whatever the fields, the style, the chunks and the compression', async () => {
    await fc.assert(
      fc.asyncProperty(
        cells,
        style,
        fc.nat(4),
        fc.constantFrom(1, 2, 3, 7, 64, 100_000),
        async (rows, how, pack, chunk) => {
          const bytes = (PACKINGS[pack] as (typeof PACKINGS)[number])(Buffer.from(write([HEADER, ...rows], how)));
          const { rows: back, table } = await read(bytes, chunk, { needsLabel: true });
          expect(table.layout.delimiter).toBe(how.delimiter);
          expect(back).toEqual(rows);
          expect(table.statistics()).toMatchObject({ rows: rows.length, badRows: 0, bytes: bytes.length });
        },
      ),
      { numRuns: 150 },
    );
  });

  test('in UTF-16, and in Latin-1 where the letters have it, from a source that can be read once', async () => {
    const latin = fc.array(fc.constantFrom('a', 'b ', '"', ',', '\n', 'ä', 'é', 'ÿ'), { maxLength: 12 });
    const row = fc.tuple(
      latin.map(pieces => pieces.join('')),
      fc.constantFrom('0', '1'),
      fc.constantFrom('x', 'ß'),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 20 }),
        style,
        fc.constantFrom(1, 5, 1000),
        async (rows, how, chunk) => {
          const csv = write([HEADER, ...rows], how);
          const wide = await read(Buffer.from(`\ufeff${csv}`, 'utf16le'), chunk, {}, false);
          expect(wide.rows).toEqual(rows);
          expect(wide.table.layout.encoding).toBe('utf16le');
          const narrow = await read(Buffer.from(csv, 'latin1'), chunk, { encoding: 'latin1' }, false);
          expect(narrow.rows).toEqual(rows);
          const marked = await read(Buffer.from(`\ufeff${csv}`), chunk, {}, false);
          expect(marked.rows).toEqual(rows);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('with backslashes before quotes, where that is how the file has them', async () => {
    await fc.assert(
      fc.asyncProperty(cells, style, async (rows, how) => {
        const first = ['he said "hi" and left', '1', '1'];
        const csv = write([HEADER, first, ...rows], { ...how, escaping: 'backslash', quoteAll: true });
        const { rows: back, table } = await read(Buffer.from(csv), 100, {});
        expect(table.layout.quoteEscape).toBe('backslash');
        expect(back).toEqual([first, ...rows]);
      }),
      { numRuns: 100 },
    );
  });

  test('records that are longer than a block, and blocks that end anywhere', async () => {
    const rows = Array.from({ length: 400 }, (_, row) => [
      row === 105 ? 'x"y,\n'.repeat(700_000 + row) : `text "${row}", `.repeat((row * 7919) % 3000),
      row % 2 ? '1' : '0',
      `${row}`,
    ]);
    const csv = write([HEADER, ...rows], {
      delimiter: ',',
      end: '\r\n',
      quoteAll: false,
      escaping: 'double',
      lastEnd: false,
    });
    const { rows: back } = await read(Buffer.from(csv), 65_536, {});
    expect(back.length).toBe(rows.length);
    expect(back.every((row, index) => row[0] === (rows[index]?.[0] || '') && row[2] === `${index}`)).toBe(true);
  });

  test('line ends of old Macs, empty lines in between, and a row that ends with the file', async () => {
    expect((await read(Buffer.from('text,label\rgood,1\rbad,0'), 3, {})).rows).toEqual([
      ['good', '1'],
      ['bad', '0'],
    ]);
    expect((await read(Buffer.from('text,label\n\ngood,1\r\n\r\nbad,0\n\n'), 1, {})).rows).toEqual([
      ['good', '1'],
      ['bad', '0'],
    ]);
    expect((await read(Buffer.from('text,label\n"good" ,1\nbad\rly,"0"\r'), 1, {})).rows).toEqual([
      ['good', '1'],
      ['bad\rly', '0'],
    ]);
  });

  test('a record gives all columns, also those that were not asked for', async () => {
    const csv = 'id,text,note\n7,"a ""b""","x ""y"""\n8,é,ü\n9,,\n';
    for (const encoding of ['utf8', 'latin1'] as const) {
      const table = await openTable(sourceOf(Buffer.from(csv, encoding), { chunk: 4 }));
      const records: unknown[] = [];
      await eachBatch(table, ['text'], batch => {
        for (let row = 0; row < batch.rows; row++) records.push(batch.record(row));
      });
      expect(records).toEqual([
        { id: '7', text: 'a "b"', note: 'x "y"' },
        { id: '8', text: 'é', note: 'ü' },
        { id: '9', text: null, note: null },
      ]);
      expect(table.layout.encoding).toBe(encoding);
    }
  });
});

import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { describe, expect, test } from 'vitest';
import type { ColumnPages } from '../../../src/lib/parquet/column-pages.ts';
import { type CellColumn, GroupWriter } from '../../../src/lib/parquet/group-writer.ts';
import { readParquetTable } from '../../../src/lib/parquet/read-table.ts';

const COLUMNS: readonly CellColumn[] = [
  { name: 'text', kind: 'text' },
  { name: 'count', kind: 'long' },
  { name: 'share', kind: 'double' },
  { name: 'flag', kind: 'boolean' },
  { name: 'day', kind: 'date' },
  { name: 'time', kind: 'timestamp' },
];

type Cells = [string | null, bigint | null, number | null, boolean | null, number | null, number | null];

function put(cells: readonly ColumnPages[], [text, count, share, flag, day, time]: Cells): void {
  const [texts, counts, shares, flags, days, times] = cells as [
    ColumnPages,
    ColumnPages,
    ColumnPages,
    ColumnPages,
    ColumnPages,
    ColumnPages,
  ];
  if (text === null) texts.addNull();
  else texts.addText(Buffer.from(`..${text}.`), 2, 2 + Buffer.byteLength(text));
  if (count === null) counts.addNull();
  else counts.addLong(count);
  if (share === null) shares.addNull();
  else shares.addDouble(share);
  if (flag === null) flags.addNull();
  else flags.addBoolean(flag);
  if (day === null) days.addNull();
  else days.addInteger(day);
  if (time === null) times.addNull();
  else times.addLong(BigInt(time) * 1000n);
}

function write(rows: readonly Cells[], everyGroup = Number.POSITIVE_INFINITY): Buffer {
  const writer = new GroupWriter(COLUMNS);
  const pieces: Uint8Array[] = [];
  for (const [index, row] of rows.entries()) {
    put(writer.cells, row);
    writer.endRow();
    if ((index + 1) % everyGroup === 0) pieces.push(...writer.endGroup());
  }
  return Buffer.concat([...pieces, ...writer.end()]);
}

async function readOurs(bytes: Buffer): Promise<unknown[][]> {
  const table = await readParquetTable({
    bytes: bytes.length,
    read: async (start, end) => bytes.subarray(start, end),
  });
  const rows: unknown[][] = [];
  for (const [number, group] of table.groups.entries()) {
    const columns = await table.readGroup(
      number,
      COLUMNS.map(({ name }) => name),
    );
    for (let row = 0; row < group.rows; row++) rows.push(columns.map(column => column.at(row)));
  }
  return rows;
}

const shown = ([text, count, share, flag, day, time]: Cells) => [
  text,
  count === null ? null : Number.isSafeInteger(Number(count)) ? Number(count) : String(count),
  share,
  flag,
  day === null ? null : new Date(day * 86_400_000).toISOString().slice(0, 10),
  time === null ? null : new Date(time).toISOString(),
];

const anyRow: fc.Arbitrary<Cells> = fc.tuple(
  fc.option(fc.string({ unit: 'grapheme', maxLength: 50 })),
  fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  fc.option(fc.double({ noNaN: true })),
  fc.option(fc.boolean()),
  fc.option(fc.integer({ min: -10_000, max: 40_000 })),
  fc.option(fc.integer({ min: -1e12, max: 2e12 })),
);

describe('a table written in groups of rows', () => {
  test('comes back through our reader, whatever the rows and the size of the groups', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyRow, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 30 }),
        async (rows, size) => {
          expect(await readOurs(write(rows, size))).toEqual(rows.map(shown));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('and through a reader of other people', async () => {
    const rows: Cells[] = Array.from({ length: 3000 }, (_, row) =>
      row % 7 === 3
        ? [null, null, null, null, null, null]
        : [`row ${row} ü😀`, BigInt(row) * 10n ** 12n, row / 7, row % 3 === 0, row, row * 1e6],
    );
    const bytes = write(rows, 1000);
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    const metadata = parquetMetadata(file);
    expect(metadata.row_groups.map(group => Number(group.num_rows))).toEqual([1000, 1000, 1000]);
    const read = await parquetReadObjects({ file, compressors });
    expect(
      read.map(row => [row['text'] ?? null, row['count'] ?? null, row['share'] ?? null, row['flag'] ?? null]),
    ).toEqual(rows.map(row => row.slice(0, 4)));
    expect(read[11]).toMatchObject({ day: new Date(11 * 86_400_000), time: new Date(11 * 1e6) });
  });

  test('pages are cut: a column of many megabytes is no single page', async () => {
    const text = 'x'.repeat(100_000);
    const rows: Cells[] = Array.from({ length: 35 }, (_, row) => [text + row, 1n, 1, true, 1, 1]);
    const writer = new GroupWriter(COLUMNS);
    for (const row of rows) {
      put(writer.cells, row);
      writer.endRow();
    }
    const { pages, rawBytes } = (writer.cells[0] as ColumnPages).take();
    expect(pages.length).toBeGreaterThanOrEqual(6);
    expect(rawBytes).toBeGreaterThan(3_500_000);
    expect(await readOurs(write(rows))).toEqual(rows.map(shown));
  });

  test('a group is due after some megabytes, and not before', () => {
    const writer = new GroupWriter([{ name: 'text', kind: 'text' }]);
    const megabyte = Buffer.alloc(2 ** 20, 'x');
    for (let count = 0; count < 15; count++) {
      writer.cells[0]?.addText(megabyte, 0, megabyte.length);
      writer.endRow();
      expect(writer.isFull).toBe(false);
    }
    writer.cells[0]?.addText(megabyte, 0, megabyte.length);
    writer.endRow();
    expect(writer.isFull).toBe(true);
    writer.endGroup();
    expect(writer.isFull).toBe(false);
  });

  test('no row at all is still a file', async () => {
    const bytes = write([]);
    expect(bytes.subarray(0, 4).toString()).toBe('PAR1');
    expect(await readOurs(bytes)).toEqual([]);
  });
});

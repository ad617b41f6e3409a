import { SentopsError } from '../core/errors.ts';
import type { FieldColumn, Value } from '../data/rows.ts';
import { budgetOfGroup } from './budget.ts';
import { readChunk } from './chunk.ts';
import { damaged } from './damaged.ts';
import { type Leaf, readFooter } from './footer.ts';
import { type RowSpans, spanRows } from './rows.ts';
import { showValue } from './show-value.ts';
import type { ParquetSource, ParquetTable, TableColumn } from './types.ts';
import type { Values } from './values.ts';

/** Opens a Parquet file as a table: reads its footer and nothing else. */
export async function readParquetTable(source: ParquetSource): Promise<ParquetTable> {
  const { leaves, groups, rows } = await readFooter(source);
  const usable = leaves.filter(leaf => leaf.maxRepetition <= 1);
  return {
    columns: usable.map(leaf => describe(leaf)),
    rows,
    groups: groups.map(group => ({
      rows: group.rows,
      bytes: group.chunks.reduce((sum, chunk) => sum + chunk.end - chunk.start, 0),
    })),
    async readGroup(number, names) {
      const group = groups[number];
      if (group === undefined) throw new RangeError(`row group ${number} of ${groups.length}`);
      const columns: TableColumn[] = [];
      const budget = budgetOfGroup(group.chunks.reduce((sum, chunk) => sum + chunk.end - chunk.start, 0));
      for (const name of names) {
        const leaf = usable.find(each => each.name === name);
        const place = leaf === undefined ? undefined : group.chunks[leaves.indexOf(leaf)];
        if (leaf === undefined || place === undefined) throw missing(name, usable);
        const bytes = await source.read(place.start, place.end);
        if (bytes.length !== place.end - place.start) throw damaged('the file got shorter while it was read');
        const chunk = await readChunk(bytes, place, leaf, budget);
        columns.push(makeColumn(leaf, chunk.values, spanRows(chunk, leaf, group.rows), group.rows));
      }
      return columns;
    },
  };
}

function describe(leaf: Leaf) {
  return { name: leaf.name, kind: leaf.kind, list: leaf.maxRepetition === 1 };
}

function missing(name: string, leaves: readonly Leaf[]): SentopsError {
  return new SentopsError('NOT_FOUND', `the Parquet file has no column ${JSON.stringify(name)}`, {
    hint: `its columns are ${leaves.map(leaf => leaf.name).join(', ')}`,
  });
}

function makeColumn(leaf: Leaf, values: Values, spans: RowSpans, rows: number): TableColumn {
  const at = (row: number): Value => {
    const start = spans.starts[row] ?? 0;
    if (spans.nulls !== null && spans.nulls[row] === 1) return null;
    if (leaf.maxRepetition === 0) return showValue(values, start, leaf);
    const end = spans.starts[row + 1] ?? start;
    return Array.from({ length: end - start }, (_, index) => showValue(values, start + index, leaf));
  };
  return { info: describe(leaf), rows, at, text: () => textColumn(leaf, values, spans, rows, at) };
}

function textColumn(
  leaf: Leaf,
  values: Values,
  spans: RowSpans,
  rows: number,
  at: (row: number) => Value,
): FieldColumn {
  if (values.kind !== 'bytes' || leaf.maxRepetition > 0 || leaf.kind === 'decimal') return encodeColumn(rows, at);
  if (spans.nulls === null) return { bytes: values.bytes, starts: values.starts, ends: values.ends };
  const starts = new Int32Array(rows).fill(-1);
  const ends = new Int32Array(rows).fill(-1);
  for (let row = 0; row < rows; row++) {
    if (spans.nulls[row] === 1) continue;
    const index = spans.starts[row] ?? 0;
    starts[row] = values.starts[index] ?? 0;
    ends[row] = values.ends[index] ?? 0;
  }
  return { bytes: values.bytes, starts, ends };
}

function encodeColumn(rows: number, at: (row: number) => Value): FieldColumn {
  const starts = new Int32Array(rows).fill(-1);
  const ends = new Int32Array(rows).fill(-1);
  const parts: Buffer[] = [];
  let length = 0;
  for (let row = 0; row < rows; row++) {
    const value = at(row);
    if (value === null) continue;
    const part = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
    starts[row] = length;
    length += part.length;
    ends[row] = length;
    parts.push(part);
  }
  return { bytes: Buffer.concat(parts), starts, ends };
}

import { type Budget, budgetOfModel } from './budget.ts';
import { readChunk } from './chunk.ts';
import { damaged } from './damaged.ts';
import { readFooter } from './footer.ts';
import { type Column, joinColumns } from './join-columns.ts';
import { spanRows } from './rows.ts';
import type { ParquetSource } from './types.ts';

export interface Columns {
  readonly rows: number;
  readonly names: readonly string[];
  readonly keyValues: ReadonlyMap<string, string>;
  /** Throws DATA_INVALID where there is no such column. */
  read(name: string): Promise<Column>;
}

/**
 * A small Parquet file that is in memory as columns, each read when it is asked for. Several files may share one budget.
 */
export async function readColumns(bytes: Uint8Array, budget: Budget = budgetOfModel(bytes.length)): Promise<Columns> {
  const source = sourceOf(bytes);
  const { leaves, groups, rows, keyValues } = await readFooter(source);
  return {
    rows,
    names: leaves.map(leaf => leaf.name),
    keyValues,
    async read(name) {
      const index = leaves.findIndex(leaf => leaf.name === name);
      const leaf = leaves[index];
      if (leaf === undefined) {
        throw damaged(`it has no column ${name}, only ${leaves.map(each => each.name).join(', ')}`);
      }
      const parts: Column[] = [];
      for (const group of groups) {
        // Without a page nothing says what kind of values there are.
        if (group.rows === 0) continue;
        const place = group.chunks[index];
        if (place === undefined) throw damaged(`a row group has no column ${name}`);
        const chunk = await readChunk(bytes.subarray(place.start, place.end), place, leaf, budget);
        parts.push({ values: chunk.values, ...spanRows(chunk, leaf, group.rows) });
      }
      return parts.length === 0 ? emptyColumn() : joinColumns(parts);
    },
  };
}

export function sourceOf(bytes: Uint8Array): ParquetSource {
  return { bytes: bytes.length, read: async (start, end) => bytes.subarray(start, end) };
}

function emptyColumn(): Column {
  return { values: { kind: 'integers', values: new Int32Array(0) }, starts: new Int32Array(1), nulls: null };
}

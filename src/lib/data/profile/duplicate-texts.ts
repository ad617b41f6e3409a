import type { FieldColumn } from '../rows.ts';
import { Examples } from './excerpt.ts';
import type { TextFeatures } from './text-scan.ts';
import { TextTable, type TextTableOptions } from './text-table.ts';
import type { Duplicates } from './types.ts';

/** Texts that come again, byte for byte, and those that come again with another label. Blank texts are none. */
export class DuplicateTexts {
  readonly table: TextTable;
  private readonly examples = new Examples();

  constructor(options: TextTableOptions = {}) {
    this.table = new TextTable(options);
  }

  add(column: FieldColumn, features: TextFeatures, labels: Int32Array, rows: number, firstRow: number): void {
    const { low, high, words } = features;
    for (let row = 0; row < rows; row++) {
      if (words[row] === 0) continue;
      const isRepeated = this.table.add(low[row] as number, high[row] as number, labels[row] as number);
      if (isRepeated && !this.examples.isFull) this.examples.add(column, row, firstRow);
    }
  }

  summary(rows: number): Duplicates {
    const { entries, scale } = this.table;
    const { repeated, mixedTexts, mixedRows } = this.table.sums();
    // An estimate may miss, but there are no more texts than rows.
    const scaled = (count: number) => Math.min(rows, count * scale);
    return {
      rows: scaled(repeated),
      share: rows === 0 ? 0 : scaled(repeated) / rows,
      distinct: scaled(entries),
      contradictingTexts: scaled(mixedTexts),
      contradictingRows: scaled(mixedRows),
      exact: scale === 1,
      sampled: 1 / scale,
      examples: this.examples.items,
    };
  }
}

import type { FieldColumn } from '../rows.ts';
import { Examples } from './excerpt.ts';
import type { TextFeatures } from './text-scan.ts';
import type { TextTable } from './text-table.ts';
import type { Leakage } from './types.ts';

/** The texts of another file: what a model is tried on must not be what it learnt from. */
export interface OtherTexts {
  readonly name: string;
  readonly rows: number;
  readonly table: TextTable;
}

/** Rows whose text another file has too. */
export class SharedTexts {
  private readonly other: OtherTexts;
  private shared = 0;
  private readonly examples = new Examples();

  constructor(other: OtherTexts) {
    this.other = other;
  }

  add(column: FieldColumn, features: TextFeatures, rows: number, firstRow: number): void {
    const { low, high, words } = features;
    for (let row = 0; row < rows; row++) {
      if (words[row] === 0 || !this.other.table.has(low[row] as number, high[row] as number)) continue;
      this.shared++;
      this.examples.add(column, row, firstRow);
    }
  }

  summary(rows: number): Leakage {
    const { name, rows: againstRows, table } = this.other;
    const found = Math.min(rows, this.shared * table.scale);
    return {
      against: name,
      againstRows,
      rows: found,
      share: rows === 0 ? 0 : found / rows,
      exact: table.scale === 1,
      examples: this.examples.items,
    };
  }
}

import { selectRows } from '../../learn/folds.ts';
import { applyIdf } from '../../learn/idf.ts';
import type { LabelledRows } from '../../learn/types.ts';
import type { SparseView } from '../../model/compile/types.ts';
import { RowBuilder } from '../fit/row-builder.ts';

/** The rows of one part as term counts, with the number of each one's label. */
export class PartRows {
  readonly #builder: RowBuilder;
  #labelIds = new Int32Array(1024);

  constructor(columns: number) {
    this.#builder = new RowBuilder(columns);
  }

  add(counts: SparseView, labelId: number): void {
    const row = this.#builder.rows;
    if (row === this.#labelIds.length) {
      const larger = new Int32Array(row * 2);
      larger.set(this.#labelIds);
      this.#labelIds = larger;
    }
    this.#labelIds[row] = labelId;
    this.#builder.add(counts);
  }

  /** The rows whose label stands for a class, as term counts; on the same memory where that is every row. */
  label(classOf: Int32Array, classes: number): LabelledRows {
    const labels = this.#labelIds.subarray(0, this.#builder.rows).map(id => classOf[id] ?? -1);
    const rows = { features: this.#builder.build(), labels, classes };
    return labels.includes(-1) ? selectRows(rows, row => labels[row] !== -1) : rows;
  }
}

/** The same rows weighted by idf, in place. */
export function weigh(rows: LabelledRows, idf: Float64Array): LabelledRows {
  applyIdf(rows.features, idf);
  return rows;
}

import { SentopsError } from '../../core/errors.ts';
import { createLabelIds } from '../label-ids.ts';
import { createLabelOrder } from '../label-order.ts';
import { foldLabel, isMissing } from '../label-schemes.ts';
import { resolveLabels } from '../labels.ts';
import type { FieldColumn } from '../rows.ts';
import type { Labelling } from './types.ts';

/** What the labels are, how many rows have each, and whether the rows come in their order. */
export class LabelStats {
  /** Id of each row's label in the last batch; −1 for none, and for what only says that there is none (NaN, null). */
  ids = new Int32Array(0);
  private readonly columnName: string;
  private readonly explicit: Readonly<Record<string, number>> | null;
  private readonly labels;
  private readonly order = createLabelOrder();
  /** Labels that the project file gives a class, whatever they are called. */
  private readonly classes: ReadonlySet<string>;
  private failure: SentopsError | null = null;

  constructor(columnName: string, explicit: Readonly<Record<string, number>> | null) {
    this.columnName = columnName;
    this.explicit = explicit;
    this.classes = new Set(Object.keys(explicit ?? {}).map(foldLabel));
    this.labels = createLabelIds(columnName);
  }

  /** False once the column turned out to hold something else than labels. */
  get isReadable(): boolean {
    return this.failure === null;
  }

  add(column: FieldColumn, rows: number): void {
    if (this.ids.length < rows) this.ids = new Int32Array(rows);
    if (this.failure === null) this.assign(column, rows);
    if (this.failure !== null) this.ids.fill(-1);
  }

  counts(): Record<string, number> {
    if (this.failure !== null) return {};
    return Object.fromEntries(this.labels.counts().map(({ value, rows }) => [value, rows]));
  }

  /** `blank`: rows without a label. */
  summary(blank: number): Labelling {
    const { columnName } = this;
    const order = this.order.warning(this.labels.counts().map(({ value }) => value));
    const shared = { column: columnName, blank, order };
    try {
      if (this.failure !== null) throw this.failure;
      const { scheme, classes, rows, dropped } = resolveLabels(this.labels.counts(), {
        columnName,
        ...(this.explicit ? { explicit: this.explicit } : {}),
      });
      const total = rows.reduce((sum, count) => sum + count, 0);
      const named = Object.fromEntries(classes.map((name, index) => [name, rows[index] ?? 0]));
      const rarest = total === 0 ? null : Math.min(...rows) / total;
      return { ...shared, scheme, classes: named, rarest, problem: null, dropped };
    } catch (error) {
      if (!(error instanceof SentopsError) || error.code !== 'DATA_INVALID') throw error;
      return { ...shared, scheme: null, classes: {}, rarest: null, problem: error.message, dropped: [] };
    }
  }

  /** A column of something else than labels is a finding, not the end of the pass. */
  private assign(column: FieldColumn, rows: number): void {
    try {
      this.labels.assign(column, rows, this.ids);
      this.order.add(this.ids, rows);
      this.dropMissing(rows);
    } catch (error) {
      if (!(error instanceof SentopsError)) throw error;
      this.failure = error;
    }
  }

  private dropMissing(rows: number): void {
    const isClass = (label: string) => this.classes.has(label);
    const missing = this.labels.counts().map(({ value }) => isMissing(foldLabel(value)) && !isClass(foldLabel(value)));
    if (!missing.includes(true)) return;
    for (let row = 0; row < rows; row++) if (missing[this.ids[row] as number] === true) this.ids[row] = -1;
  }
}

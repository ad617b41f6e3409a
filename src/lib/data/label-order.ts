import { groupDigits } from '../core/group-digits.ts';
/** Watches whether rows come in the order of their labels, as all negatives first. */
export interface LabelOrder {
  /** Label ids of the next rows; negative ids do not count. */
  add(labelIds: Int32Array, rows: number): void;
  /** What to tell the user so far; null where the order looks like chance. */
  warning(values: readonly string[]): string | null;
}

/** Fewer rows prove nothing. */
const FEWEST_ROWS = 100;

/** In rows that come by chance the label changes n · (1 − Σ share²) times; far fewer changes mean an order. */
export function createLabelOrder(): LabelOrder {
  const counts: number[] = [];
  let last = -1;
  let changes = 0;
  let rows = 0;
  let head = { label: -1, rows: 0 };
  return {
    add: (labelIds, added) => {
      for (let row = 0; row < added; row++) {
        const label = labelIds[row] as number;
        if (label < 0) continue;
        if (label !== last && last >= 0) {
          if (changes === 0) head = { label: last, rows };
          changes++;
        }
        last = label;
        rows++;
        counts[label] = (counts[label] ?? 0) + 1;
      }
    },
    warning: values => {
      const expected = rows - counts.reduce((sum, count) => sum + (count * count) / rows, 0);
      if (rows < FEWEST_ROWS || changes === 0 || changes > expected / 4) return null;
      const begins = `the first ${groupDigits(head.rows)} rows are all ${values[head.label] ?? head.label}`;
      const often = `the label changes ${groupDigits(changes)} times in ${groupDigits(rows)} rows`;
      return `the rows come in the order of their labels (${head.rows * 50 > rows ? begins : often}): never take the head of this file for a sample`;
    },
  };
}

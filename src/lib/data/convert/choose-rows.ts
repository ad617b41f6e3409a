import { rowNumber, STREAM, streamKey } from '../random.ts';
import { createSelector, needsRowCount, type SampleRequest } from '../sample.ts';
import type { Counts } from './count-labels.ts';

/** Decides of each row, in the order of the file, whether it is in the sample. */
export type Choice = (row: number, label: number) => boolean;

/** True where the rows must be counted before the first can be chosen. */
export function needsCounts(sample: SampleRequest, stratify: boolean): boolean {
  return stratify || needsRowCount(sample);
}

/** Chooses as training does with the same seed, so that a sample holds the very rows that it would train on. */
export function chooseLikeTraining(sample: SampleRequest, totalRows: number | undefined): Choice {
  const { selects } = createSelector({ ...sample, ...(totalRows === undefined ? {} : { totalRows }) });
  return row => selects(row);
}

/**
 * The same share of every label, to the row. Each row is taken with the chance (still wanted) / (still to come), which
 * ends with exactly as many as wanted (Fan, Muller and Rezucha 1962; Knuth, volume 2, algorithm S).
 */
export function chooseStratified(sample: SampleRequest, counts: Counts): Choice {
  const key = streamKey(sample.seed, STREAM.rows);
  const wanted = shareOut(sample, counts);
  const left = new Map(counts);
  return (row, label) => {
    const want = wanted.get(label) ?? 0;
    const rest = left.get(label) ?? 0;
    left.set(label, rest - 1);
    if (rowNumber(key, row) * rest >= want * 0x1_0000_0000) return false;
    wanted.set(label, want - 1);
    return true;
  };
}

/** How many rows of each label; what rounding leaves goes to the labels that lost most by it. */
function shareOut({ fraction, maxRows }: SampleRequest, counts: Counts): Counts {
  const all = [...counts.values()].reduce((sum, rows) => sum + rows, 0);
  const total = Math.min(Math.round(all * fraction), maxRows > 0 ? maxRows : all);
  const shares = [...counts].map(([label, rows]) => ({ label, exact: (rows * total) / Math.max(1, all) }));
  const wanted = new Map(shares.map(({ label, exact }) => [label, Math.floor(exact)]));
  const byLoss = shares.sort((a, b) => (b.exact % 1) - (a.exact % 1));
  let rest = total - [...wanted.values()].reduce((sum, rows) => sum + rows, 0);
  for (const { label } of byLoss) {
    if (rest-- <= 0) break;
    wanted.set(label, (wanted.get(label) ?? 0) + 1);
  }
  return wanted;
}

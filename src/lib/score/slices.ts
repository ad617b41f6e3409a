import { evaluate } from '../learn/metrics.ts';
import type { JudgedRows } from './judged-rows.ts';

export interface Slice {
  name: string;
  /** Words of a text, both ends included. */
  from: number;
  to: number;
  rows: number;
  accuracy: number;
  f1: number;
  auc: number | null;
}

const NAMES = ['short', 'medium', 'long'];

/** The same metrics for short, medium and long texts: a third of the rows each, as far as lengths can be told apart. */
export function sliceByLength(judged: JudgedRows, classOf: Int32Array): Slice[] {
  const lengths = judged.select(classOf).words.slice().sort();
  return thirds(lengths).map(([from, to], index, all) => {
    const rows = judged.select(classOf, words => words >= from && words <= to);
    const { accuracy, f1, auc } = evaluate(rows);
    const name = all.length === NAMES.length ? (NAMES[index] as string) : `${from} to ${to} words`;
    return { name, from, to, rows: rows.rows, accuracy, f1, auc };
  });
}

/** Borders between sorted lengths; equal lengths stay together, so there may be fewer than three parts. */
export function thirds(sorted: Int32Array): [from: number, to: number][] {
  const parts: [number, number][] = [];
  for (let start = 0; start < sorted.length; ) {
    const wanted = Math.ceil((sorted.length * (parts.length + 1)) / 3);
    const isLast = parts.length === 2;
    const last = sorted[isLast ? sorted.length - 1 : Math.max(wanted, start + 1) - 1] as number;
    parts.push([sorted[start] as number, last]);
    while (start < sorted.length && (sorted[start] as number) <= last) start += 1;
  }
  return parts;
}

import type { Lengths } from './types.ts';

/** Lengths below this are counted one by one, longer ones in 128 buckets for each power of two. */
const EXACT = 4096;
const STEPS = 128;
const BUCKETS = EXACT + STEPS * 20;

/** Counts lengths in bounded memory: quantiles are exact up to 4,095 and within a hundredth above. */
export class LengthCounts {
  rows = 0;
  private readonly counts = new Float64Array(BUCKETS);
  private sum = 0;
  private least = Number.POSITIVE_INFINITY;
  private most = 0;

  add(length: number): void {
    this.rows++;
    this.sum += length;
    if (length < this.least) this.least = length;
    if (length > this.most) this.most = length;
    const bucket = length < EXACT ? length : bucketOf(length);
    this.counts[bucket] = (this.counts[bucket] as number) + 1;
  }

  summary(): Lengths {
    const none = this.rows === 0;
    return {
      min: none ? 0 : this.least,
      max: this.most,
      mean: none ? 0 : this.sum / this.rows,
      p05: this.quantile(0.05),
      median: this.quantile(0.5),
      p95: this.quantile(0.95),
      p99: this.quantile(0.99),
    };
  }

  /** The smallest length that at least this share of the rows does not exceed. */
  quantile(share: number): number {
    const wanted = Math.max(1, Math.ceil(share * this.rows));
    let before = 0;
    for (let bucket = 0; bucket < BUCKETS && this.rows > 0; bucket++) {
      before += this.counts[bucket] as number;
      if (before >= wanted) return Math.min(this.most, bucket < EXACT ? bucket : startOf(bucket));
    }
    return 0;
  }

  /** Rows from each edge up to the next, for a picture: to the 99th percentile evenly, the rest in the last bin. */
  histogram(bins: number): { edges: number[]; rows: number[] } {
    const end = Math.max(1, Math.min(this.most, this.quantile(0.995)) + 1);
    const width = Math.max(1, Math.ceil(end / bins));
    const used = Math.max(1, Math.ceil(end / width));
    const rows = new Array<number>(used).fill(0);
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const count = this.counts[bucket] as number;
      if (count === 0) continue;
      const length = bucket < EXACT ? bucket : startOf(bucket);
      const bin = Math.min(used - 1, Math.floor(length / width));
      rows[bin] = (rows[bin] as number) + count;
    }
    return { edges: Array.from({ length: used + 1 }, (_, index) => index * width), rows };
  }
}

function bucketOf(length: number): number {
  const power = 31 - Math.clz32(length);
  const step = Math.floor(((length - 2 ** power) / 2 ** power) * STEPS);
  return Math.min(BUCKETS - 1, EXACT + (power - 12) * STEPS + step);
}

function startOf(bucket: number): number {
  const power = 12 + Math.floor((bucket - EXACT) / STEPS);
  return 2 ** power + Math.floor((((bucket - EXACT) % STEPS) * 2 ** power) / STEPS);
}

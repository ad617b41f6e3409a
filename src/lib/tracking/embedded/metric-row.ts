import type { Metric } from '../entities.ts';

export interface MetricRow {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number | null;
  readonly step: number;
  readonly isNan: number;
}

const LARGEST = Number.MAX_VALUE;

export function toMetric({ key, value, timestamp, step, isNan }: MetricRow): Metric {
  return { key, value: isNan === 0 ? value : Number.NaN, timestamp: timestamp ?? 0, step };
}

/** What is not a number is 0 with a mark, and an infinity the largest double: SQL knows neither. */
export function toColumns(value: number): { readonly value: number; readonly isNan: 0 | 1 } {
  return Number.isNaN(value)
    ? { value: 0, isNan: 1 }
    : { value: Math.max(-LARGEST, Math.min(LARGEST, value)), isNan: 0 };
}

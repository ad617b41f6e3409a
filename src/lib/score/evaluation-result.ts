import type { GateVerdict } from '../train/gate.ts';
import type { ModelMetrics } from '../train/result.ts';
import type { Slice } from './slices.ts';

export interface EvaluatedModel {
  name: string;
  path: string;
  version: string | null;
  labels: string[];
}

interface ClassMetrics {
  label: string;
  /** Rows that belong to it, and rows that were taken for it. */
  support: number;
  predicted: number;
  precision: number;
  recall: number;
  f1: number;
  auc: number | null;
}

/** Two models on the same rows. */
export interface ModelComparison {
  model: EvaluatedModel;
  metrics: ModelMetrics;
  /** Rows that only the first one got right, and only the second. */
  onlyFirst: number;
  onlySecond: number;
  /** Rows for which they predict different classes. */
  disagree: number;
  test: 'exact' | 'chi-squared';
  statistic: number | null;
  /** How likely such a difference is by chance alone (McNemar, two-sided). */
  pValue: number;
  /** Name of the better one; null where the difference may well be chance (p ≥ 0.05). */
  better: 'first' | 'second' | null;
}

export interface EvaluationReport {
  model: EvaluatedModel;
  data: {
    input: string;
    layout: string;
    sha256: string;
    bytes: number;
    /** Rows that were judged. */
    rows: number;
    withoutText: number;
    badRows: number;
  };
  labels: {
    scheme: string;
    /** Label as written → class; null where its rows were left out. */
    mapping: Record<string, string | null>;
    dropped: { value: string; rows: number; why: string }[];
  };
  metrics: ModelMetrics;
  perClass: ClassMetrics[];
  /** Rows of class a that were taken for class b at [a][b]. */
  confusion: number[][];
  /** Of two classes with probabilities; else null. */
  calibration: { expectedCalibrationError: number; brier: number } | null;
  slices: Slice[];
  comparison: ModelComparison | null;
  gate: GateVerdict | null;
  /** The folder of the report and the files in it; null and none without --out. */
  out: string | null;
  files: string[];
  seconds: number;
}

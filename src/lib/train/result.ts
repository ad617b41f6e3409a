import type { ErrorCode } from '../core/errors.ts';
import type { GateVerdict } from './gate.ts';

export interface ModelMetrics {
  accuracy: number;
  auc: number | null;
  f1: number;
  precision: number;
  recall: number;
  logLoss: number | null;
}

/** A version in the registry. */
export interface RegisteredVersion {
  name: string;
  version: number;
}

/** Where a run was recorded. */
export interface TrackingReport {
  /** The server, or the database of the project's own store. */
  uri: string;
  experiment: string;
  experimentId: string;
  parentRunId: string;
  /** Why the record is not complete; the models are written all the same. */
  failure: { code: ErrorCode; message: string; hint: string } | null;
}

export interface TrainedModel {
  name: string;
  /** Its run; null where nothing was recorded. */
  runId: string | null;
  /** Null where it was not registered. */
  registered: RegisteredVersion | null;
  /** On the test rows. */
  metrics: ModelMetrics;
  /** On the validation rows; null where there are none. */
  validation: ModelMetrics | null;
  params: Record<string, string | number | boolean>;
  /** What cross-validation tried; null where it was not asked for. */
  search: { folds: number; points: { params: Record<string, string | number | boolean>; accuracy: number }[] } | null;
  /** Folder with the model, its metrics, plots and report. */
  path: string;
  seconds: number;
}

export interface BestModel {
  name: string;
  /** What the models were compared by, and on which rows. */
  metric: string;
  on: string;
  value: number | null;
  accuracy: number;
  /** A copy of the model by itself. */
  path: string;
  runId: string | null;
  /** The version under the name of the best model. */
  registered: RegisteredVersion | null;
}

export interface LabelReport {
  scheme: string;
  /** In the order of the class numbers. */
  classes: string[];
  /** Label as written → class; null where its rows were dropped. */
  mapping: Record<string, string | null>;
  dropped: { value: string; rows: number; why: string }[];
}

export interface DataReport {
  input: string;
  sha256: string;
  bytes: number;
  /** Rows that could be read. */
  rows: number;
  badRows: number;
  train: number;
  validation: number;
  test: number;
  testInput: string | null;
}

/** What a training job has to tell: the JSON of `sentops train`. With --dry-run nothing was trained. */
export interface TrainReport {
  dryRun: boolean;
  models: TrainedModel[];
  best: BestModel | null;
  gate: GateVerdict | null;
  labels: LabelReport | null;
  data: DataReport;
  /** How the input is laid out, in a sentence. */
  layout: string;
  seed: number;
  gitCommit: string | null;
  /** What it was trained with and on. */
  environment: { sentops: string; node: string; platform: string; cpu: string };
  output: string;
  /** Null where the run was not recorded. */
  tracking: TrackingReport | null;
  /** The report that compares the models. */
  report: string | null;
  seconds: number;
  /** What is worth a second look; printed on standard error too. */
  warnings: string[];
}

import type { Curve, Evaluation } from '../learn/evaluation.ts';
import type { Parameters } from '../learn/types.ts';
import type { ReliabilityBin } from '../plot/charts/reliability.ts';

/** All that the report of one trained model tells; plain data, texts as they are. */
export interface ReportData {
  readonly model: ReportedModel;
  readonly labels: ReportedLabels;
  /** How it did; `test` counts where it is there, else the last one. */
  readonly parts: readonly ReportedPart[];
  readonly data: readonly DataFingerprint[];
  readonly sizes: PartSizes;
  readonly run: ReportedRun;
  readonly gate: ReportedGate | null;
  /** The stages of the pipeline in order, one line each. */
  readonly stages: readonly string[];
  readonly timings: readonly Timing[];
  readonly topFeatures: readonly FeatureGroup[];
  readonly mistakes: readonly Mistake[];
  /** All models of the same run, this one included; empty where it was alone. */
  readonly models: readonly ComparedModel[];
}

export interface ReportedModel {
  readonly name: string;
  /** Name of the algorithm: `logisticregression`. */
  readonly kind: string;
  readonly version: string | null;
  readonly params: Parameters;
}

export interface ReportedLabels {
  /** Names of the classes in the order of their numbers. */
  readonly names: readonly string[];
  /** What each label of the file was taken for. */
  readonly mapping: readonly { readonly from: string; readonly to: string; readonly rows: number | null }[];
  readonly dropped: readonly { readonly label: string; readonly rows: number; readonly reason: string }[];
}

export interface ReportedPart {
  readonly part: 'validation' | 'test';
  readonly evaluation: Evaluation;
  /** Of the positive class for two classes, one against the rest for more; empty without scores. */
  readonly curves: readonly ClassCurves[];
  readonly scores: ScoreHistogram | null;
  /** Null where the model gives no probabilities, or for more than two classes. */
  readonly calibration: readonly ReliabilityBin[] | null;
}

export interface ClassCurves {
  /** Number of the class. */
  readonly label: number;
  readonly roc: Curve | null;
  readonly pr: Curve | null;
}

export interface ScoreHistogram {
  /** `Probability of positive`, `Margin`. */
  readonly score: string;
  readonly edges: ArrayLike<number>;
  /** Of the rows of each class, in the order of the class numbers. */
  readonly counts: readonly ArrayLike<number>[];
}

export interface DataFingerprint {
  /** `training`, `test`. */
  readonly role: string;
  readonly file: string;
  /** Hexadecimal; null where it was not read to its end. */
  readonly sha256: string | null;
  readonly bytes: number | null;
  readonly rows: number;
  readonly badRows: number;
}

export interface PartSizes {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

export interface ReportedRun {
  /** As ISO 8601. */
  readonly finishedAt: string;
  /** Null where the model does not say. */
  readonly seed: number | null;
  readonly gitCommit: string | null;
  readonly environment: {
    readonly sentops: string;
    readonly node: string;
    readonly platform: string;
    readonly cpu: string;
  };
}

export interface ReportedGate {
  /** `accuracy`. */
  readonly metric: string;
  /** How the value has to stand to the bound. */
  readonly comparison: '>' | '>=' | '<' | '<=';
  readonly minimum: number;
  readonly value: number;
  readonly passed: boolean;
}

export interface Timing {
  readonly name: string;
  readonly seconds: number;
}

export interface FeatureGroup {
  /** Name of the class that these speak for. */
  readonly label: string;
  readonly features: readonly { readonly name: string; readonly weight: number }[];
}

export interface Mistake {
  readonly text: string;
  readonly actual: string;
  readonly predicted: string;
  /** Of the class predicted; null without probabilities. */
  readonly probability: number | null;
}

export interface ComparedModel {
  readonly name: string;
  readonly kind: string;
  readonly part: ReportedPart['part'];
  readonly evaluation: Evaluation;
  /** Of the positive class; null for more than two classes and without scores. */
  readonly roc: Curve | null;
  readonly pr: Curve | null;
  readonly fitSeconds: number;
  /** Its folder, relative to that of the run. */
  readonly folder: string;
  readonly best: boolean;
}

/** All that the report over the models of one run tells. */
export interface ComparisonData {
  readonly title: string;
  /** The metric by which the best one was chosen: `accuracy`. */
  readonly chosenBy: string;
  readonly models: readonly ComparedModel[];
  readonly labels: ReportedLabels;
  readonly data: readonly DataFingerprint[];
  readonly sizes: PartSizes;
  readonly run: ReportedRun;
  readonly gate: ReportedGate | null;
  readonly timings: readonly Timing[];
}

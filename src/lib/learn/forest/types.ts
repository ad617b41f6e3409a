import type { BinnedColumns } from './binned-columns.ts';
import type { Impurity } from './impurity.ts';

export interface GrowRules {
  readonly maxDepth: number;
  readonly minInstancesPerNode: number;
  readonly minInfoGain: number;
  /** Weight of the rows that a child must keep. */
  readonly minWeightPerNode: number;
  readonly impurity: Impurity;
}

/** The rows that a tree sees: how often each was drawn, and what each draw of it weighs. */
export interface Bag {
  readonly columns: BinnedColumns;
  readonly labels: Int32Array;
  readonly classes: number;
  readonly draws: Int32Array;
  readonly weights: Float64Array | null;
}

export interface Split {
  readonly column: number;
  /** Number among the thresholds of the column. */
  readonly index: number;
  readonly threshold: number;
  readonly gain: number;
  /** Weight of each class, and number of draws, on the left. */
  readonly leftStats: Float64Array;
  readonly leftCount: number;
}

export interface TreeNode {
  readonly depth: number;
  readonly stats: Float64Array;
  readonly count: number;
  readonly impurity: number;
  split?: Split;
  left?: TreeNode;
  right?: TreeNode;
}

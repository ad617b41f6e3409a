import type { LabelIds } from '../data/label-ids.ts';
import type { LabelMatch } from '../data/match-labels.ts';
import type { Input } from '../data/open-input.ts';
import type { Evaluation } from '../learn/evaluation.ts';
import type { Scorer } from '../model/compile/types.ts';
import type { FittedModel } from '../model/types.ts';
import type { JudgedRows, SelectedRows } from './judged-rows.ts';
import type { MistakeKeeper } from './mistakes.ts';

/** A model ready to be tried. */
export interface Candidate {
  readonly folder: string;
  readonly model: FittedModel;
  readonly scorer: Scorer;
}

/** Everything that was found out on the rows of a file. */
export interface Trial {
  readonly candidate: Candidate;
  readonly rival: Candidate | null;
  readonly input: Input;
  readonly labels: LabelIds;
  readonly match: LabelMatch;
  readonly judged: JudgedRows;
  /** Rows without a text. */
  readonly blank: number;
  readonly rows: SelectedRows;
  /** The same rows as the rival judged them, its classes in the order of the candidate's. */
  readonly rivalRows: SelectedRows | null;
  readonly evaluation: Evaluation;
  readonly mistakes: MistakeKeeper;
}

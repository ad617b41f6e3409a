import type { Tracker } from '../../types.ts';
import type { Renamed } from './import-target.ts';

/** A run or logged model of the file, as the server has it. */
export interface Mapped {
  readonly id: string;
  readonly root: string;
  /** It was finished by an earlier import, or was there under its own id: nothing is written to it. */
  readonly isComplete: boolean;
}

/** What the parts of an import through the port share. */
export interface TrackerPlace {
  readonly tracker: Tracker;
  readonly experiments: Map<string, string>;
  readonly runs: Map<string, Mapped>;
  readonly models: Map<string, Mapped>;
  /** The folders of runs and logged models in the file → those on the server. */
  readonly roots: [from: string, to: string][];
  readonly renamed: Renamed[];
  /** Done at the end: what has ended or is deleted takes nothing more. */
  readonly last: (() => Promise<void>)[];
  /** Behind that: in a deleted experiment nothing can be written. */
  readonly deletions: (() => Promise<void>)[];
}

import type { ReadInput } from '../describe.ts';
import type { Judged, Learned } from '../judge-models.ts';
import type { LiveMetric } from '../learner.ts';
import type { RegisteredVersion, TrackingReport, TrainReport } from '../result.ts';

/** What a training job tells about itself while it runs. One job, one parent run. */
export interface TrainingLog {
  readonly tracking: TrackingReport;
  /** Opens a run for each model, once it is known which rows there are to learn from. */
  begin(read: ReadInput, models: readonly string[]): Promise<void>;
  /** A number that moved. Never fails: it is sent when there is time. */
  reached(model: string, live: LiveMetric): void;
  runIdOf(model: string): string | null;
  /** Everything about the models that were written, their files included; then the versions in the registry. */
  record(done: RecordRequest): Promise<void>;
  /** The version that `record` has made of a model, or of the best one. */
  registered(model: string, as: 'itself' | 'best'): RegisteredVersion | null;
  /** Marks every run that has not ended as failed or stopped, as well as that can be done, and lets go of the tracker. */
  close(reason?: unknown): Promise<void>;
}

/** Opens the log of a job whose input is there; throws where nothing can be recorded. */
export type OpenTrainingLog = (gitCommit: string | null) => Promise<TrainingLog>;

export interface RecordRequest {
  readonly learned: Learned;
  readonly best: Judged;
  readonly report: TrainReport;
}

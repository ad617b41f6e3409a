import type { Run, RunStatus, Texts } from '../../tracking/entities.ts';
import type { Tracker } from '../../tracking/types.ts';
import type { ReadInput } from '../describe.ts';
import type { LiveMetric } from '../learner.ts';
import { titleOf } from '../models.ts';
import type { TrainRequest } from '../request.ts';
import type { RegisteredVersion, TrackingReport } from '../result.ts';
import type { TrainSpec } from '../spec.ts';
import { describeSpec } from './describe-params.ts';
import { LiveMetrics } from './live-metrics.ts';
import { recordRuns } from './record-runs.ts';
import { runTags } from './run-tags.ts';
import type { RecordRequest, TrainingLog } from './types.ts';

/** The name of the reference job's parent run. */
const PARENT = 'sentiment_multi_model_experiment';

export interface TrainingRunsRequest {
  readonly tracker: Tracker;
  /** Lets go of the tracker. */
  close(): Promise<void>;
  readonly spec: TrainSpec;
  readonly request: TrainRequest;
  readonly gitCommit: string | null;
  readonly experiment: { readonly experimentId: string; readonly name: string };
}

/** Makes the parent run: from here on whoever looks sees that a training is under way. */
export async function openTrainingRuns(opening: TrainingRunsRequest): Promise<TrainingLog> {
  const { tracker, spec, request, gitCommit, experiment } = opening;
  const shared = describeSpec(spec);
  const tags = runTags({ request, gitCommit, spec: shared });
  const parent = await tracker.runs.create({
    experimentId: experiment.experimentId,
    name: PARENT,
    userId: tags['mlflow.user'] ?? '',
    startTime: Date.now(),
    tags,
  });
  const log = new TrainingRuns(opening, parent, tags);
  await log.logParent({ params: { ...shared, input: spec.input, ...testInputOf(spec) } });
  return log;
}

function testInputOf({ testInput }: TrainSpec): Texts {
  return testInput === null ? {} : { testInput };
}

class TrainingRuns implements TrainingLog {
  readonly tracking: TrackingReport;
  readonly #opening: TrainingRunsRequest;
  readonly #parent: Run;
  readonly #tags: Texts;
  readonly #children = new Map<string, Run>();
  readonly #ended = new Set<string>();
  readonly #versions = new Map<string, RegisteredVersion>();
  readonly #live: LiveMetrics;

  constructor(opening: TrainingRunsRequest, parent: Run, tags: Texts) {
    const { tracker, experiment } = opening;
    this.#opening = opening;
    this.#parent = parent;
    this.#tags = tags;
    this.#live = new LiveMetrics(tracker.runs);
    this.tracking = {
      uri: tracker.uri,
      experiment: experiment.name,
      experimentId: experiment.experimentId,
      parentRunId: parent.runId,
      failure: null,
    };
  }

  async logParent(values: Parameters<Tracker['runs']['log']>[1]): Promise<void> {
    await this.#opening.tracker.runs.log(this.#parent.runId, values);
  }

  async begin(read: ReadInput, models: readonly string[]): Promise<void> {
    const { runs } = this.#opening.tracker;
    await this.logParent({ tags: { 'sentops.input.sha256': read.input.table.statistics().sha256 } });
    const opened = models.map(async name => {
      const { experimentId, userId, runId: parentRunId } = this.#parent;
      const tags = { ...this.#tags, 'sentops.model': name };
      const run = await runs.create({
        ...{ experimentId, userId, parentRunId, tags },
        ...{ name: titleOf(name), startTime: Date.now() },
      });
      this.#children.set(name, run);
    });
    const failed = (await Promise.allSettled(opened)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }

  reached(model: string, live: LiveMetric): void {
    const run = this.#children.get(model);
    if (run) this.#live.add(run.runId, live);
  }

  runIdOf(model: string): string | null {
    return this.#children.get(model)?.runId ?? null;
  }

  registered(model: string, as: 'itself' | 'best'): RegisteredVersion | null {
    return this.#versions.get(`${as} ${model}`) ?? null;
  }

  async record(done: RecordRequest): Promise<void> {
    const { tracker, spec, request } = this.#opening;
    await this.#live.flush();
    await recordRuns(done, {
      ...{ tracker, spec, request },
      parent: this.#parent,
      children: this.#children,
      finish: runId => this.#end(runId, 'FINISHED'),
      registered: (model, as, version) => void this.#versions.set(`${as} ${model}`, version),
    });
  }

  async close(reason?: unknown): Promise<void> {
    if (reason === undefined) this.#live.stop();
    else await this.#live.flush().catch(() => {});
    const { request, close } = this.#opening;
    const status = request.signal.aborted ? 'KILLED' : 'FAILED';
    const open = [...this.#children.values(), this.#parent].filter(({ runId }) => !this.#ended.has(runId));
    // Nothing can be done about a run whose end cannot be told: it stays as it is.
    if (reason !== undefined) await Promise.allSettled(open.map(({ runId }) => this.#giveUp(runId, status, reason)));
    await close();
  }

  async #giveUp(runId: string, status: RunStatus, reason: unknown): Promise<void> {
    const why = reason instanceof Error ? reason.message : String(reason);
    await this.#end(runId, status);
    await this.#opening.tracker.runs.log(runId, { tags: { 'sentops.error': why.slice(0, 1000) } });
  }

  async #end(runId: string, status: RunStatus): Promise<void> {
    await this.#opening.tracker.runs.update(runId, { status, endTime: Date.now() });
    this.#ended.add(runId);
  }
}

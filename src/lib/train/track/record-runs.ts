import type { Run, Texts } from '../../tracking/entities.ts';
import type { Tracker } from '../../tracking/types.ts';
import { checkGate } from '../gate.ts';
import type { Judged } from '../judge-models.ts';
import { titleOf } from '../models.ts';
import type { TrainRequest } from '../request.ts';
import type { RegisteredVersion, TrainReport } from '../result.ts';
import type { TrainSpec } from '../spec.ts';
import { type DatasetInputs, describeDatasets } from './dataset-inputs.ts';
import { describeModelParams, describeRows, describeSpec } from './describe-params.ts';
import { type UploadedModel, uploadModel } from './log-model.ts';
import { measureBest, measureModel } from './measure.ts';
import { registerVersion, versionTags } from './register-models.ts';
import { registryName } from './track-spec.ts';
import type { RecordRequest } from './types.ts';
import { uploadComparison } from './upload-comparison.ts';

export interface RunsToRecord {
  readonly tracker: Tracker;
  readonly spec: TrainSpec;
  readonly request: TrainRequest;
  readonly parent: Run;
  /** Run of each model, by its name. */
  readonly children: ReadonlyMap<string, Run>;
  finish(runId: string): Promise<void>;
  registered(model: string, as: 'itself' | 'best', version: RegisteredVersion): void;
}

/** A model whose files are where they stay. */
interface Stored {
  readonly judged: Judged;
  readonly run: Run;
  readonly files: UploadedModel;
}

/**
 * Writes down what a training has found, each run whole before the next, the registry last: a version that is there
 * points at files that are there, whenever the process ends.
 */
export async function recordRuns(done: RecordRequest, runs: RunsToRecord): Promise<void> {
  const { learned, report, best } = done;
  const { spec, tracker, parent } = runs;
  const datasets = describeDatasets(spec, learned.main, learned.test);
  await tracker.runs.logInputs(parent.runId, Object.values(datasets));
  const stored: Stored[] = [];
  for (const judged of learned.judged) {
    const run = runs.children.get(judged.fitted.name);
    if (run) stored.push(await recordModel({ judged, run, datasets, report, done }, runs));
  }
  await uploadComparison(tracker, { parent, learned, report, request: runs.request });
  const timestamp = Date.now();
  await tracker.runs.log(parent.runId, {
    metrics: measureBest(best, timestamp),
    params: describeRows(learned.main, learned.test),
    tags: describeOutcome(best, report, runs),
  });
  await registerAll(stored, done, runs);
  await runs.finish(parent.runId);
}

interface ModelToRecord {
  readonly judged: Judged;
  readonly run: Run;
  readonly datasets: DatasetInputs;
  readonly report: TrainReport;
  readonly done: RecordRequest;
}

async function recordModel(model: ModelToRecord, runs: RunsToRecord): Promise<Stored> {
  const { judged, run, datasets, report, done } = model;
  const { tracker, spec, request, finish } = runs;
  const { name } = judged.fitted;
  request.signal.throwIfAborted();
  const folder = report.models.find(each => each.name === name)?.path ?? '';
  await tracker.runs.logInputs(run.runId, Object.values(datasets));
  const files = await uploadModel(tracker, { run, folder, request });
  const shared = { ...describeSpec(spec), ...describeRows(done.learned.main, done.learned.test) };
  await tracker.runs.log(run.runId, {
    metrics: measureModel(judged, { datasets, modelId: files.modelId, timestamp: Date.now() }),
    params: describeModelParams(judged.fitted, shared),
    tags: { 'sentops.gate': gateOf(judged, spec) },
  });
  await finish(run.runId);
  return { judged, run, files };
}

function describeOutcome(
  { fitted }: Judged,
  { best, gate, data }: TrainReport,
  { children, spec }: RunsToRecord,
): Texts {
  const value = best?.value == null ? 'unknown' : Number(best.value.toFixed(6));
  const missed = gate?.missed ? ` The gate was missed: ${gate.missed}.` : '';
  return {
    'sentops.best': fitted.name,
    'sentops.best.run': children.get(fitted.name)?.runId ?? '',
    'sentops.gate': spec.gate.length === 0 ? 'none' : gate?.met ? 'passed' : 'missed',
    'mlflow.note.content': `Best of ${children.size}: **${titleOf(fitted.name)}**, ${best?.metric} ${value} on the ${best?.on} rows (${data.test} to test).${missed}`,
  };
}

/** A model that misses the gate is registered all the same, as the reference job does; its version says so. */
function gateOf({ fitted, testEvaluation }: Judged, { gate }: TrainSpec): 'passed' | 'missed' | 'none' {
  if (gate.length === 0) return 'none';
  return checkGate(fitted.name, gate, testEvaluation).met ? 'passed' : 'missed';
}

async function registerAll(
  stored: readonly Stored[],
  { best, report }: RecordRequest,
  runs: RunsToRecord,
): Promise<void> {
  const { prefix, best: bestName } = runs.spec.tracking ?? { prefix: null, best: null };
  const register = async (as: 'itself' | 'best', name: string, model: Stored) => {
    runs.request.signal.throwIfAborted();
    const { judged, run, files } = model;
    const { version } = await registerVersion(runs.tracker.models, {
      ...{ name, runId: run.runId, source: files.source },
      ...(files.modelId === null ? {} : { modelId: files.modelId }),
      about: as === 'best' ? `The best model of each training, by ${report.best?.metric}.` : 'Trained by sentops.',
      tags: versionTags({
        kind: judged.fitted.name,
        gate: gateOf(judged, runs.spec),
        accuracy: judged.testEvaluation.accuracy,
        data: report.data.sha256,
      }),
      key: `train ${run.runId} ${name}`,
    });
    runs.registered(judged.fitted.name, as, { name, version });
  };
  if (prefix !== null)
    for (const model of stored) await register('itself', registryName(prefix, model.judged.fitted.name), model);
  const winner = stored.find(({ judged }) => judged === best);
  if (bestName !== null && winner) await register('best', bestName, winner);
}

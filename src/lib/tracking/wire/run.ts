import { RUN_STATUSES, type Run } from '../entities.ts';
import { LIFECYCLES } from './experiment.ts';
import { fieldsOf } from './fields.ts';
import {
  datasetInputFromWire,
  datasetInputToWire,
  modelInputFromWire,
  modelInputToWire,
  modelOutputFromWire,
  modelOutputToWire,
} from './inputs.ts';
import { metricFromWire, metricToWire } from './metric.ts';
import type { WireRun, WireRunInfo } from './shapes.ts';
import { listUnder, pairFromWire, pairsUnder, textsOf } from './texts.ts';

export function runToWire(run: Run): WireRun {
  const { metrics, params, tags, inputs, outputs, modelInputs = [] } = run;
  return {
    info: runInfoToWire(run),
    data: {
      ...listUnder('metrics', metrics.map(metricToWire)),
      ...pairsUnder('params', params),
      ...pairsUnder('tags', tags),
    },
    inputs: {
      ...listUnder('dataset_inputs', inputs.map(datasetInputToWire)),
      ...listUnder('model_inputs', modelInputs.map(modelInputToWire)),
    },
    ...(outputs.length === 0 ? {} : { outputs: { model_outputs: outputs.map(modelOutputToWire) } }),
  };
}

/** What `runs/update` answers alone. */
export function runInfoToWire(
  run: Omit<Run, 'params' | 'metrics' | 'tags' | 'inputs' | 'outputs' | 'modelInputs'>,
): WireRunInfo {
  return {
    run_id: run.runId,
    run_uuid: run.runId,
    run_name: run.name,
    experiment_id: run.experimentId,
    user_id: run.userId,
    status: run.status,
    start_time: run.startTime,
    ...(run.endTime === null ? {} : { end_time: run.endTime }),
    artifact_uri: run.artifactUri,
    lifecycle_stage: run.lifecycle,
  };
}

export function runFromWire(json: unknown, what = 'run'): Run {
  const fields = fieldsOf(json, what);
  const info = fields.message('info');
  const data = fields.message('data');
  const modelInputs = fields.message('inputs').list('model_inputs', modelInputFromWire);
  return {
    runId: info.text('run_id'),
    experimentId: info.text('experiment_id'),
    name: info.textOrNull('run_name') ?? '',
    status: info.oneOf('status', RUN_STATUSES, 'RUNNING'),
    userId: info.textOrNull('user_id') ?? '',
    startTime: info.integerOrNull('start_time') ?? 0,
    endTime: info.integerOrNull('end_time'),
    lifecycle: info.oneOf('lifecycle_stage', LIFECYCLES, 'active'),
    artifactUri: info.textOrNull('artifact_uri') ?? '',
    params: textsOf(data.list('params', pairFromWire)),
    metrics: data.list('metrics', metricFromWire).sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key))),
    tags: textsOf(data.list('tags', pairFromWire)),
    inputs: fields.message('inputs').list('dataset_inputs', datasetInputFromWire),
    outputs: fields.message('outputs').list('model_outputs', modelOutputFromWire),
    ...(modelInputs.length === 0 ? {} : { modelInputs }),
  };
}

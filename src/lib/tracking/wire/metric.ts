import type { LoggedModelMetric, Metric } from '../entities.ts';
import { type Fields, fieldsOf } from './fields.ts';
import type { WireDouble, WireMetric } from './shapes.ts';

export function metricToWire(metric: Metric | LoggedModelMetric): WireMetric {
  const { key, value, timestamp, step, modelId, datasetName, datasetDigest } = metric;
  return {
    key,
    value: doubleToWire(value),
    timestamp,
    step,
    ...(modelId === undefined ? {} : { model_id: modelId }),
    ...(datasetName === undefined ? {} : { dataset_name: datasetName }),
    ...(datasetDigest === undefined ? {} : { dataset_digest: datasetDigest }),
    ...('runId' in metric ? { run_id: metric.runId } : {}),
  };
}

/** `JSON.stringify(NaN)` is null, which a server refuses; a bare NaN it stores as 0. */
export function doubleToWire(value: number): WireDouble {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return 'Infinity';
  return value === Number.NEGATIVE_INFINITY ? '-Infinity' : value;
}

export function metricFromWire(json: unknown, what = 'metric'): Metric {
  return readMetric(fieldsOf(json, what));
}

/** A metric in the list of a logged model, which says the run that logged it. */
export function loggedModelMetricFromWire(json: unknown, what = 'metric'): LoggedModelMetric {
  const fields = fieldsOf(json, what);
  return { ...readMetric(fields), modelId: fields.text('model_id'), runId: fields.text('run_id') };
}

function readMetric(fields: Fields): Metric {
  const modelId = fields.textOrNull('model_id');
  const datasetName = fields.textOrNull('dataset_name');
  const datasetDigest = fields.textOrNull('dataset_digest');
  return {
    key: fields.text('key'),
    value: fields.double('value'),
    timestamp: fields.integer('timestamp'),
    // A step of 0 is absent in what a server with proto3 defaults sends, and optional in what it takes.
    step: fields.integerOrNull('step') ?? 0,
    ...(modelId === null ? {} : { modelId }),
    ...(datasetName === null ? {} : { datasetName }),
    ...(datasetDigest === null ? {} : { datasetDigest }),
  };
}

import type { LoggedModel, LoggedModelStatus } from '../entities.ts';
import { fieldsOf } from './fields.ts';
import { loggedModelMetricFromWire, metricToWire } from './metric.ts';
import type { WireLoggedModel, WireLoggedModelStatus } from './shapes.ts';
import { listUnder, pairFromWire, pairsUnder, textsOf } from './texts.ts';

const STATUSES = [
  'LOGGED_MODEL_PENDING',
  'LOGGED_MODEL_READY',
  'LOGGED_MODEL_UPLOAD_FAILED',
] as const satisfies readonly WireLoggedModelStatus[];

export function loggedModelStatusToWire(status: LoggedModelStatus): WireLoggedModelStatus {
  return `LOGGED_MODEL_${status}`;
}

const BY_WIRE: Readonly<Record<WireLoggedModelStatus, LoggedModelStatus>> = {
  LOGGED_MODEL_PENDING: 'PENDING',
  LOGGED_MODEL_READY: 'READY',
  LOGGED_MODEL_UPLOAD_FAILED: 'UPLOAD_FAILED',
};

/** The `status` of a message: of a logged model, or of the request that finishes one. */
export function loggedModelStatusFromWire(json: unknown, what = 'logged model'): LoggedModelStatus {
  return BY_WIRE[fieldsOf(json, what).oneOf('status', STATUSES)];
}

export function loggedModelToWire(model: LoggedModel): WireLoggedModel {
  const { params, tags, metrics } = model;
  const data = { ...pairsUnder('params', params), ...listUnder('metrics', metrics.map(metricToWire)) };
  return {
    info: {
      model_id: model.modelId,
      experiment_id: model.experimentId,
      name: model.name,
      creation_timestamp_ms: model.createdAt,
      last_updated_timestamp_ms: model.updatedAt,
      artifact_uri: model.artifactUri,
      status: loggedModelStatusToWire(model.status),
      ...(model.statusMessage === null ? {} : { status_message: model.statusMessage }),
      ...(model.modelType === null ? {} : { model_type: model.modelType }),
      ...(model.sourceRunId === null ? {} : { source_run_id: model.sourceRunId }),
      ...pairsUnder('tags', tags),
    },
    ...(Object.keys(data).length === 0 ? {} : { data }),
  };
}

export function loggedModelFromWire(json: unknown, what = 'logged model'): LoggedModel {
  const fields = fieldsOf(json, what);
  const info = fields.message('info');
  const data = fields.message('data');
  return {
    modelId: info.text('model_id'),
    experimentId: info.text('experiment_id'),
    name: info.textOrNull('name') ?? '',
    artifactUri: info.textOrNull('artifact_uri') ?? '',
    createdAt: info.integerOrNull('creation_timestamp_ms') ?? 0,
    updatedAt: info.integerOrNull('last_updated_timestamp_ms') ?? 0,
    status: BY_WIRE[info.oneOf('status', STATUSES)],
    statusMessage: info.textOrNull('status_message'),
    modelType: info.textOrNull('model_type'),
    sourceRunId: info.textOrNull('source_run_id'),
    params: textsOf(data.list('params', pairFromWire)),
    tags: textsOf(info.list('tags', pairFromWire)),
    metrics: data.list('metrics', loggedModelMetricFromWire),
  };
}

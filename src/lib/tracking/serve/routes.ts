import * as artifacts from './artifact-files.ts';
import type { Handler } from './call.ts';
import type { Conversation } from './exchange.ts';
import * as experiments from './experiments.ts';
import * as history from './history.ts';
import * as logged from './logged-models.ts';
import * as versions from './model-versions.ts';
import * as plain from './plain.ts';
import * as models from './registered-models.ts';
import * as runs from './runs.ts';
import * as values from './values.ts';

/** What answers: with JSON to JSON, or by itself. */
export type Answerer = { readonly handle: Handler } | { readonly converse: Conversation };
type Table = Readonly<Record<string, Readonly<Record<string, Answerer>>>>;

const calls = (handle: Handler): Answerer => ({ handle });
const talks = (converse: Conversation): Answerer => ({ converse });

/** Below `/api/2.0/` and the other prefixes that clients use. `:` is a segment of a path, `*` the rest of it. */
export const API: Table = {
  'mlflow/experiments/create': { POST: calls(experiments.createExperiment) },
  'mlflow/experiments/get': { GET: calls(experiments.getExperiment) },
  'mlflow/experiments/get-by-name': { GET: calls(experiments.getExperimentByName) },
  'mlflow/experiments/search': {
    GET: calls(experiments.searchExperiments),
    POST: calls(experiments.searchExperiments),
  },
  'mlflow/experiments/update': { POST: calls(experiments.updateExperiment) },
  'mlflow/experiments/delete': { POST: calls(experiments.deleteExperiment) },
  'mlflow/experiments/restore': { POST: calls(experiments.restoreExperiment) },
  'mlflow/experiments/set-experiment-tag': { POST: calls(experiments.setExperimentTag) },
  'mlflow/experiments/delete-experiment-tag': { POST: calls(experiments.deleteExperimentTag) },

  'mlflow/runs/create': { POST: calls(runs.createRun) },
  'mlflow/runs/get': { GET: calls(runs.getRun) },
  'mlflow/runs/update': { POST: calls(runs.updateRun) },
  'mlflow/runs/delete': { POST: calls(runs.deleteRun) },
  'mlflow/runs/restore': { POST: calls(runs.restoreRun) },
  'mlflow/runs/search': { POST: calls(runs.searchRuns) },
  'mlflow/runs/set-tag': { POST: calls(runs.setTag) },
  'mlflow/runs/delete-tag': { POST: calls(runs.deleteTag) },
  'mlflow/runs/log-inputs': { POST: calls(runs.logInputs) },
  'mlflow/runs/outputs': { POST: calls(runs.logOutputs) },
  'mlflow/runs/log-metric': { POST: calls(values.logMetric) },
  'mlflow/runs/log-parameter': { POST: calls(values.logParameter) },
  'mlflow/runs/log-batch': { POST: calls(values.logBatch) },
  'mlflow/runs/log-model': { POST: calls(values.logModel) },

  'mlflow/metrics/get-history': { GET: calls(history.getHistory) },
  'mlflow/metrics/get-history-bulk': { GET: calls(history.getHistoryBulk) },
  'mlflow/metrics/get-history-bulk-interval': { GET: calls(history.getHistoryBulkInterval) },
  'mlflow/artifacts/list': { GET: calls(artifacts.listRunArtifacts) },

  'mlflow/logged-models': { POST: calls(logged.createLoggedModel) },
  'mlflow/logged-models/search': { POST: calls(logged.searchLoggedModels) },
  'mlflow/logged-models/:': {
    GET: calls(logged.getLoggedModel),
    PATCH: calls(logged.finishLoggedModel),
    DELETE: calls(logged.deleteLoggedModel),
  },
  'mlflow/logged-models/:/tags': { PATCH: calls(logged.setLoggedModelTags) },
  'mlflow/logged-models/:/tags/:': { DELETE: calls(logged.deleteLoggedModelTag) },
  'mlflow/logged-models/:/params': { POST: calls(logged.logLoggedModelParams) },
  'mlflow/logged-models/:/artifacts/directories': { GET: calls(logged.listLoggedModelArtifacts) },

  'mlflow/registered-models/create': { POST: calls(models.createRegisteredModel) },
  'mlflow/registered-models/get': { GET: calls(models.getRegisteredModel) },
  'mlflow/registered-models/update': { PATCH: calls(models.updateRegisteredModel) },
  'mlflow/registered-models/rename': { POST: calls(models.renameRegisteredModel) },
  'mlflow/registered-models/delete': { DELETE: calls(models.deleteRegisteredModel) },
  'mlflow/registered-models/search': { GET: calls(models.searchRegisteredModels) },
  'mlflow/registered-models/get-latest-versions': {
    GET: calls(models.getLatestVersions),
    POST: calls(models.getLatestVersions),
  },
  'mlflow/registered-models/set-tag': { POST: calls(models.setRegisteredModelTag) },
  'mlflow/registered-models/delete-tag': { DELETE: calls(models.deleteRegisteredModelTag) },
  'mlflow/registered-models/alias': {
    GET: calls(models.getByAlias),
    POST: calls(models.setAlias),
    DELETE: calls(models.deleteAlias),
  },

  'mlflow/model-versions/create': { POST: calls(versions.createModelVersion) },
  'mlflow/model-versions/get': { GET: calls(versions.getModelVersion) },
  'mlflow/model-versions/update': { PATCH: calls(versions.updateModelVersion) },
  'mlflow/model-versions/delete': { DELETE: calls(versions.deleteModelVersion) },
  'mlflow/model-versions/search': { GET: calls(versions.searchModelVersions) },
  'mlflow/model-versions/get-download-uri': { GET: calls(versions.getDownloadUri) },
  'mlflow/model-versions/transition-stage': { POST: calls(versions.transitionStage) },
  'mlflow/model-versions/set-tag': { POST: calls(versions.setVersionTag) },
  'mlflow/model-versions/delete-tag': { DELETE: calls(versions.deleteVersionTag) },

  'mlflow/upload-artifact': { POST: talks(artifacts.uploadRunArtifact) },
  'mlflow/logged-models/:/artifacts/files': { GET: talks(artifacts.getModelArtifact) },
  'mlflow/server-info': { GET: talks(plain.sendServerInfo) },
  'mlflow-artifacts/artifacts': { GET: talks(artifacts.listFiles) },
  'mlflow-artifacts/artifacts/*': {
    GET: talks(artifacts.getFile),
    PUT: talks(artifacts.putFile),
    DELETE: talks(artifacts.deleteFile),
  },
  'mlflow-artifacts/mpu/*': { POST: talks(artifacts.refuseMultipart) },
  'mlflow-artifacts/presigned/*': { GET: talks(artifacts.refuseMultipart) },
};

/** Beside the API. */
export const PAGES: Table = {
  '': { GET: talks(plain.sendPage) },
  health: { GET: talks(plain.sendWell) },
  version: { GET: talks(plain.sendVersion) },
  'get-artifact': { GET: talks(artifacts.getRunArtifact) },
  'model-versions/get-artifact': { GET: talks(artifacts.getVersionArtifact) },
};

import fs from 'node:fs';
import path from 'node:path';
import { SentopsError } from '../../core/errors.ts';
import { type RunStamp, stampRun } from '../../model/formats/mlflow/stamp-run.ts';
import { uploadTree } from '../../tracking/artifacts/upload-tree.ts';
import type { LoggedModel, Run } from '../../tracking/entities.ts';
import type { Artifacts, Tracker } from '../../tracking/types.ts';
import type { TrainRequest } from '../request.ts';

const MLMODEL = 'MLmodel';

/** What the model of a run is called: `runs:/<run>/model`. */
const MODEL_PATH = 'model';

export interface ModelUpload {
  readonly run: Run;
  /** The folder of the trained model: reports, pictures, and the model itself. */
  readonly folder: string;
  readonly request: TrainRequest;
}

/** Where the files of a model are for good, as a registered version names them. */
export interface UploadedModel {
  readonly source: string;
  /** Null where the store knows no logged models. */
  readonly modelId: string | null;
}

/**
 * Stores what belongs to a trained model with its run. The model itself is stored once: as a logged model of the run,
 * where MLflow 3 and its clients look for `runs:/<run>/model`, and among the files of the run where the store is older
 * than that.
 */
export async function uploadModel(tracker: Tracker, { run, folder, request }: ModelUpload): Promise<UploadedModel> {
  const model = path.join(folder, MODEL_PATH);
  const logged = await createLogged(tracker, run);
  try {
    await uploadTree(tracker.artifacts, folder, run.artifactUri, '', {
      ...request,
      without: at => at.startsWith(`${MODEL_PATH}/`),
    });
    if (logged === null) return await putInRun(tracker, run, model, request);
    await putStamped(tracker.artifacts, model, { root: logged.artifactUri, at: '', request }, stampOf(run, logged));
  } catch (error) {
    if (logged) await tracker.loggedModels.finish(logged.modelId, 'UPLOAD_FAILED').catch(() => {});
    throw error;
  }
  await tracker.loggedModels.finish(logged.modelId, 'READY');
  await tracker.runs.logOutputs(run.runId, [{ modelId: logged.modelId, step: 0 }]);
  return { source: `models:/${logged.modelId}`, modelId: logged.modelId };
}

async function putInRun(tracker: Tracker, run: Run, model: string, request: TrainRequest): Promise<UploadedModel> {
  const place = { root: run.artifactUri, at: MODEL_PATH, request };
  await putStamped(tracker.artifacts, model, place, stampOf(run, null));
  return { source: `${run.artifactUri}/${MODEL_PATH}`, modelId: null };
}

function stampOf({ runId }: Run, logged: LoggedModel | null): RunStamp {
  return { runId, modelId: logged?.modelId ?? null, artifactPath: logged?.artifactUri ?? MODEL_PATH };
}

/** Null where the store is older than logged models. */
async function createLogged(tracker: Tracker, run: Run): Promise<LoggedModel | null> {
  try {
    const { experimentId, runId: sourceRunId } = run;
    return await tracker.loggedModels.create({ experimentId, name: MODEL_PATH, sourceRunId, modelType: 'classifier' });
  } catch (error) {
    if (error instanceof SentopsError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

interface Place {
  readonly root: string;
  /** Folder below the root; the root itself where empty. */
  readonly at: string;
  readonly request: TrainRequest;
}

/** The model, and last its MLmodel file with the names of the run and the model in it. */
async function putStamped(artifacts: Artifacts, model: string, { root, at, request }: Place, stamp: RunStamp) {
  const description = at === '' ? MLMODEL : `${at}/${MLMODEL}`;
  await uploadTree(artifacts, model, root, at, { ...request, without: file => file === description });
  const text = stampRun(fs.readFileSync(path.join(model, MLMODEL), 'utf8'), stamp);
  await uploadBytes(artifacts, root, description, Buffer.from(text));
}

export async function uploadBytes(artifacts: Artifacts, root: string, at: string, bytes: Uint8Array): Promise<void> {
  await artifacts.write(root, at, only(bytes), bytes.length);
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

import fs from 'node:fs';
import path from 'node:path';
import { SentopsError } from '../../core/errors.ts';
import { type RunStamp, stampRun } from '../../model/formats/mlflow/stamp-run.ts';
import { uploadTree } from '../../tracking/artifacts/upload-tree.ts';
import type { LoggedModel, Run } from '../../tracking/entities.ts';
import type { Artifacts, Tracker } from '../../tracking/types.ts';
import type { TrainRequest } from '../request.ts';

/** The folder of a run that holds its model: `runs:/<run>/model`. */
export const MODEL_PATH = 'model';

export interface ModelUpload {
  readonly run: Run;
  /** How the logged model is called: `LogisticRegression`. */
  readonly name: string;
  /** The folder of the trained model: reports, pictures, and the model itself. */
  readonly folder: string;
  readonly request: TrainRequest;
}

/**
 * Stores the files of a trained model with its run, and as a logged model (`models:/m-…`) where the store knows those.
 * The logged model is ready when its last file is there.
 */
export async function uploadModel(tracker: Tracker, upload: ModelUpload): Promise<LoggedModel | null> {
  const { run, name, folder, request } = upload;
  const model = path.join(folder, MODEL_PATH);
  const logged = await createLogged(tracker, run, name);
  const stamp = { runId: run.runId, modelId: logged?.modelId ?? null };
  const put = (from: string, root: string, at: string) => uploadTree(tracker.artifacts, from, root, at, request);
  try {
    await put(folder, run.artifactUri, '');
    await restamp(tracker.artifacts, model, run.artifactUri, { ...stamp, artifactPath: MODEL_PATH });
    if (logged === null) return null;
    await put(model, logged.artifactUri, '');
    await restamp(tracker.artifacts, model, logged.artifactUri, { ...stamp, artifactPath: logged.artifactUri });
  } catch (error) {
    if (logged) await tracker.loggedModels.finish(logged.modelId, 'UPLOAD_FAILED').catch(() => {});
    throw error;
  }
  await tracker.loggedModels.finish(logged.modelId, 'READY');
  await tracker.runs.logOutputs(run.runId, [{ modelId: logged.modelId, step: 0 }]);
  return logged;
}

/** Null where the store is older than logged models. */
async function createLogged(tracker: Tracker, run: Run, name: string): Promise<LoggedModel | null> {
  try {
    const { experimentId, runId: sourceRunId } = run;
    return await tracker.loggedModels.create({ experimentId, name, sourceRunId, modelType: 'classifier' });
  } catch (error) {
    if (error instanceof SentopsError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

/** The MLmodel file with the names of the run and the model in it. */
async function restamp(artifacts: Artifacts, model: string, root: string, stamp: RunStamp): Promise<void> {
  const text = stampRun(fs.readFileSync(path.join(model, 'MLmodel'), 'utf8'), stamp);
  const at = stamp.artifactPath === MODEL_PATH ? `${MODEL_PATH}/MLmodel` : 'MLmodel';
  await uploadBytes(artifacts, root, at, Buffer.from(text));
}

export async function uploadBytes(artifacts: Artifacts, root: string, at: string, bytes: Uint8Array): Promise<void> {
  await artifacts.write(root, at, only(bytes), bytes.length);
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

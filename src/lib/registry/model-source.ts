import { SentopsError } from '../core/errors.ts';
import type { LoggedModel, Run } from '../tracking/entities.ts';
import type { Tracker } from '../tracking/types.ts';
import { checkFiles, type FoundModel, listNames } from './check-files.ts';

export interface ModelSource {
  /** As the version is to have it. */
  readonly source: string;
  /** Where the files are. */
  readonly artifactUri: string;
  readonly modelId: string | null;
  readonly found: FoundModel;
}

/**
 * Where a run has its model: in a folder of its artifacts, or, as MLflow 3 logs it, in a logged model of that name.
 * Throws where it has none, before anything is registered.
 */
export async function findSource(tracker: Tracker, run: Run, path: string): Promise<ModelSource> {
  const found = await checkFiles(tracker.artifacts, run.artifactUri, path);
  if (found !== null) {
    const source = below(run.artifactUri, path);
    return { source, artifactUri: source, modelId: null, found };
  }
  const logged = await loggedModels(tracker, run);
  const model = logged.find(({ name, modelId }) => name === path || modelId === path);
  if (model === undefined) throw await nothingThere(tracker, run, path, logged);
  const files = model.status === 'UPLOAD_FAILED' ? null : await checkFiles(tracker.artifacts, model.artifactUri, '');
  if (files === null)
    throw new SentopsError('NOT_FOUND', `the logged model ${model.modelId} of run ${run.runId} has no files`, {
      hint: `its status is ${model.status}: log it again`,
      details: { modelId: model.modelId, status: model.status },
    });
  const { artifactUri, modelId } = model;
  return { source: `models:/${modelId}`, artifactUri, modelId, found: files };
}

/** A path below the root of artifacts, as a URI. */
export function below(root: string, path: string): string {
  return path === '' ? root : `${root.replace(/\/+$/, '')}/${path}`;
}

async function loggedModels(tracker: Tracker, run: Run): Promise<LoggedModel[]> {
  const found: LoggedModel[] = [];
  for (const { modelId } of run.outputs) {
    const model = await tracker.loggedModels.get(modelId);
    if (model !== null) found.push(model);
  }
  // Of several of one name MLflow's own client takes the newest.
  return found.sort((a, b) => b.createdAt - a.createdAt);
}

async function nothingThere(
  { artifacts }: Tracker,
  run: Run,
  path: string,
  logged: readonly LoggedModel[],
): Promise<SentopsError> {
  const top = await artifacts.list(run.artifactUri);
  const names = [...new Set(logged.map(({ name }) => name))];
  const models = names.length === 0 ? '' : `; models that it logged: ${names.join(', ')}`;
  return new SentopsError('NOT_FOUND', `run ${run.name} (${run.runId}) has no artifact ${path}`, {
    hint: `its artifacts are ${listNames(top)}${models}; name one with --path`,
    details: { runId: run.runId, path, artifacts: top.map(entry => entry.path).slice(0, 100), models: names },
  });
}

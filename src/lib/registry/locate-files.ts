import { SentopsError } from '../core/errors.ts';
import { findRun } from '../runs/find-run.ts';
import type { LoggedModel, ModelVersion, Run } from '../tracking/entities.ts';
import type { LoggedModels, Tracker } from '../tracking/types.ts';
import { findVersion } from './find-version.ts';
import { type ModelUri, parseModelUri } from './model-uri.ts';

/** A file or folder of artifacts, and what messages call it. */
export interface ArtifactPlace {
  /** The root of the artifacts. */
  readonly artifactUri: string;
  /** Below the root; empty where the root is meant. */
  readonly path: string;
  /** `twitter-sentiment-model-best version 3`. */
  readonly title: string;
  /** Where it was said to be, where that says more than `artifactUri`. */
  readonly source: string | null;
  /** The registered version, where it is one. */
  readonly version: ModelVersion | null;
}

/** Where the files of a `models:/` or `runs:/` URI lie. */
export async function locateUri(tracker: Tracker, uri: string): Promise<ArtifactPlace> {
  const parsed = parseModelUri(uri);
  switch (parsed.kind) {
    case 'version':
      return { ...placeOfVersion(await findVersion(tracker, parsed.name, parsed.which)), path: parsed.path };
    case 'logged':
      return await placeOfLogged(tracker, parsed);
    case 'run':
      return await placeInRun(tracker, await findRun(tracker, parsed.runId), parsed.path);
  }
}

export function placeOfVersion(version: ModelVersion): ArtifactPlace {
  const { artifactUri, source, name } = version;
  return { artifactUri, path: '', title: `${name} version ${version.version}`, source, version };
}

async function placeOfLogged(
  tracker: Tracker,
  { modelId, path }: Extract<ModelUri, { kind: 'logged' }>,
): Promise<ArtifactPlace> {
  const model = await tracker.loggedModels.get(modelId);
  if (model === null)
    throw new SentopsError('NOT_FOUND', `there is no logged model ${modelId} in ${tracker.uri}`, {
      hint: 'sentops run describe RUN shows the models that a run made',
      details: { modelId },
    });
  return { artifactUri: model.artifactUri, path, title: `logged model ${modelId}`, source: null, version: null };
}

export function placeOfRun({ artifactUri, name }: Run, path: string): ArtifactPlace {
  return { artifactUri, path, title: `run ${name}`, source: null, version: null };
}

/**
 * MLflow 3 keeps the models of a run beside the run, and its own clients still find them as `runs:/<run>/<name>`: what
 * does not lie in the run is looked for among the models that it made.
 */
async function placeInRun(tracker: Tracker, run: Run, path: string): Promise<ArtifactPlace> {
  const place = placeOfRun(run, path);
  const [name = '', ...deeper] = path.split('/').filter(segment => segment !== '');
  if (name === '' || run.outputs.length === 0) return place;
  const own = await tracker.artifacts.list(run.artifactUri);
  if (own.some(entry => entry.path === name)) return place;
  const model = (await newestByName(tracker.loggedModels, run)).get(name);
  return model === undefined ? place : { ...place, artifactUri: model.artifactUri, path: deeper.join('/') };
}

/** The models that a run made, by name: of several of one name the newest, which MLflow's own client takes too. */
export async function newestByName(models: Pick<LoggedModels, 'get'>, run: Run): Promise<Map<string, LoggedModel>> {
  const found = await Promise.all(run.outputs.map(({ modelId }) => models.get(modelId)));
  const known = found.filter(model => model !== null).sort((a, b) => a.createdAt - b.createdAt);
  return new Map(known.map(model => [model.name, model]));
}

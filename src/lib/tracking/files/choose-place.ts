import { SentopsError } from '../../core/errors.ts';
import { type ArtifactPlace, locateUri, placeOfRun } from '../../registry/locate-files.ts';
import { parseModelUri } from '../../registry/model-uri.ts';
import { findRun } from '../../runs/find-run.ts';
import { artifactPath } from '../artifacts/artifact-path.ts';
import type { Artifacts, Tracker } from '../types.ts';
import { withModels } from './with-models.ts';

/** Whose artifacts are meant: those of a run, or those that a `models:/…` or `runs:/…` URI names. */
export interface ArtifactChoice {
  readonly uri: string | undefined;
  /** Id of a run, the beginning of one, or a name. */
  readonly run: string | undefined;
  /** Below these artifacts; all of them where absent. */
  readonly path: string | undefined;
}

/** What can be told before anything is opened. */
export function checkChoice({ uri, run, path }: ArtifactChoice): void {
  if (path !== undefined) artifactPath(path);
  if (uri !== undefined && run !== undefined)
    throw new SentopsError('FLAG_INVALID', `both ${uri} and --run ${run} name artifacts`, { hint: 'give one of them' });
  if (uri === undefined && run === undefined)
    throw new SentopsError('INPUT_REQUIRED', 'whose artifacts are meant is not said', {
      hint: 'give --run RUN (sentops run list shows them), or a URI such as models:/NAME@champion',
    });
}

/** A place, and what can list and read it. */
export interface ChosenPlace extends ArtifactPlace {
  readonly artifacts: Artifacts;
}

export async function choosePlace(tracker: Tracker, choice: ArtifactChoice): Promise<ChosenPlace> {
  const path = artifactPath(choice.path ?? '');
  const uri = choice.uri === undefined ? null : parseModelUri(choice.uri);
  if (uri === null) return await placeInRun(tracker, choice.run ?? '', path);
  const below = [uri.path, path].filter(part => part !== '').join('/');
  if (uri.kind === 'run') return await placeInRun(tracker, uri.runId, below);
  const place = await locateUri(tracker, choice.uri ?? '');
  return { ...place, path: below, artifacts: tracker.artifacts };
}

/** Paths are the same whether the store keeps models in the run or beside it. */
async function placeInRun(tracker: Tracker, named: string, path: string): Promise<ChosenPlace> {
  const run = await findRun(tracker, named);
  return { ...placeOfRun(run, path), artifacts: await withModels(tracker, run) };
}

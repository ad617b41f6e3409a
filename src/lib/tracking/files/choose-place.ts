import { SentopsError } from '../../core/errors.ts';
import { type ArtifactPlace, locateUri, placeInRun } from '../../registry/locate-files.ts';
import { findRun } from '../../runs/find-run.ts';
import { artifactPath } from '../artifacts/artifact-path.ts';
import type { Tracker } from '../types.ts';

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

export async function choosePlace(tracker: Tracker, choice: ArtifactChoice): Promise<ArtifactPlace> {
  const path = artifactPath(choice.path ?? '');
  if (choice.uri === undefined) return await placeInRun(tracker, await findRun(tracker, choice.run ?? ''), path);
  const place = await locateUri(tracker, choice.uri);
  return { ...place, path: [place.path, path].filter(part => part !== '').join('/') };
}

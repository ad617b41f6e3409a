import path from 'node:path';
import { cacheFolder } from '../core/folders.ts';
import type { World } from '../extend/world.ts';
import { chooseVersion } from '../registry/choose-version.ts';
import { fetchFiles } from '../registry/fetch-model.ts';
import { type ArtifactPlace, locateUri, placeOfVersion } from '../registry/locate-files.ts';
import type { RegisteredChoice } from '../registry/registered-choice.ts';
import { withTracker } from '../tracking/open-tracker.ts';
import type { Tracker } from '../tracking/types.ts';
import type { ChosenModel, ModelChoice } from './model-choice.ts';

type Place = Omit<ModelChoice, 'modelPath'>;

/** The model of --model-name, in a folder of this machine. */
export async function fetchRegistered(registered: RegisteredChoice, choice: Place): Promise<ChosenModel> {
  const project = await choice.loadProject(['mlflow', 'serve']);
  return await withTracker(project, choice, 'read', async tracker => {
    const version = await chooseVersion(tracker, registered, project.config, choice.report);
    return await bring(tracker, placeOfVersion(version), choice);
  });
}

/** The model of a `models:/…` or `runs:/…` URI, in a folder of this machine. */
export async function fetchByUri(uri: string, choice: Place): Promise<ChosenModel> {
  const project = await choice.loadProject(['mlflow']);
  return await withTracker(project, choice, 'read', async tracker =>
    bring(tracker, await locateUri(tracker, uri), choice),
  );
}

async function bring(tracker: Tracker, files: ArtifactPlace, world: World): Promise<ChosenModel> {
  const { signal, report } = world;
  const cacheDir = path.join(cacheFolder(world), 'models');
  const place = await fetchFiles(tracker, files, { cacheDir, signal, report });
  return { place, version: files.version === null ? null : String(files.version.version) };
}

import path from 'node:path';
import { schemeOf } from '../artifacts/local-folder.ts';
import type { Tracker } from '../types.ts';
import { folderOf } from './artifact-root.ts';

/** The folder in which a store puts the files of its experiments: what is left of `…/artifacts/0` without the number. */
export async function artifactFolderOf(tracker: Tracker, file: string): Promise<string> {
  const { items } = await tracker.experiments.search({ limit: 1000, view: 'all', orderBy: ['experiment_id ASC'] });
  const found = items.find(({ artifactLocation, experimentId }) => artifactLocation.endsWith(`/${experimentId}`));
  const root = found?.artifactLocation.slice(0, -found.experimentId.length - 1);
  const beside = (name: string) => path.join(path.dirname(file), name);
  if (root === undefined) return beside('artifacts');
  // Where MLflow's own server keeps what it serves, unless it was told otherwise.
  if (schemeOf(`${root}/`) === 'mlflow-artifacts') return beside('mlartifacts');
  return folderOf(root) ?? beside('artifacts');
}

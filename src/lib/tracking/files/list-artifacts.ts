import type { World } from '../../extend/world.ts';
import { listLevel, listTree } from '../artifacts/list-tree.ts';
import { type TrackingProject, withTracker } from '../open-tracker.ts';
import { type ArtifactChoice, checkChoice, choosePlace } from './choose-place.ts';

export interface ListCall extends World, ArtifactChoice {
  readonly project: TrackingProject;
  /** All files below, without the folders. */
  readonly recursive: boolean;
}

export interface ArtifactRow {
  /** From the root of the artifacts. */
  path: string;
  type: 'file' | 'folder';
  /** Null for folders, and where the store does not say. */
  bytes: number | null;
}

/** What there is among the artifacts of a run or a model. */
export async function listArtifacts(call: ListCall): Promise<ArtifactRow[]> {
  checkChoice(call);
  const { project, recursive, signal } = call;
  return await withTracker(project, call, 'read', async tracker => {
    const { artifacts, artifactUri, path } = await choosePlace(tracker, call);
    if (!recursive) {
      const level = await listLevel(artifacts, artifactUri, path);
      return level.map(file => ({ path: file.path, type: file.isFolder ? 'folder' : 'file', bytes: file.bytes }));
    }
    const { files } = await listTree(artifacts, artifactUri, path, { signal });
    return files.map(file => ({ path: file.path, type: 'file', bytes: file.bytes }));
  });
}

import { artifactPath, joinPath } from '../artifacts/artifact-path.ts';
import type { ArtifactFile } from '../entities.ts';
import { folderOf } from './artifact-root.ts';
import { ServedFolder } from './served-folder.ts';
import type { Service } from './service.ts';

/** A place among artifacts: in a folder of this machine, or in a bucket that the tracker can read. */
export type Place =
  | { readonly folder: ServedFolder; readonly path: string }
  | { readonly bucket: string; readonly path: string };

/**
 * Where a path below an artifact URI of the store lies. Below the artifact root, links may lead anywhere in the root;
 * a folder elsewhere is its own root. The URI comes from the database, the path from a client.
 */
export function placeOf({ root, files }: Service, uri: string, at: string): Place {
  const path = artifactPath(at);
  const below = root.relative(uri);
  if (below !== null) return { folder: files, path: joinPath(below, path) };
  const folder = folderOf(uri);
  return folder === null ? { bucket: uri, path } : { folder: new ServedFolder(folder), path };
}

/** What lies in a folder below an artifact URI, with paths that start there. */
export async function listArtifacts(service: Service, uri: string, at: string): Promise<readonly ArtifactFile[]> {
  const place = placeOf(service, uri, at);
  if ('bucket' in place) return service.tracker.artifacts.list(place.bucket, place.path);
  const folder = artifactPath(at);
  const files = await place.folder.list(place.path);
  return files.map(file => ({ ...file, path: joinPath(folder, file.path) }));
}

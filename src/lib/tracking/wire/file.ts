import type { ArtifactFile } from '../entities.ts';
import { fieldsOf } from './fields.ts';
import type { WireFile } from './shapes.ts';

export function artifactFileToWire({ path, isFolder, bytes }: ArtifactFile): WireFile {
  return { path, is_dir: isFolder, ...(bytes === null ? {} : { file_size: bytes }) };
}

export function artifactFileFromWire(json: unknown, what = 'file'): ArtifactFile {
  const fields = fieldsOf(json, what);
  const isFolder = fields.flag('is_dir');
  return { path: fields.text('path'), isFolder, bytes: isFolder ? null : (fields.integerOrNull('file_size') ?? 0) };
}

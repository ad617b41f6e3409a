import { SentopsError } from '../../core/errors.ts';
import { suggest } from '../../core/suggest.ts';
import type { FindOptions, RemoteFile } from '../types.ts';

/** Of the files those that were asked for; NOT_FOUND where there is none of that name. */
export function filesAsked<File extends Pick<RemoteFile, 'path'>>(
  ref: string,
  files: readonly File[],
  { file }: FindOptions,
): readonly File[] {
  if (file === undefined) return files;
  const found = files.filter(({ path }) => path === file);
  if (found.length > 0) return found;
  const names = files.map(({ path }) => path);
  const near = suggest(file, names);
  throw new SentopsError('NOT_FOUND', `${ref} has no file ${file}`, {
    hint: near === undefined ? `its files: ${names.slice(0, 20).join(', ')}` : `did you mean ${near}?`,
    details: { files: names.slice(0, 1000) },
  });
}

/** For sources that keep the present version and no other. */
export function checkVersion(ref: string, version: string, { version: wanted }: FindOptions): void {
  if (wanted === undefined || wanted === version) return;
  throw new SentopsError('NOT_FOUND', `${ref} is at version ${version}, and ${wanted} was asked for`, {
    hint: 'this source has one version only, the present one: leave the version away',
    details: { version },
  });
}

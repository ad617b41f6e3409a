import path from 'node:path';
import type { Project } from '../../config/types.ts';
import { SentopsError } from '../../core/errors.ts';
import { suggest } from '../../core/suggest.ts';
import type { World } from '../../extend/world.ts';
import { pathOf } from '../file/place.ts';
import { openStorages, type StorageProject, schemeOf } from '../open-storage.ts';
import type { Storage } from '../types.ts';
import { asFolder } from './names.ts';

export type OperateProject = StorageProject &
  Pick<Project, 'dir'> & { readonly config: Pick<Project['config'], 'buckets'> };

/** What every operation on storage is given. */
export interface StorageCall extends World {
  readonly project: OperateProject;
}

/** A location as somebody typed it, and where it leads. */
export interface Place {
  readonly given: string;
  /** With the place of a role instead of its name; a bucket ends with a slash. */
  readonly uri: string;
  readonly storage: Storage;
  /** A folder or file of this machine. */
  readonly isLocal: boolean;
  /** All of the bucket of a role of the project. */
  readonly isBucket: boolean;
}

export interface Places {
  at(given: string): Promise<Place>;
  /** The folders and buckets of the project, by role. */
  readonly roles: ReadonlyMap<string, string>;
  /** Whether a location is all that a role has. */
  isBucket(uri: string): boolean;
}

/** Opens what locations name: URIs, paths, and `raw:path` for a path in the place of a role of the project. */
export function openPlaces(call: StorageCall): Places {
  const { project, cwd } = call;
  const storages = openStorages(project, call);
  const roles = new Map(
    Object.entries(project.config.buckets).map(([role, bucket]) => [role, bucketPlace(bucket, project.dir, cwd)]),
  );
  // A folder may be spelled in many ways.
  const keyOf = (uri: string) => (schemeOf(uri) === 'file' ? pathOf(uri, cwd) : asFolder(uri));
  const buckets = new Set([...roles.values()].map(keyOf));
  const isBucket = (uri: string) => buckets.has(keyOf(uri));
  return {
    roles,
    isBucket,
    async at(given) {
      if (given.trim() === '') throw noPlace(given);
      const uri = replaceRole(given, roles);
      const isLocal = schemeOf(uri) === 'file';
      return {
        given,
        uri: isLocal ? uri : tidyUri(uri),
        storage: await storages.at(uri),
        isLocal,
        isBucket: isBucket(uri),
      };
    },
  };
}

/** A folder as a person would write it where the command runs. */
function bucketPlace(bucket: string, dir: string, cwd: string): string {
  if (schemeOf(bucket) !== 'file' || bucket.includes('://')) return bucket.replace(/\/*$/, '/');
  const folder = path.resolve(dir, bucket);
  const near = path.relative(cwd, folder);
  const shown = near === '' ? '.' : near.startsWith('..') || path.isAbsolute(near) ? folder : near;
  return `${shown.replaceAll(path.sep, '/')}/`;
}

function replaceRole(given: string, roles: ReadonlyMap<string, string>): string {
  const [, role, rest = ''] = /^([a-z][a-z-]+):(?!\/\/)\/?(.*)$/s.exec(given) ?? [];
  const place = role === undefined ? undefined : roles.get(role);
  if (place !== undefined) return place + rest;
  const meant = role === undefined ? undefined : suggest(role, roles.keys());
  if (role === undefined || meant === undefined) {
    if (/^[a-z][a-z0-9+.-]+:\/(?!\/)/i.test(given)) throw noUri(given);
    return given;
  }
  throw new SentopsError('NOT_FOUND', `the project has no bucket for ${role}`, {
    hint: `did you mean ${meant}:${rest}? A file of that name is ./${given}`,
    details: { location: given },
  });
}

/** A slash too few would make a folder `gs:` of this machine. */
function noUri(given: string): SentopsError {
  return new SentopsError('FLAG_INVALID', `${given} is no URI: one slash is missing`, {
    hint: `did you mean ${given.replace(':/', /^file:/i.test(given) ? ':///' : '://')}? A file of that name is ./${given}`,
    details: { location: given },
  });
}

function noPlace(given: string): SentopsError {
  return new SentopsError('FLAG_INVALID', `${JSON.stringify(given)} names no place`, {
    hint: 'is a variable in the command empty?',
  });
}

/** Schemes are written small, and a bucket ends with a slash, so that what is in it begins with its URI. */
function tidyUri(uri: string): string {
  const [, scheme = '', rest = ''] = /^([^:]+:\/\/)(.*)$/s.exec(uri) ?? [];
  return scheme.toLowerCase() + (rest === '' || rest.includes('/') ? rest : `${rest}/`);
}

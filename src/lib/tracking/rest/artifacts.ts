import { stat } from 'node:fs/promises';
import path from 'node:path';
import { SentopsError } from '../../core/errors.ts';
import { isLocal, localFolder } from '../artifacts/local-folder.ts';
import type { Run } from '../entities.ts';
import type { Artifacts } from '../types.ts';
import type { Api } from './api.ts';
import { proxiedArtifacts } from './proxied-artifacts.ts';
import { runArtifacts } from './run-artifacts.ts';

/**
 * The files of runs, by where they are said to be: behind the server, in a folder of this machine, or somewhere that
 * the server can read and we cannot.
 */
export function restArtifacts(api: Api, getRun: (runId: string) => Promise<Run | null>): Artifacts {
  const proxied = proxiedArtifacts(api);
  const throughServer = runArtifacts(api, getRun);
  const local = async () => (await import('../artifacts/local.ts')).localArtifacts();
  const isProxied = (root: string) => proxied.pathOf(root) !== null;
  const reader = async (root: string): Promise<Pick<Artifacts, 'list' | 'read'>> => {
    if (isProxied(root)) return proxied;
    return isLocal(root) && (await exists(root, 0)) ? await local() : throughServer;
  };
  const writer = async (root: string): Promise<Artifacts> => {
    if (isProxied(root)) return proxied;
    // A run that has no files yet has no folder either: then the one of its experiment tells the machine.
    if (isLocal(root) && (await exists(root, isLoopback(api.shown) ? 4 : 2))) return await local();
    throw new SentopsError('NOT_WRITABLE', `the files at ${root} cannot be written from here`, {
      hint: isLocal(root)
        ? 'they lie on the machine of the server: write there, or start the server with --serve-artifacts for new experiments'
        : 'the server does not pass files on to that store',
      details: { root, uri: api.shown },
    });
  };
  return {
    list: async (root, at) => await (await reader(root)).list(root, at),
    async *read(root, at, options) {
      yield* (await reader(root)).read(root, at, options);
    },
    write: async (root, at, body, bytes) => await (await writer(root)).write(root, at, body, bytes),
    delete: async (root, at) => await (await writer(root)).delete(root, at),
  };
}

/** Whether the folder, or one so many levels above it, is on this machine. The root of a disk always is, and proves nothing. */
async function exists(root: string, levels: number): Promise<boolean> {
  if (!path.isAbsolute(root) && !/^file:\/+/i.test(root)) return false;
  let folder = localFolder(root);
  for (let level = 0; level <= levels && folder !== path.dirname(folder); level++) {
    if ((await stat(folder).catch(() => null))?.isDirectory()) return true;
    folder = path.dirname(folder);
  }
  return false;
}

function isLoopback(shown: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(shown).hostname);
}

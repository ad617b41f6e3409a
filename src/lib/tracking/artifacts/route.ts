import { SentopsError } from '../../core/errors.ts';
import type { Storage } from '../../storage/types.ts';
import type { Artifacts, Tracker } from '../types.ts';
import { asLocal } from './as-local.ts';
import type { LocalArtifacts } from './local.ts';
import { schemeOf } from './local-folder.ts';
import type { OpenStorage } from './stored.ts';

/** Schemes of roots that every tracker serves itself; none at all is a path. */
const SERVED = new Set(['file', 'mlflow-artifacts', 'http', 'https', 'runs', 'models']);

/** A tracker whose artifacts may also lie in a store that it does not know itself, such as `gs://`. */
export function routeArtifacts(
  tracker: Tracker,
  openStorage: (scheme: string) => Promise<Storage>,
  signal: AbortSignal = new AbortController().signal,
): Tracker {
  const artifacts = route(tracker.artifacts, openOnce(openStorage), signal);
  return {
    get uri() {
      return tracker.uri;
    },
    get experiments() {
      return tracker.experiments;
    },
    get runs() {
      return tracker.runs;
    },
    get loggedModels() {
      return tracker.loggedModels;
    },
    get models() {
      return tracker.models;
    },
    artifacts,
    close: () => tracker.close(),
  };
}

/** One storage a scheme, made when the first root of the scheme comes; one that cannot be made is tried again. */
function openOnce(openStorage: (scheme: string) => Promise<Storage>): OpenStorage {
  const opened = new Map<string, Promise<Storage>>();
  return scheme => {
    const storage = opened.get(scheme) ?? openStorage(scheme);
    opened.set(scheme, storage);
    storage.catch(() => opened.delete(scheme));
    return storage;
  };
}

/** Where the tracker's own artifacts can copy files of this machine, these still can. */
function route(own: Artifacts, openStorage: OpenStorage, signal: AbortSignal): Artifacts {
  const load = async () => (await import('./stored.ts')).storedArtifacts(openStorage, signal);
  let loading: ReturnType<typeof load> | undefined;
  const stored = () => {
    loading ??= load();
    return loading;
  };
  const isServed = (root: string) => {
    const scheme = schemeOf(root);
    return scheme === null || SERVED.has(scheme);
  };
  const reader = async (root: string): Promise<Pick<Artifacts, 'list' | 'read'>> => {
    if (isServed(root)) return own;
    const files = await stored();
    try {
      await files.open(root);
      return files;
    } catch (error) {
      if (!(error instanceof SentopsError) || error.code !== 'EXTENSION_UNKNOWN') throw error;
      const { throughTracker } = await import('./through-tracker.ts');
      return throughTracker(own, error);
    }
  };
  const local = asLocal(own);
  return {
    list: async (root, path) => await (await reader(root)).list(root, path),
    async *read(root, path, options) {
      yield* (await reader(root)).read(root, path, options);
    },
    write: async (root, path, body, bytes) =>
      await (isServed(root) ? own : await stored()).write(root, path, body, bytes),
    delete: async (root, path) => await (isServed(root) ? own : await stored()).delete(root, path),
    ...(local === null ? {} : localPart(local, isServed)),
  };
}

function localPart(local: LocalArtifacts, isServed: (root: string) => boolean) {
  return {
    copyIn: (root: string, path: string, file: string) => local.copyIn(root, path, file),
    locate: (root: string, path: string) => (isServed(root) ? local.locate(root, path) : null),
  };
}

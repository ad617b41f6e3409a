import { SentopsError } from '../../core/errors.ts';
import type { Report } from '../../core/report.ts';
import type { Factory } from '../../extend/contract.ts';
import { type LocalArtifacts, localArtifacts } from '../artifacts/local.ts';
import type { Tracker } from '../types.ts';
import { localRoot } from './artifact-roots.ts';
import { embeddedExperiments } from './experiments.ts';
import { embeddedLoggedModels } from './logged-models.ts';
import { findMisplaced } from './misplaced-artifacts.ts';
import { openStore } from './open-store.ts';
import { embeddedRegisteredModels } from './registered-models.ts';
import { embeddedRuns } from './runs.ts';
import type { Store } from './store.ts';
import { embeddedVersions } from './versions.ts';

/** A database of MLflow on this machine, without a server. */
const openEmbedded: Factory<'tracker'> = async ({ file, mode, uri }, { signal, report }) => {
  if (typeof file !== 'string')
    throw new SentopsError('CONFIG_INVALID', 'an embedded store needs the path of its database', {
      hint: 'write it as mlflow.trackingUri: sqlite:///mlflow.db',
    });
  const store = await openStore({ file, mode: mode === 'write' ? 'write' : 'read', signal });
  if (mode === 'write') warnOfCopy(store, report);
  return embeddedTracker(store, typeof uri === 'string' && uri !== '' ? uri : `sqlite:///${file}`);
};

export default openEmbedded;

/** What is written now would go to the place that was copied, where no store knows it and the next gc removes it. */
function warnOfCopy(store: Store, report: Report): void {
  for (const { from, to } of findMisplaced(store))
    report({
      type: 'note',
      level: 'warn',
      message: `the store was moved or copied: it still keeps files in ${from}, not in ${to}; set that right with: sentops store relocate`,
    });
}

/** The port over an open store; closing one closes the other. */
export function embeddedTracker(store: Store, uri: string): Tracker {
  return {
    uri,
    experiments: embeddedExperiments(store),
    runs: embeddedRuns(store),
    artifacts: embeddedArtifacts(store),
    loggedModels: embeddedLoggedModels(store),
    models: { ...embeddedRegisteredModels(store), ...embeddedVersions(store) },
    close: async () => store.close(),
  };
}

function embeddedArtifacts({ file }: Store): LocalArtifacts {
  const files = localArtifacts();
  return {
    list: async (root, path) => files.list(localRoot(file, root), path),
    read: (root, path, options) => readLater(() => files.read(localRoot(file, root), path, options)),
    write: async (root, path, body, bytes) => files.write(localRoot(file, root), path, body, bytes),
    delete: async (root, path) => files.delete(localRoot(file, root), path),
    copyIn: async (root, path, from) => files.copyIn(localRoot(file, root), path, from),
    locate: (root, path) => files.locate(localRoot(file, root), path),
  };
}

/** What is wrong with the place is told when the reading begins, as everything else. */
async function* readLater(open: () => AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  yield* open();
}

import { PassThrough } from 'node:stream';
import { silent } from '../core/report.ts';
import type { DoctorCheck, DoctorContext, DoctorFinding } from '../doctor/types.ts';
import type { ExtensionContext } from '../extend/contract.ts';
import { isEmbedded, storeFile, type TrackingProject } from './store-file.ts';
import type { Tracker } from './types.ts';

/** The server that runs are recorded on: it answers, and with these credentials. */
export const serverCheck: DoctorCheck = {
  id: 'mlflow.server',
  title: 'MLflow server',
  applies: project => isServer(project.config.mlflow.trackingUri),
  async run(context) {
    const { project } = context;
    if (project === null) return { status: 'skip', detail: 'the project cannot be loaded' };
    const { default: createTracker } = await import('./rest/tracker.ts');
    const { trackingUri, auth } = project.config.mlflow;
    const started = performance.now();
    const tracker = await createTracker({ ...auth, uri: trackingUri, mode: 'read' }, worldOf(context));
    return await look(tracker, project, () => `answered in ${Math.round(performance.now() - started)} ms`);
  },
};

/** The database that runs are recorded in where no server is named: it can be opened, and nothing is made. */
export const databaseCheck: DoctorCheck = {
  id: 'mlflow.store',
  title: 'Store of runs',
  applies: project => isEmbedded(project) || isFolder(project.config.mlflow.trackingUri),
  async run(context) {
    const { project } = context;
    if (project === null) return { status: 'skip', detail: 'the project cannot be loaded' };
    const { default: fs } = await import('node:fs');
    const file = storeFile(project, context.request.cwd);
    if (!fs.existsSync(file)) return { status: 'ok', detail: `${file} will be made by the first training` };
    const { default: createTracker } = await import('./embedded/tracker.ts');
    const uri = project.config.mlflow.trackingUri;
    return await look(await createTracker({ uri, mode: 'read', file }, worldOf(context)), project, () => 'opens');
  },
};

async function look(tracker: Tracker, project: TrackingProject, how: () => string): Promise<DoctorFinding> {
  try {
    const { experiment } = project.config.mlflow;
    const found = await tracker.experiments.find(experiment);
    if (found === null)
      return { status: 'ok', detail: `${tracker.uri} ${how()}; experiment ${experiment} is not there yet` };
    if (found.lifecycle === 'active') return { status: 'ok', detail: `${tracker.uri} ${how()}` };
    return {
      status: 'warn',
      detail: `${tracker.uri} ${how()}; experiment ${experiment} is deleted, and the next training brings it back`,
      fix: `sentops experiment restore ${found.experimentId}, or name another one in mlflow.experiment`,
    };
  } finally {
    await tracker.close();
  }
}

function isServer(uri: string): boolean {
  return /^https?:/i.test(uri);
}

/** MLflow's file store, which is refused; what another scheme means only its extension knows. */
function isFolder(uri: string): boolean {
  return /^(?:file:|[^:]*$)/i.test(uri);
}

/** Nothing is read or printed by what a check opens. */
function worldOf({ request, env, signal }: DoctorContext): ExtensionContext {
  return { cwd: request.cwd, env, signal, report: silent, stdin: new PassThrough(), stdout: new PassThrough() };
}

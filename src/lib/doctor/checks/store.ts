import fs from 'node:fs';
import path from 'node:path';
import type { Project } from '../../config/types.ts';
import { nearestExisting } from '../../core/nearest.ts';
import type { DoctorCheck, DoctorFinding } from '../types.ts';

/** Where the local backend keeps buckets, runs and jobs. */
export const storeCheck: DoctorCheck = {
  id: 'store.folder',
  title: 'Local store',
  applies: project => project.config.backend === 'local',
  async run({ project, request }) {
    const folder = storeFolder(project, request.cwd);
    const there = nearestExisting(folder);
    try {
      fs.accessSync(there, fs.constants.W_OK | fs.constants.X_OK);
    } catch {
      return {
        status: 'fail',
        detail: `${there} is not writable`,
        fix: 'change its permissions, or run in a folder of your own',
      };
    }
    if (there !== folder) return { status: 'ok', detail: `${folder} will be made when it is first needed` };
    return { status: 'ok', detail: `${folder} is writable` };
  },
};

/** Local folders that stand for buckets: each is made by the first command that writes to it. */
export const bucketsCheck: DoctorCheck = {
  id: 'store.buckets',
  title: 'Local buckets',
  applies: project => localBuckets(project).length > 0,
  async run({ project }): Promise<DoctorFinding> {
    if (!project) return { status: 'skip', detail: 'the project cannot be loaded' };
    const buckets = localBuckets(project);
    const there = buckets.filter(([, folder]) => fs.existsSync(folder));
    const [file] = there.filter(([, folder]) => !fs.statSync(folder).isDirectory());
    if (file)
      return {
        status: 'fail',
        detail: `bucket ${file[0]}: ${file[1]} is a file`,
        fix: `move it away, or set buckets.${file[0]} to a folder`,
      };
    if (there.length === buckets.length) return { status: 'ok', detail: `${buckets.length} folders are there` };
    return {
      status: 'ok',
      detail: `${there.length} of ${buckets.length} folders are there; the others are made when something is written`,
    };
  },
};

function localBuckets(project: Project): [role: string, folder: string][] {
  return Object.entries(project.config.buckets).flatMap(([role, uri]): [string, string][] =>
    typeof uri === 'string' && uri !== '' && !/^[a-z][a-z0-9+.-]*:\/\//i.test(uri)
      ? [[role, path.resolve(project.dir, uri)]]
      : [],
  );
}

function storeFolder(project: Project | null, cwd: string): string {
  return path.join(project?.dir ?? cwd, '.sentops');
}

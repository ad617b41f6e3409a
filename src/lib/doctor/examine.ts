import { Readable, Writable } from 'node:stream';
import type { Project, ProjectRequest } from '../config/types.ts';
import type { Report } from '../core/report.ts';
import type { ExtensionContext } from '../extend/contract.ts';
import { type DoctorReport, runDoctor } from './run.ts';
import type { DoctorCheck } from './types.ts';

export interface Examination {
  readonly request: ProjectRequest;
  readonly signal: AbortSignal;
  readonly report: Report;
  readonly only?: readonly string[];
  readonly fix?: boolean;
}

/** `sentops doctor`: every registered check, those of plugins included, on the project that the request names. */
export async function examineProject(examination: Examination): Promise<DoctorReport> {
  const { request, signal, report } = examination;
  const checks = await openChecks(request, signal, report);
  const project = await loadWhatLoads(request);
  return runDoctor({ ...examination, checks, project });
}

/** Every check there is. One that a plugin cannot bring up is itself a failed check. */
export async function openChecks(request: ProjectRequest, signal: AbortSignal, report: Report): Promise<DoctorCheck[]> {
  const { openExtensions } = await import('../extend/open.ts');
  const registry = openExtensions({ env: request.env, platform: process.platform });
  const context: ExtensionContext = {
    cwd: request.cwd,
    env: request.env,
    signal,
    report,
    stdin: Readable.from([]),
    stdout: discard(),
  };
  const entries = await registry.list('doctor-check');
  return Promise.all(
    entries.map(async ({ name }) => {
      try {
        const extension = await registry.resolve('doctor-check', name);
        return await extension.create({}, context);
      } catch (error) {
        return { id: name, title: name, run: async () => Promise.reject(error) };
      }
    }),
  );
}

/** The whole project, or as much of it as checks need to know whether they apply, or nothing. */
async function loadWhatLoads(request: ProjectRequest): Promise<Project | null> {
  const { loadProject } = await import('../config/load.ts');
  for (const sections of [undefined, ['backend', 'buckets', 'project']]) {
    try {
      return await loadProject({ ...request, ...(sections ? { sections } : {}) });
    } catch {
      // The check of the project file says what is wrong with it.
    }
  }
  return null;
}

function discard(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

import { PassThrough } from 'node:stream';
import type { Project } from '../config/types.ts';
import { countNoun } from '../core/count-noun.ts';
import { SentopsError } from '../core/errors.ts';
import { silent } from '../core/report.ts';
import type { DoctorCheck, DoctorContext } from '../doctor/types.ts';
import type { ExtensionContext } from '../extend/contract.ts';
import { lookAtBuckets } from './buckets/look-at-buckets.ts';
import { storageOptions } from './storage-options.ts';

/** Who asks Google Cloud, and that a token can be had. */
export const credentialsCheck: DoctorCheck = {
  id: 'gcp.credentials',
  title: 'Google credentials',
  applies: usesCloud,
  async run(context) {
    const { project, signal } = context;
    if (project === null) return { status: 'skip', detail: 'the project cannot be loaded' };
    const { openClient } = await import('./gs/open-client.ts');
    const { credentials, endpoint } = await openClient(storageOptions(project), worldOf(context));
    if (credentials === null)
      return {
        status: 'ok',
        detail: `none are sent${endpoint.foreign ? ` to ${endpoint.origin}` : ': gcp.auth is none'}`,
      };
    await credentials.token(signal);
    return { status: 'ok', detail: `${credentials.who} of profile ${project.profile} gets a token` };
  },
};

/** The buckets of the roles: that they are there, and ours to use. */
export const bucketsCheck: DoctorCheck = {
  id: 'gcp.buckets',
  title: 'Buckets',
  applies: usesCloud,
  async run(context) {
    const { project, signal, request } = context;
    if (project === null) return { status: 'skip', detail: 'the project cannot be loaded' };
    const { default: create } = await import('./gs/storage.ts');
    const storage = await create(storageOptions(project), worldOf(context));
    const remote = Object.entries(project.config.buckets).filter(([, uri]) => isRemote(uri));
    const config = { ...project.config, buckets: Object.fromEntries(remote) as Project['config']['buckets'] };
    const looks = await lookAtBuckets({ ...project, config }, request.cwd, { open: async () => storage, signal }).catch(
      withoutCredentials,
    );
    if (looks === null)
      return {
        status: 'fail',
        detail: 'cannot be looked at without credentials',
        fix: 'sentops doctor --only gcp.credentials',
      };
    const missing = looks.filter(({ state }) => state === 'missing').map(({ uri }) => uri);
    const refused = looks.find(({ state }) => state === 'denied' || state === 'failed');
    if (refused !== undefined)
      return {
        status: 'fail',
        detail: refused.problem ?? `${refused.uri} cannot be used`,
        fix: 'see all of them with: sentops bucket list',
      };
    if (missing.length > 0)
      return {
        status: 'fail',
        detail: `${missing.length} of ${countNoun(looks.length, 'bucket')} are missing: ${missing.join(', ')}`,
        fix: 'sentops bucket ensure',
      };
    return { status: 'ok', detail: `${countNoun(looks.length, 'bucket')}: all are there` };
  },
};

/** The check of the credentials says what is wrong with them, once. */
function withoutCredentials(error: unknown): null {
  if (error instanceof SentopsError && error.code === 'AUTH_FAILED') return null;
  throw error;
}

function usesCloud(project: Project): boolean {
  return Object.values(project.config.buckets).some(isRemote);
}

function isRemote(uri: string): boolean {
  return /^gs:\/\//i.test(uri);
}

/** Nothing is read or printed by what a check opens. */
function worldOf({ request, env, signal }: DoctorContext): ExtensionContext {
  return { cwd: request.cwd, env, signal, report: silent, stdin: new PassThrough(), stdout: new PassThrough() };
}

import { isSecret, type Secret } from '../../config/secret-type.ts';
import type { Project } from '../../config/types.ts';
import { SentopsError } from '../../core/errors.ts';
import type { DoctorCheck, DoctorFinding } from '../types.ts';

/** Secrets are read when they are first used, which may be an hour into a job: here they are tried beforehand. */
export const secretSourcesCheck: DoctorCheck = {
  id: 'secrets.sources',
  title: 'Secrets can be read',
  applies: project => usedSecrets(project).length > 0,
  async run({ project }): Promise<DoctorFinding> {
    const used = project ? usedSecrets(project) : [];
    const here = used.filter(({ secret }) => !secret.names.some(name => isRemote(project, name)));
    const failures = (await Promise.all(here.map(tryToRead))).filter(failure => failure !== undefined);
    const [first] = failures;
    if (first) {
      const more = failures.length > 1 ? ` (and ${failures.length - 1} more)` : '';
      return { status: 'fail', detail: `${first.message}${more}`, fix: first.hint };
    }
    const remote = used.length - here.length;
    const rest = remote > 0 ? `; ${remote} in Secret Manager not tried` : '';
    return { status: 'ok', detail: `${here.length} of ${used.length} read${rest}` };
  },
};

interface UsedSecret {
  readonly path: string;
  readonly secret: Secret;
}

function usedSecrets({ config }: Project): UsedSecret[] {
  return collect(config, '');
}

function collect(value: unknown, path: string): UsedSecret[] {
  if (isSecret(value)) return [{ path, secret: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => collect(item, path === '' ? key : `${path}.${key}`));
}

function isRemote(project: Project | null, name: string): boolean {
  const sources = project?.config.secrets as Readonly<Record<string, { readonly gcp?: unknown }>> | undefined;
  return sources?.[name]?.gcp !== undefined;
}

async function tryToRead({ path, secret }: UsedSecret): Promise<SentopsError | undefined> {
  try {
    await secret.reveal();
    return undefined;
  } catch (error) {
    const { message, hint } =
      error instanceof SentopsError ? error : new SentopsError('SECRET_UNREADABLE', String(error));
    return new SentopsError('SECRET_UNREADABLE', `${path}: ${message}`, { hint });
  }
}

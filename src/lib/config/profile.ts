import { SentopsError } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import type { Gathered } from './gather.ts';
import { isMap } from './tree.ts';
import type { ProjectRequest } from './types.ts';

/** Who acts: chosen by flag, environment or target. */
export function chooseProfile(gathered: Gathered, request: ProjectRequest): string {
  const name =
    request.profile ?? (gathered.env('SENTOPS_PROFILE') || undefined) ?? gathered.target?.profile ?? 'default';
  const profiles = isMap(gathered.merged['profiles']) ? Object.keys(gathered.merged['profiles']) : [];
  if (profiles.includes(name)) return name;
  const meant = suggest(name, profiles);
  throw new SentopsError('CONFIG_INVALID', `there is no profile ${name}`, {
    hint: `${meant === undefined ? '' : `did you mean ${meant}? `}the profiles are ${profiles.join(', ')}`,
    details: { profile: name, profiles },
  });
}

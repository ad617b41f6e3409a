import { readGitHead } from '../config/interpolate/git-head.ts';
import { VERSION } from '../core/version.ts';
import type { World } from '../extend/world.ts';
import { userName } from '../train/track/user-name.ts';
import type { Caller } from './audit.ts';

/** Who calls, for records that others read later. In a CI job that is who started it. */
export function describeCaller({ env }: Pick<World, 'env'>, dir: string): Caller {
  return { by: env['GITHUB_ACTOR'] || userName(env), gitCommit: readGitHead(dir).sha ?? null, sentops: VERSION };
}

import fs from 'node:fs';
import path from 'node:path';
import { nearestExisting } from '../../core/nearest.ts';
import type { DoctorCheck } from '../types.ts';

/** Without a cache everything works, only slower: never more than a warning. */
export const cacheCheck: DoctorCheck = {
  id: 'cache',
  title: 'Cache folder',
  async run({ env, request }) {
    const base = env['XDG_CACHE_HOME'] || (request.home ? path.join(request.home, '.cache') : undefined);
    if (!base)
      return {
        status: 'warn',
        detail: 'no home folder is known: commands start without a compile cache',
        fix: 'set HOME or XDG_CACHE_HOME',
      };
    const there = nearestExisting(base);
    try {
      fs.accessSync(there, fs.constants.W_OK);
      return { status: 'ok', detail: path.join(base, 'sentops') };
    } catch {
      return {
        status: 'warn',
        detail: `${there} is not writable: commands start without a compile cache`,
        fix: 'set XDG_CACHE_HOME to a folder of yours',
      };
    }
  },
};

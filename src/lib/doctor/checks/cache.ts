import fs from 'node:fs';
import path from 'node:path';
import { homeFolder } from '../../core/folders.ts';
import { nearestExisting } from '../../core/nearest.ts';
import { VERSION } from '../../core/version.ts';
import type { DoctorCheck } from '../types.ts';

const OTHERS = 0o002;
const GROUP_OR_OTHERS = 0o022;

/**
 * Looks at what start-up looks at before it keeps compiled code. Without a cache everything works, only slower: never
 * more than a warning.
 */
export const cacheCheck: DoctorCheck = {
  id: 'cache',
  title: 'Cache folder',
  async run({ env, request }) {
    if (process.platform === 'win32') return { status: 'skip', detail: 'no compile cache is kept on Windows' };
    if (env['NODE_DISABLE_COMPILE_CACHE'])
      return { status: 'skip', detail: 'NODE_DISABLE_COMPILE_CACHE turns the compile cache off' };
    if (env['NODE_COMPILE_CACHE'])
      return { status: 'ok', detail: `${env['NODE_COMPILE_CACHE']} (from NODE_COMPILE_CACHE)` };
    const base = path.resolve(
      request.cwd,
      env['XDG_CACHE_HOME'] || path.join(homeFolder({ env, platform: process.platform }), '.cache'),
    );
    const folder = path.join(base, 'sentops', 'v8', VERSION);
    const refusal = fs.existsSync(folder) ? refusalOf(folder, GROUP_OR_OTHERS) : refusalToMake(base, folder);
    if (refusal === undefined) return { status: 'ok', detail: path.join(base, 'sentops') };
    return { status: 'warn', detail: `${refusal.reason}: commands start without a compile cache`, fix: refusal.fix };
  },
};

interface Refusal {
  readonly reason: string;
  readonly fix: string;
}

const ELSEWHERE = 'set XDG_CACHE_HOME to a folder of yours';

function refusalToMake(base: string, folder: string): Refusal | undefined {
  const parent = fs.existsSync(base) ? base : path.dirname(base);
  return refusalOf(parent, OTHERS) ?? refusalOf(nearestExisting(folder), 0);
}

/** A folder whose content somebody else could have put there is not used, nor one that cannot be written to. */
function refusalOf(folder: string, mayNotWrite: number): Refusal | undefined {
  const stat = fs.statSync(folder, { throwIfNoEntry: false });
  if (!stat) return { reason: `${folder} does not exist`, fix: `mkdir -p ${folder}, or ${ELSEWHERE}` };
  if (!stat.isDirectory()) return { reason: `${folder} is not a folder`, fix: ELSEWHERE };
  if (mayNotWrite !== 0 && stat.uid !== process.getuid?.())
    return { reason: `${folder} belongs to another user`, fix: ELSEWHERE };
  if ((stat.mode & mayNotWrite) !== 0)
    return { reason: `other users can write to ${folder}`, fix: `chmod go-w ${folder}` };
  return isWritable(folder) ? undefined : { reason: `${folder} is not writable`, fix: ELSEWHERE };
}

function isWritable(folder: string): boolean {
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

import fs from 'node:fs';
import { enableCompileCache } from 'node:module';
import path from 'node:path';
import { homeFolder } from '../../lib/core/folders.ts';

const OTHERS = 0o002;
const GROUP_OR_OTHERS = 0o022;
const UNUSED_AFTER_MS = 30 * 24 * 3600 * 1000;

/**
 * Lets Node keep compiled code in a folder of ours. The default one, in the temporary folder, belongs to whoever
 * came first: others get nothing from it, and could be given code by its owner. A folder that is not ours alone is
 * not used, and no failure here is a failure of the command.
 */
export function useCompileCache(env: NodeJS.ProcessEnv, version: string): void {
  if (env['NODE_COMPILE_CACHE'] || env['NODE_DISABLE_COMPILE_CACHE'] || process.platform === 'win32') return;
  const base = path.resolve(
    env['XDG_CACHE_HOME'] || path.join(homeFolder({ env, platform: process.platform }), '.cache'),
  );
  const folder = path.join(base, 'sentops', 'v8', version);
  try {
    if (isOwned(folder, GROUP_OR_OTHERS) || makeFolder(base, folder)) enableCompileCache(folder);
  } catch {
    // Uncached is only slower.
  }
}

function isOwned(folder: string, mayNotWrite: number): boolean {
  const stat = fs.statSync(folder, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && stat.uid === process.getuid?.() && (stat.mode & mayNotWrite) === 0;
}

function makeFolder(base: string, folder: string): boolean {
  const parent = fs.existsSync(base) ? base : path.dirname(base);
  if (!isOwned(parent, OTHERS)) return false;
  // One at a time: the recursive form tries again and again below a folder such as /proc, and never ends.
  for (const next of [base, ...ancestors(folder, base)]) if (!fs.existsSync(next)) fs.mkdirSync(next, { mode: 0o700 });
  removeUnused(path.dirname(folder));
  return isOwned(folder, GROUP_OR_OTHERS);
}

/** The folders from below the base down to this one. */
function ancestors(folder: string, base: string): string[] {
  return folder === base ? [] : [...ancestors(path.dirname(folder), base), folder];
}

/** Folders of versions that nobody started for a month; only looked for when a new version makes its own. */
function removeUnused(parent: string): void {
  for (const name of fs.readdirSync(parent)) {
    const folder = path.join(parent, name);
    const { mtimeMs } = fs.statSync(folder);
    if (Date.now() - mtimeMs > UNUSED_AFTER_MS) fs.rmSync(folder, { recursive: true, force: true });
  }
}

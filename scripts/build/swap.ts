import fs from 'node:fs';
import path from 'node:path';

const ATTEMPTS = 50;

/**
 * Puts the finished build in place by renaming. Two builds may end at the same time: the later one wins, and neither
 * leaves a mixture. A build that came out the same as the one in place changes nothing under running processes.
 */
export function putInPlace(root: string, stage: string): 'replaced' | 'unchanged' {
  const names = ['oclif.manifest.json', 'dist'];
  const changed = names.filter(name => !isSame(path.join(root, name), path.join(stage, name)));
  for (const name of changed) replace(path.join(root, name), path.join(stage, name), path.join(stage, `old-${name}`));
  return changed.length > 0 ? 'replaced' : 'unchanged';
}

function replace(target: string, fresh: string, old: string): void {
  for (let attempt = 1; ; attempt++) {
    try {
      if (fs.existsSync(target)) fs.renameSync(target, `${old}-${attempt}`);
      fs.renameSync(fresh, target);
      return;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (attempt === ATTEMPTS || !['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(code)) throw error;
    }
  }
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [listFiles(one), listFiles(other)];
  if (a.length !== b.length || a.length === 0) return false;
  return a.every(
    (file, at) =>
      file === b[at] && fs.readFileSync(path.join(one, file)).equals(fs.readFileSync(path.join(other, file))),
  );
}

/** The files of a folder; for a file an empty name. */
function listFiles(place: string): string[] {
  const stat = fs.statSync(place, { throwIfNoEntry: false });
  if (!stat) return [];
  if (stat.isFile()) return [''];
  const all = fs.readdirSync(place, { recursive: true, encoding: 'utf8' });
  return all.filter(name => fs.statSync(path.join(place, name)).isFile()).sort();
}

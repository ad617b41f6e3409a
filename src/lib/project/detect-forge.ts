import fs from 'node:fs';
import path from 'node:path';

/** Which service the folder's repository is cloned from, as far as the folder itself says. */
export function detectForge(dir: string): 'github' | 'gitlab' | undefined {
  if (fs.existsSync(path.join(dir, '.github'))) return 'github';
  if (fs.existsSync(path.join(dir, '.gitlab-ci.yml'))) return 'gitlab';
  const remote = /^\s*url\s*=.*[@/]([\w.-]+)[:/]/m.exec(readGitConfig(dir))?.[1] ?? '';
  if (/(^|\.)github\./.test(remote)) return 'github';
  return /(^|\.)gitlab\./.test(remote) ? 'gitlab' : undefined;
}

function readGitConfig(dir: string): string {
  try {
    return fs.readFileSync(path.join(dir, '.git', 'config'), 'utf8');
  } catch {
    return '';
  }
}

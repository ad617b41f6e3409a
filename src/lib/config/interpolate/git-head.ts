import fs from 'node:fs';
import path from 'node:path';

interface GitHead {
  readonly sha: string | undefined;
  /** Undefined where HEAD is detached. */
  readonly branch: string | undefined;
}

const SHA = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/**
 * What is checked out around a folder, read from git's own files (no git needed): HEAD, loose and packed refs;
 * `.git` may be a file that points elsewhere (worktrees, submodules), whose refs live in the common directory.
 * Layout: https://git-scm.com/docs/gitrepository-layout
 */
export function readGitHead(folder: string): GitHead {
  const gitDir = findGitDir(path.resolve(folder));
  const head = gitDir === null ? undefined : readLine(path.join(gitDir, 'HEAD'));
  if (gitDir === null || head === undefined) return { sha: undefined, branch: undefined };
  if (SHA.test(head)) return { sha: head, branch: undefined };
  const ref = /^ref:\s*(refs\/\S+)$/.exec(head)?.[1];
  if (ref === undefined || ref.split('/').includes('..')) return { sha: undefined, branch: undefined };
  const common = readLine(path.join(gitDir, 'commondir'));
  const commonDir = common === undefined ? gitDir : path.resolve(gitDir, common);
  return {
    sha: readRef(gitDir, ref) ?? readRef(commonDir, ref) ?? readPackedRef(commonDir, ref),
    branch: branchOf(ref),
  };
}

function branchOf(ref: string): string | undefined {
  return ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined;
}

function findGitDir(start: string): string | null {
  let folder = start;
  for (;;) {
    const found = gitDirIn(folder);
    if (found !== null) return found;
    const parent = path.dirname(folder);
    if (parent === folder) return null;
    folder = parent;
  }
}

function gitDirIn(folder: string): string | null {
  const file = path.join(folder, '.git');
  if (fs.existsSync(path.join(file, 'HEAD'))) return file;
  const target = /^gitdir:\s*(.+)$/.exec(readLine(file) ?? '')?.[1];
  return target === undefined ? null : path.resolve(folder, target);
}

function readRef(dir: string, ref: string): string | undefined {
  const line = readLine(path.join(dir, ref));
  return line !== undefined && SHA.test(line) ? line : undefined;
}

function readPackedRef(dir: string, ref: string): string | undefined {
  for (const line of readWhole(path.join(dir, 'packed-refs'))?.split('\n') ?? []) {
    const [sha, name] = line.trim().split(' ');
    if (name === ref && sha !== undefined && SHA.test(sha)) return sha;
  }
  return undefined;
}

function readLine(file: string): string | undefined {
  return readWhole(file)?.split('\n')[0]?.trim();
}

function readWhole(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

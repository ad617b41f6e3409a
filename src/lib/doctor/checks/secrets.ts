import fs from 'node:fs';
import path from 'node:path';
import type { Project } from '../../config/types.ts';
import { type ExecOptions, type Execution, runProgram } from '../../core/exec.ts';
import { findUpward, nearestExisting } from '../../core/nearest.ts';
import type { DoctorCheck, DoctorContext } from '../types.ts';

/** Files that hold secrets by their purpose: they must not be committed and not be readable by others. */
const WELL_KNOWN = ['.env', 'sentops.local.yaml', 'gcp-credentials.json', 'kaggle.json'];

export const ignoreCheck: DoctorCheck = {
  id: 'secrets.gitignore',
  title: 'Secrets stay out of git',
  applies: project => project.file !== null && findUpward(project.dir, '.git') !== undefined,
  async run(context) {
    const answer = await askGit(context);
    if ('refusal' in answer) return { status: 'skip', detail: answer.refusal };
    const { committed, missing } = answer;
    if (committed.length > 0) {
      return {
        status: 'warn',
        detail: `git holds ${committed.join(', ')}: ignoring comes too late for ${committed.length === 1 ? 'it' : 'them'}`,
        fix: `git rm --cached ${committed.join(' ')}, commit, and change the secrets that were in there`,
      };
    }
    if (missing.length === 0) return { status: 'ok', detail: '.gitignore covers the files that hold secrets' };
    return { status: 'warn', detail: `git does not ignore ${missing.join(', ')}`, fix: 'sentops doctor --fix' };
  },
  async repair(context) {
    const answer = await askGit(context);
    const missing = 'missing' in answer ? answer.missing : [];
    if (missing.length === 0) return '';
    const file = path.join(context.project?.dir ?? context.request.cwd, '.gitignore');
    const before = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trimEnd() : '';
    const { writeFileAtomic } = await import('../../core/atomic.ts');
    writeFileAtomic(file, `${before}${before === '' ? '' : '\n'}${missing.map(toPattern).join('\n')}\n`);
    return `added ${missing.join(', ')} to .gitignore`;
  },
};

export const permissionCheck: DoctorCheck = {
  id: 'secrets.permissions',
  title: 'Secrets are readable by you only',
  applies: project => project.file !== null && process.platform !== 'win32',
  async run({ project }) {
    const open = project ? readableByOthers(project) : [];
    if (open.length === 0) return { status: 'ok', detail: 'no secret file is open to other users' };
    return { status: 'warn', detail: `other users can read ${open.join(', ')}`, fix: 'sentops doctor --fix' };
  },
  async repair({ project }) {
    const open = project ? readableByOthers(project) : [];
    for (const name of open) fs.chmodSync(path.join(project?.dir ?? '', name), 0o600);
    return `made ${open.join(', ')} readable by you only`;
  },
};

type GitAnswer =
  | { readonly refusal: string }
  /** Files in the index, and files that no pattern covers. */
  | { readonly committed: readonly string[]; readonly missing: readonly string[] };

/** Asks git itself, which knows every pattern, every file of patterns and what was committed. */
async function askGit({ project, request, env, signal }: DoctorContext): Promise<GitAnswer> {
  const options = { cwd: project?.dir ?? request.cwd, env, signal };
  const names = project ? privateFiles(project) : WELL_KNOWN;
  const held = await git(['--literal-pathspecs', 'ls-files', '--', ...names], options);
  if (!held.found) return { refusal: 'git is not installed' };
  if (held.code !== 0) return { refusal: `git gives no answer: ${firstLine(held.stderr)}` };
  const ignored = await git(['check-ignore', '--no-index', '--', ...names], options);
  const covered = new Set(ignored.stdout.split('\n'));
  const committed = new Set(held.stdout.split('\n'));
  return {
    committed: names.filter(name => committed.has(name)),
    missing: names.filter(name => !covered.has(name)),
  };
}

/** Letters beyond ASCII come back as they are. */
async function git(args: readonly string[], options: ExecOptions): Promise<Execution> {
  return runProgram('git', ['-c', 'core.quotePath=false', ...args], options);
}

/** A line of .gitignore for this file: those of the project's own choice only where they are, the others anywhere. */
function toPattern(name: string): string {
  return WELL_KNOWN.includes(name) ? name : `/${name.replace(/[\\*?[ ]/g, '\\$&')}`;
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? '';
}

function readableByOthers(project: Project): string[] {
  return privateFiles(project).filter(name => {
    const stat = fs.statSync(path.join(project.dir, name), { throwIfNoEntry: false });
    return stat?.isFile() === true && (stat.mode & 0o077) !== 0;
  });
}

/** Relative to the project's folder, with forward slashes: the well-known ones and those that `secrets:` names. */
function privateFiles(project: Project): string[] {
  // Of a project that loads in part, this section may hold anything.
  const sources: Readonly<Record<string, { readonly file?: unknown } | null>> = project.config.secrets ?? {};
  const named = Object.values(sources).flatMap(source =>
    typeof source?.file === 'string' ? nameInside(project.dir, source.file) : [],
  );
  return [...new Set([...WELL_KNOWN, ...named])];
}

/** A file elsewhere, also one that a link leads to, is not the project's to ignore or to change. */
function nameInside(dir: string, file: string): string[] {
  const target = path.resolve(dir, file);
  const name = path.relative(dir, target);
  const isBelow = isInside(name) && isInside(path.relative(fs.realpathSync(dir), realTarget(target)));
  return isBelow ? [name.replaceAll(path.sep, '/')] : [];
}

function realTarget(target: string): string {
  const there = nearestExisting(target);
  return path.join(fs.realpathSync(there), path.relative(there, target));
}

function isInside(relative: string): boolean {
  return relative !== '' && relative.split(path.sep)[0] !== '..' && !path.isAbsolute(relative);
}

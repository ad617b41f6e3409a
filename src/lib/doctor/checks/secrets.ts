import fs from 'node:fs';
import path from 'node:path';
import type { Project } from '../../config/types.ts';
import { runProgram } from '../../core/exec.ts';
import { findUpward } from '../../core/nearest.ts';
import type { DoctorCheck, DoctorContext } from '../types.ts';

/** Files that hold secrets by their purpose: they must not be committed and not be readable by others. */
const PRIVATE = ['.env', 'sentops.local.yaml', 'gcp-credentials.json', 'kaggle.json'];

export const ignoreCheck: DoctorCheck = {
  id: 'secrets.gitignore',
  title: 'Secrets stay out of git',
  applies: project => project.file !== null && findUpward(project.dir, '.git') !== undefined,
  async run(context) {
    const missing = await findUnignored(context);
    if (missing === undefined) return { status: 'skip', detail: 'git is not there to ask' };
    if (missing.length === 0) return { status: 'ok', detail: '.gitignore covers the files that hold secrets' };
    return { status: 'warn', detail: `git does not ignore ${missing.join(', ')}`, fix: 'sentops doctor --fix' };
  },
  async repair(context) {
    const missing = (await findUnignored(context)) ?? [];
    const file = path.join(context.project?.dir ?? context.request.cwd, '.gitignore');
    const before = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trimEnd() : '';
    const { writeFileAtomic } = await import('../../core/atomic.ts');
    writeFileAtomic(file, `${before}${before === '' ? '' : '\n'}${missing.join('\n')}\n`);
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

/** Asks git itself, which knows every pattern and every file of patterns; undefined where git is missing. */
async function findUnignored({ project, request, env, signal }: DoctorContext): Promise<string[] | undefined> {
  const cwd = project?.dir ?? request.cwd;
  const { found, code, stdout } = await runProgram('git', ['check-ignore', ...PRIVATE], { cwd, env, signal });
  if (!found || code === undefined || code > 1) return undefined;
  const ignored = new Set(stdout.split('\n'));
  return PRIVATE.filter(name => !ignored.has(name));
}

function readableByOthers(project: Project): string[] {
  return PRIVATE.filter(name => {
    const file = path.join(project.dir, name);
    return fs.existsSync(file) && (fs.statSync(file).mode & 0o077) !== 0;
  });
}

import fs from 'node:fs';
import path from 'node:path';
import { displayPath } from '../config/display-path.ts';
import { writeFilesAtomic } from '../core/atomic.ts';
import { SentopsError } from '../core/errors.ts';
import { quoteWord } from '../core/shell-word.ts';
import { removeTemporary } from '../core/temporary.ts';
import type { DoctorReport } from '../doctor/run.ts';
import { readAnswersFile } from './answers-file.ts';
import { checkFolder } from './check-folder.ts';
import { detectForge } from './detect-forge.ts';
import { equivalentCommand } from './equivalent-command.ts';
import { lockFolder } from './folder-lock.ts';
import { listProjectFiles, type ProjectFile } from './list-project-files.ts';
import { localSuggestions } from './local-suggestions.ts';
import { type PlannedFile, planFiles } from './plan-files.ts';
import { resolveAnswers } from './resolve-answers.ts';
import type { Answers, InitRequest, InitResult } from './types.ts';

/**
 * The wizard: answers → plan → files. Nothing is written, not even a folder, before every question is answered;
 * then everything is written or nothing.
 */
export async function initProject(request: InitRequest): Promise<InitResult> {
  const dir = projectFolder(request);
  checkFolder(dir, request.project.cwd, request.force);
  const answers = await collectAnswers(request, dir);
  const wanted = listProjectFiles(answers, dir);
  const plan = planFiles(wanted, dir, request.force);
  if (!request.dryRun) {
    await confirmPlan(plan, dir, request);
    request.signal.throwIfAborted();
    await writePlan(wanted, plan, dir, request);
  }
  const typed = request.dir === '' ? '.' : request.dir;
  return {
    dir,
    dryRun: request.dryRun,
    files: plan.map(({ path, action }) => ({ path, action })),
    answers,
    command: [
      equivalentCommand(typed, answers, path.basename(dir), request.force),
      ...(plan.some(file => file.action === 'overwrite') ? ['--yes'] : []),
    ].join(' '),
    next: nextCommands(dir, request, answers),
    doctor: request.dryRun ? null : await examine(dir, request),
  };
}

/** A failing check does not undo the project: it is shown beside it. */
async function examine(dir: string, { project, signal, report }: InitRequest): Promise<DoctorReport> {
  const { examineProject } = await import('../doctor/examine.ts');
  const { env, home } = project;
  return examineProject({ request: { cwd: dir, env, home }, signal, report, fix: false, only: [] });
}

function projectFolder({ dir, project: { cwd } }: InitRequest): string {
  if (dir.includes('\0')) throw new SentopsError('FLAG_INVALID', 'the folder has a NUL character in its name');
  return path.resolve(cwd, dir);
}

async function collectAnswers(request: InitRequest, dir: string): Promise<Answers> {
  const { flags, answersFile, ask, noInput, report } = request;
  const file =
    answersFile === undefined ? undefined : await readAnswersFile(answersFile, request.project.cwd, request.readStdin);
  return resolveAnswers({
    flags,
    file,
    ask,
    noInput,
    around: { folderName: path.basename(dir), forge: detectForge(dir) },
    suggestions: request.suggestions ?? localSuggestions(request.project),
    warn: message => report({ type: 'note', level: 'warn', message }),
  });
}

/** Says what will happen; asks where a person is there to answer, and always where a file would be lost. */
async function confirmPlan(plan: readonly PlannedFile[], dir: string, request: InitRequest): Promise<void> {
  const { ask, report } = request;
  const where = displayPath(dir, request.project.cwd);
  const lost = plan.filter(file => file.action === 'overwrite').map(file => file.path);
  const isAsked = ask.possible && !request.noInput;
  if (isAsked || lost.length > 0) {
    report({ type: 'note', level: 'info', message: `In ${where}:` });
    for (const { path, action } of plan)
      report({ type: 'note', level: 'info', message: `  ${action.padEnd(9)} ${path}` });
  }
  const overwrite = `Overwrite ${lost.join(', ')} in ${where}?`;
  if (lost.length > 0 && !isAsked) return ask.consent(overwrite);
  if (!isAsked || request.yes) return;
  const question = lost.length > 0 ? overwrite : 'Write these files?';
  if (await ask.confirm({ message: question, flag: '--yes', default: lost.length === 0 })) return;
  throw new SentopsError('INTERRUPTED', 'nothing was written', { hint: 'run the command again for another try' });
}

/** Under the lock the folder is looked at once more: somebody may have been quicker while the user was thinking. */
async function writePlan(
  wanted: readonly ProjectFile[],
  plan: readonly PlannedFile[],
  dir: string,
  request: InitRequest,
): Promise<void> {
  const lock = lockFolder(dir);
  try {
    checkFolder(dir, request.project.cwd, request.force);
    const isAsPlanned = JSON.stringify(planFiles(wanted, dir, request.force)) === JSON.stringify(plan);
    if (!isAsPlanned) {
      const name = displayPath(dir, request.project.cwd);
      throw new SentopsError('CONFLICT', `somebody else changed files of ${name} meanwhile`, {
        hint: 'look at the folder and run the command again',
        place: { file: name },
      });
    }
    for (const folder of foldersOf(plan, dir)) removeTemporary(folder);
    const files = plan.flatMap(({ path, text }) => (text === undefined ? [] : [{ path, data: text }]));
    await writeFilesAtomic(dir, files, { signal: request.signal });
  } finally {
    lock.release();
  }
}

function foldersOf(plan: readonly PlannedFile[], dir: string): string[] {
  const folders = new Set(plan.map(file => path.dirname(path.join(dir, file.path))));
  return [...folders].filter(folder => fs.existsSync(folder));
}

function nextCommands(dir: string, request: InitRequest, answers: Answers): string[] {
  const isHere = dir === path.resolve(request.project.cwd);
  const folder = displayPath(dir, request.project.cwd);
  const enter = isHere ? [] : [`cd ${quoteWord(folder.startsWith('-') ? `./${folder}` : folder)}`];
  const signIn = answers.gcpProject === undefined ? [] : ['gcloud auth application-default login'];
  return [...enter, ...signIn, 'sentops config show', 'sentops doctor'];
}

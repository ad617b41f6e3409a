import path from 'node:path';
import type { SourcePlace } from '../../lib/core/errors.ts';
import type { Failure } from '../failure.ts';
import { type ProblemLine, problemsOf, relativeTo } from '../problems.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly hint?: string | null;
  readonly title?: string;
  readonly place?: SourcePlace | null;
}

/** GitHub shows ten of a kind for each step and drops the rest. */
const MOST = 10;

/** One annotation for each thing wrong, else one for the failure. */
export function annotateFailure({ json, place }: Failure, env: Env, cwd: string): string {
  const { code, message, hint } = json;
  const problems = problemsOf(json.details).filter(problem => problem.severity !== 'warning');
  if (problems.length > 0) return annotateProblems(problems, code, env, cwd);
  return annotate({ level: 'error', title: code, message, hint, place: place ?? null }, env, cwd);
}

/** Errors first: what is beyond the number that is shown should be the warnings. */
export function annotateProblems(problems: readonly ProblemLine[], title: string, env: Env, cwd: string): string {
  const isWarning = (problem: ProblemLine) => problem.severity === 'warning';
  const write = (level: 'error' | 'warning') => (problem: ProblemLine) =>
    annotate({ ...problem, level, title }, env, cwd);
  const errors = problems.filter(problem => !isWarning(problem)).slice(0, MOST);
  const warnings = problems.filter(isWarning).slice(0, MOST);
  return [...errors.map(write('error')), ...warnings.map(write('warning'))].join('');
}

/** A workflow command of GitHub: `::error file=sentops.yaml,line=12,col=3::message`. */
export function annotate({ level, message, hint, title, place }: Annotation, env: Env, cwd: string): string {
  const file = place ? fileInWorkspace(place.file, env, cwd) : undefined;
  const properties = { file, line: file && place?.line, col: file && place?.column, title };
  const given = Object.entries(properties).filter(([, value]) => value !== undefined && value !== '');
  const list = given.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(',');
  return `::${level}${list === '' ? '' : ` ${list}`}::${escapeData(hint ? `${message}\n${hint}` : message)}\n`;
}

/** GitHub finds the file only by its path from the top of the workspace. */
function fileInWorkspace(file: string, env: Env, cwd: string): string {
  const absolute = path.resolve(cwd, file);
  const workspace = env['GITHUB_WORKSPACE'];
  return relativeTo(workspace || cwd, absolute).replaceAll(path.sep, '/');
}

// https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

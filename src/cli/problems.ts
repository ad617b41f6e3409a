import path from 'node:path';
import type { SourcePlace } from '../lib/core/errors.ts';

/** One of several things wrong, as it stands in `details.problems` of an error. */
export interface ProblemLine {
  readonly message: string;
  readonly hint?: string | null;
  readonly place?: SourcePlace | null;
  readonly severity?: string;
}

export function problemsOf(details: Readonly<Record<string, unknown>>): readonly ProblemLine[] {
  const problems = details['problems'];
  return Array.isArray(problems) ? problems.filter(isProblem) : [];
}

function isProblem(value: unknown): value is ProblemLine {
  return typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string';
}

/** `file:line:column`, as editors and terminals make it a link; the file as seen from the current folder. */
export function formatPlace({ file, line, column }: SourcePlace, cwd: string): string {
  const parts = [relativeTo(cwd, file), line, line === undefined ? undefined : column];
  return parts.filter(part => part !== undefined).join(':');
}

/** The path from a folder to what lies below it; any other path as it is. */
export function relativeTo(folder: string, file: string): string {
  const relative = path.isAbsolute(file) ? path.relative(folder, file) : file;
  return relative === '' || relative.startsWith('..') ? file : relative;
}

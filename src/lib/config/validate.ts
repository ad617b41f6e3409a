import path from 'node:path';
import { SentopsError } from '../core/errors.ts';
import { problemFrom } from './assignments.ts';
import { checkValues } from './check.ts';
import { displayPath } from './display-path.ts';
import { toProblem } from './format-problem.ts';
import { type Files, readFiles } from './gather.ts';
import { attemptProject, type Purpose } from './load.ts';
import { uniqueProblems } from './locate.ts';
import { mergeLayers } from './merge.ts';
import { secretFileExposed } from './secrets.ts';
import type { SourceFile } from './source-file.ts';
import { childOf, isMap } from './tree.ts';
import type { Problem, ProjectRequest } from './types.ts';

interface Validation {
  /** As messages call it; null where there is no project file. */
  readonly file: string | null;
  readonly problems: readonly Problem[];
  /** No errors; warnings may be left. */
  readonly ok: boolean;
}

/**
 * Everything that is wrong with the project, each thing at its place: in the text of every file, in each target, and
 * in what comes out when they are merged. A file with a syntax error is judged as far as it can be read.
 */
export async function validateProject(given: ProjectRequest): Promise<Validation> {
  const request = { ...given, places: true };
  const files = await readFiles(request);
  const problems = [
    ...files.broken,
    ...files.sources.flatMap(source => [...source.problems, ...writtenProblems(source)]),
    ...exposedSecrets(files),
    ...(files.broken.length > 0 ? (files.dotenv?.problems ?? []) : await mergedProblems(request, files)),
  ];
  const unique = withoutEchoes(uniqueProblems(problems)).sort(byPlace(files.sources.map(source => source.name)));
  return {
    file: files.file === null ? null : displayPath(files.file, request.cwd),
    problems: unique,
    ok: unique.every(problem => problem.severity === 'warning'),
  };
}

/** What one file says, whatever the others say. */
function writtenProblems(source: SourceFile): Problem[] {
  const findings = checkValues(source.written, { stage: 'raw', allowPartial: true });
  return findings
    .map(finding => toProblem(finding, source.place(finding.segments, finding.at)))
    .filter(problem => (problem.place?.line ?? 1) < source.brokenFrom);
}

/** The chosen target as a command would load it, and a look at all others. */
async function mergedProblems(request: ProjectRequest, files: Files): Promise<Problem[]> {
  const chosen = await problemsOf(request, files, 'validate');
  const targets = mergeLayers(files.sources.map(source => source.values))['targets'];
  const names = isMap(targets) ? Object.keys(targets).filter(name => isMap(targets[name])) : [];
  const others: Problem[] = [];
  for (const target of names) {
    if (target !== request.target) others.push(...(await problemsOf({ ...request, target }, files, 'look')));
  }
  return [...chosen, ...others];
}

async function problemsOf(request: ProjectRequest, files: Files, purpose: Purpose): Promise<Problem[]> {
  try {
    const { errors, project } = await attemptProject(request, files, purpose);
    return [...errors, ...project.warnings];
  } catch (error) {
    if (error instanceof SentopsError) return [problemFrom(error)];
    throw error;
  }
}

function exposedSecrets({ sources, dir }: Files): Problem[] {
  return sources.flatMap(source => {
    const secrets = source.values['secrets'];
    return Object.keys(isMap(secrets) ? secrets : {}).flatMap((name): Problem[] => {
      const file = childOf(childOf(secrets, name), 'file');
      const message =
        typeof file === 'string' && !file.includes('${') ? secretFileExposed(path.resolve(dir, file)) : undefined;
      if (message === undefined) return [];
      const at = ['secrets', name, 'file'];
      return [
        {
          severity: 'warning',
          code: 'SECRET_EXPOSED',
          path: at.join('.'),
          message,
          hint: null,
          place: source.place(at),
        },
      ];
    });
  });
}

/** A wrong value of a file is wrong again in the merged tree: the first word about a place is enough. */
function withoutEchoes(problems: readonly Problem[]): Problem[] {
  const told = new Set<string>();
  return problems.filter(({ place, code }) => {
    if (place === null || place.line === undefined) return true;
    const key = `${place.file}:${place.line}:${place.column} ${code}`;
    const isNew = !told.has(key);
    told.add(key);
    return isNew;
  });
}

/** File by file from the strongest, and down each file; what has no place comes last. */
function byPlace(files: readonly string[]): (a: Problem, b: Problem) => number {
  const rank = (problem: Problem) =>
    problem.place === null
      ? Number.MAX_SAFE_INTEGER
      : (files.indexOf(problem.place.file) + files.length + 1) % (files.length + 1);
  return (a, b) =>
    rank(a) - rank(b) || (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0);
}

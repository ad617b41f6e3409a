import { SentopsError } from '../core/errors.ts';
import { redactor } from '../core/redact.ts';
import { checkValues } from './check.ts';
import { errorFrom } from './error-from.ts';
import type { Config } from './fields/index.ts';
import type { Finding } from './findings.ts';
import { type Files, type Gathered, gather, readFiles } from './gather.ts';
import { locate, locateFinding, uniqueProblems } from './locate.ts';
import { chooseProfile } from './profile.ts';
import { type Fault, type ResolvedTree, resolveTree } from './resolve-project.ts';
import { hiddenTexts } from './secret-fields.ts';
import type { Texts } from './source-file.ts';
import { isMap } from './tree.ts';
import type { Problem, Project, ProjectRequest } from './types.ts';

/** Backends that run on this machine and need none of the cloud's names. */
const LOCAL_BACKENDS: ReadonlySet<unknown> = new Set(['local', 'spark']);

/**
 * use: for a command that runs. validate: for one that asks whether another could. look: for a target that is not the
 * chosen one, whose values may well be set elsewhere.
 */
export type Purpose = 'use' | 'validate' | 'look';

/** A project with what is wrong with it; whoever loads decides whether that is too much. */
interface Attempt {
  readonly project: Project;
  readonly gathered: Gathered;
  readonly errors: readonly Problem[];
}

/**
 * Reads, merges, interpolates and checks the project. Everything wrong is told at once in one SentopsError, located;
 * only then the slower parser that keeps places is needed.
 */
export async function loadProject(request: ProjectRequest): Promise<Project> {
  return loadFrom(request, new Map());
}

async function loadFrom(request: ProjectRequest, texts: Texts): Promise<Project> {
  const attempt = await readFiles(request, texts)
    .then(files => attemptProject(request, files))
    .catch((error: unknown) => {
      if (error instanceof SentopsError) return error;
      throw error;
    });
  if (!(attempt instanceof SentopsError) && attempt.errors.length === 0) return attempt.project;
  if (request.places !== true) return loadFrom({ ...request, places: true }, texts);
  throw attempt instanceof SentopsError ? attempt : errorFrom(attempt.errors);
}

/** As `loadProject`, with the errors beside the project instead of thrown; an unreadable file still throws. */
export async function attemptProject(
  request: ProjectRequest,
  files?: Files,
  purpose: Purpose = 'use',
): Promise<Attempt> {
  const gathered = await gather(request, files);
  const profile = chooseProfile(gathered, request);
  const resolved = resolveTree(gathered, request, profile);
  const { errors, warnings, elsewhere } = judge(gathered, resolved, { request, profile, purpose });
  for (const text of hiddenTexts(resolved.config, gathered.definitions)) redactor.add(text);
  const project: Project = {
    file: gathered.file,
    dir: gathered.dir,
    target: gathered.target?.name ?? null,
    mode: gathered.target?.mode ?? null,
    profile,
    // The check of the resolved values, which knows the same table as the type, has just said that it is one.
    config: resolved.config as unknown as Config,
    layers: gathered.layers,
    warnings,
    unresolved: elsewhere,
  };
  return { project, gathered, errors };
}

interface Circumstances {
  readonly request: ProjectRequest;
  readonly profile: string;
  readonly purpose: Purpose;
}

interface Judgement {
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** Errors of sections that nobody asked for. */
  readonly elsewhere: readonly Problem[];
}

function judge(gathered: Gathered, resolved: ResolvedTree, { request, profile, purpose }: Circumstances): Judgement {
  const isAsked = (section: string | undefined) =>
    request.sections === undefined || section === undefined || request.sections.includes(section);
  const isCloud = !LOCAL_BACKENDS.has(resolved.config['backend'] ?? gathered.merged['backend']);
  const errors: Problem[] = gathered.problems.filter(problem => problem.severity === 'error');
  const warnings: Problem[] = gathered.problems.filter(problem => problem.severity === 'warning');
  const elsewhere: Problem[] = [];
  for (const fault of resolved.faults) {
    const problem = locate(fault.error.toProblem(), fault.error.path, gathered.layers);
    (isAsked(fault.path[0]) && !isExcused(fault, { request, profile, purpose }, isCloud) ? errors : elsewhere).push(
      problem,
    );
  }
  for (const finding of findingsOf(gathered, resolved)) {
    const problem = locateFinding(finding, gathered.layers);
    const isWholeSection = finding.segments.length <= 1;
    if (finding.severity === 'warning') warnings.push(problem);
    else (isWholeSection || isAsked(finding.segments[0]) ? errors : elsewhere).push(problem);
  }
  return { errors: uniqueProblems(errors), warnings: uniqueProblems(warnings), elsewhere: uniqueProblems(elsewhere) };
}

/**
 * A variable without a value is needed in the cloud only, and in any case where its section is asked for. Of the
 * identities one is used, and the others may want what only another machine has. The source of a secret is resolved
 * again when the secret is read, and complains then.
 */
function isExcused({ error, path }: Fault, { request, profile, purpose }: Circumstances, isCloud: boolean): boolean {
  const isAbsent = error.fault === 'missing-variable' || error.fault === 'missing-value';
  if (isAbsent && (purpose === 'look' || (path[0] === 'profiles' && path[1] !== profile))) return true;
  if (error.fault !== 'missing-variable' || request.sections !== undefined) return false;
  return !isCloud || (purpose === 'use' && path[0] === 'secrets');
}

/** Other targets are the business of `validate`; a credential in the environment is where it belongs. */
function findingsOf(gathered: Gathered, resolved: ResolvedTree): Finding[] {
  const { targets: _targets, variables: _variables, ...checked } = resolved.config;
  const isPartial = resolved.faults.length > 0;
  const variables = isMap(gathered.merged['variables']) ? { variables: gathered.merged['variables'] } : {};
  return [
    ...checkValues(checked, { stage: 'resolved', allowPartial: isPartial, skipDefaults: true }),
    ...checkValues(variables, { stage: 'raw', allowPartial: true }).filter(
      finding => finding.code !== 'CREDENTIAL_LITERAL',
    ),
  ];
}

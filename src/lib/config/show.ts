import { SentopsError } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import { displayPath } from './display-path.ts';
import { errorFrom } from './error-from.ts';
import { gather } from './gather.ts';
import { nameOfSaying, placeOfSaying, sayingsAbout } from './locate.ts';
import { formatPath, type Path } from './path.ts';
import { chooseProfile } from './profile.ts';
import { redactTree } from './redact-tree.ts';
import { isMap, leavesOf } from './tree.ts';
import type { Json, Layer, Problem, ProjectRequest } from './types.ts';
import { readDefinitions } from './variables.ts';

interface ShowOptions {
  /** With all references filled in; as merged from the layers otherwise. */
  readonly resolved?: boolean;
  /** One top-level section only. */
  readonly section?: string;
  /** Tell for each value which layer it comes from. */
  readonly origins?: boolean;
}

export interface Shown {
  readonly file: string | null;
  readonly target: string | null;
  readonly profile: string;
  /** In the order of the field table; secrets are redacted. */
  readonly values: Json;
  /** `sentops.yaml:12`, `SENTOPS_TRAIN_SEED`, `built-in default` for the path of each value. */
  readonly origins: Readonly<Record<string, string>> | null;
  /** What was left out, because it cannot be resolved and is not needed here. */
  readonly unresolved: readonly Problem[];
}

/** The project as it stands after merging, for people and for `--json`. */
export async function showProject(request: ProjectRequest, options: ShowOptions = {}): Promise<Shown> {
  const asked = {
    ...request,
    ...(options.section === undefined || request.sections !== undefined ? {} : { sections: [options.section] }),
    ...(options.origins === true ? { places: true } : {}),
  };
  const { merged, variables, ...project } = options.resolved === true ? await resolve(asked) : await merge(asked);
  const definitions = readDefinitions(variables);
  const tree = redactTree(merged, [], definitions);
  const values = options.section === undefined ? tree : sectionOf(tree, options.section);
  return {
    file: project.file === null ? null : displayPath(project.file, request.cwd),
    target: project.target,
    profile: project.profile,
    values,
    origins:
      options.origins === true
        ? originsOf(values, options.section === undefined ? [] : [options.section], project.layers)
        : null,
    unresolved: project.unresolved,
  };
}

interface Tree {
  readonly file: string | null;
  readonly target: string | null;
  readonly profile: string;
  readonly layers: readonly Layer[];
  readonly merged: unknown;
  readonly variables: unknown;
  readonly unresolved: readonly Problem[];
}

async function resolve(request: ProjectRequest): Promise<Tree> {
  // What resolves and judges is as large as all the rest, and not needed for a look.
  const { loadProject } = await import('./load.ts');
  const project = await loadProject(request);
  return { ...project, merged: project.config, variables: project.config.variables };
}

/**
 * Nothing is resolved and no value is judged: looking is how one finds out what is wrong in the files. What was typed
 * for this one command has to be right.
 */
async function merge(request: ProjectRequest): Promise<Tree> {
  const gathered = await gather(request);
  const typed = gathered.problems.filter(problem => problem.severity === 'error' && problem.place === null);
  if (typed.length > 0) throw errorFrom(typed);
  const { file, layers, merged } = gathered;
  const target = gathered.target?.name ?? null;
  const profile = chooseProfile(gathered, request);
  return { file, layers, merged, target, profile, variables: merged['variables'], unresolved: [] };
}

function sectionOf(tree: Json, section: string): Json {
  const known = isMap(tree) ? Object.keys(tree) : [];
  if (isMap(tree) && Object.hasOwn(tree, section)) return tree[section] ?? null;
  const meant = suggest(section, known);
  throw new SentopsError('NOT_FOUND', `there is no section ${section}`, {
    hint: meant === undefined ? `the sections are ${known.join(', ')}` : `did you mean ${meant}?`,
  });
}

function originsOf(values: Json, prefix: Path, layers: readonly Layer[]): Record<string, string> {
  const origins: Record<string, string> = {};
  for (const { path } of leavesOf(values, prefix)) {
    const saying = sayingsAbout(layers, path)[0];
    if (saying !== undefined) origins[formatPath(path)] = originOf(saying);
  }
  return origins;
}

function originOf(saying: ReturnType<typeof sayingsAbout>[number]): string {
  const place = placeOfSaying(saying);
  return place === undefined
    ? nameOfSaying(saying)
    : [place.file, place.line].filter(part => part !== undefined).join(':');
}

import fs from 'node:fs';
import path from 'node:path';
import { SentopsError } from '../core/errors.ts';
import { VERSION } from '../core/version.ts';
import { knownPath, parseAssignment, problemFrom, setLayer } from './assignments.ts';
import { defaultValues, variablesWithDefaults, withDefaults } from './defaults.ts';
import { DOTENV_NAME, findProjectFile, LOCAL_NAME, userFile } from './discover.ts';
import { displayPath } from './display-path.ts';
import { type Dotenv, parseDotenv } from './dotenv.ts';
import { dotenvLayer, environmentLayers } from './environment.ts';
import { errorFrom } from './error-from.ts';
import { withIncludes } from './include.ts';
import { mergeLayers } from './merge.ts';
import { readText } from './read-text.ts';
import { type ReadOptions, readSource, type SourceFile, type SourceKind, type Texts } from './source-file.ts';
import { type ChosenTarget, chooseTarget, targetLayer } from './targets.ts';
import { getAt, type JsonMap, withValueAt } from './tree.ts';
import { type Json, LAYER_KINDS, type Layer, type Problem, type ProjectRequest } from './types.ts';
import { readDefinitions, type VariableDefinition, variableLayers } from './variables.ts';
import { satisfiesRange } from './version-range.ts';

/** Everything that has a say, in its order, and the tree that results before references are resolved. */
export interface Gathered {
  readonly file: string | null;
  readonly dir: string;
  readonly target: ChosenTarget | null;
  /** Strongest first; the built-in defaults are the last. */
  readonly layers: readonly Layer[];
  /** All files that were read, strongest first. */
  readonly sources: readonly SourceFile[];
  readonly merged: JsonMap;
  readonly definitions: ReadonlyMap<string, VariableDefinition>;
  /** From the environment, or else from `.env`. */
  readonly env: (name: string) => string | undefined;
  readonly problems: readonly Problem[];
}

export interface Files {
  readonly file: string | null;
  readonly dir: string;
  readonly sources: readonly SourceFile[];
  readonly dotenv: Dotenv | null;
  readonly dotenvName: string;
  /** What could not be read or is not YAML: nothing can be said about the project before that is mended. */
  readonly broken: readonly Problem[];
}

/**
 * Finds and reads all files of the project; what is wrong with one does not keep the others from being read. Those of
 * `texts` are not read again: a pipe (`--config <(…)`) gives its text only once.
 */
export async function readFiles(request: ProjectRequest, texts: Texts = new Map()): Promise<Files> {
  const file = findProjectFile(request);
  const dir = file === null ? path.resolve(request.cwd) : path.dirname(file);
  const options: ReadOptions = { cwd: request.cwd, places: request.places === true, texts };
  const broken: Problem[] = [];
  const read = async (kind: SourceKind, name: string | null) => {
    if (name === null) return [];
    return guard(broken, async () => [await readSource(kind, name, options)].filter(source => source !== undefined));
  };
  const [main] = await read('file', file);
  const included = main === undefined ? [] : await guard(broken, () => withIncludes(main, options), [main]);
  const local = await read('local', file === null ? null : path.join(dir, LOCAL_NAME));
  const ofUser = userFile(request);
  const user = await read('user', ofUser === file ? null : ofUser);
  const sources = [...local, ...included, ...user];
  const dotenvFile = path.join(dir, DOTENV_NAME);
  const dotenvName = displayPath(dotenvFile, request.cwd);
  const [dotenv = null] = file === null ? [] : await guard(broken, async () => readDotenv(dotenvFile, dotenvName));
  const syntax = sources.flatMap(source => source.problems.filter(problem => problem.code === 'CONFIG_SYNTAX'));
  return { file, dir, sources, dotenv, dotenvName, broken: [...broken, ...syntax] };
}

function readDotenv(file: string, name: string): Dotenv[] {
  // Python projects keep their virtual environment in a folder of this name.
  if (fs.statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) return [];
  const text = readText(file, name);
  return text === undefined ? [] : [parseDotenv(text, name)];
}

async function guard<T>(problems: Problem[], work: () => Promise<T[]>, otherwise: T[] = []): Promise<T[]> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SentopsError)) throw error;
    problems.push(problemFrom(error));
    return otherwise;
  }
}

/** Puts the layers in order and merges them. */
export async function gather(request: ProjectRequest, files?: Files): Promise<Gathered> {
  const read = files ?? (await readFiles(request));
  const { file, dir, sources, dotenv } = read;
  if (read.broken.length > 0) throw errorFrom(read.broken);
  checkVersion(sources, request.version ?? VERSION);
  // A copy, as every object of JavaScript has a `constructor`, and so would the environment.
  const processEnv: ProjectRequest['env'] = Object.assign(Object.create(null), request.env);
  const env = (name: string) => processEnv[name] ?? dotenv?.entries.get(name)?.value;
  const asked = request.target ?? (env('SENTOPS_TARGET') || undefined);
  const target = chooseTarget(mergeLayers(sources.map(source => source.values)), asked, sources);
  const fileLayers = sources.flatMap(source => layersOf(source, target?.name ?? null)).sort(byKind);
  const environment = environmentLayers(processEnv);
  const fromDotenv = dotenv === null ? null : dotenvLayer(dotenv, read.dotenvName);
  const definitions = readDefinitions(variablesWithDefaults(mergeLayers(fileLayers.map(layer => layer.values))));
  const variables = variableLayers(definitions, {
    vars: request.vars ?? [],
    env: processEnv,
    dotenv,
    dotenvName: read.dotenvName,
  });
  const below = [...fileLayers, ...(fromDotenv?.layers ?? []), ...environment.layers, ...variables.layers].sort(byKind);
  const assigned = assign(request, below, definitions);
  const layers = [...flagLayers(request), ...assigned.layers, ...below].sort(byKind);
  const merged = withDefaults(mergeLayers(layers.map(layer => layer.values)));
  return {
    file,
    dir,
    target,
    sources,
    merged,
    definitions: readDefinitions(merged['variables']),
    env,
    layers: [...layers, defaultLayer()],
    problems: [
      ...sources.flatMap(source => source.problems),
      ...(fromDotenv?.problems ?? []),
      ...environment.problems,
      ...variables.problems,
      ...assigned.problems,
    ],
  };
}

/** Own values of a file and its part for the target; the files' private settings for a target stay above all files. */
function layersOf(source: SourceFile, target: string | null): Layer[] {
  const own: Layer = {
    kind: source.kind,
    name: source.name,
    values: source.values,
    place: (at, part) => source.place(at, part),
  };
  const overlay = target === null ? null : targetLayer(source, target);
  if (overlay === null) return [own];
  // What the private file says for the target wins over what it says for all, and both over the shared files.
  return source.kind === 'local' || source.kind === 'user' ? [{ ...overlay, kind: source.kind }, own] : [overlay, own];
}

function assign(
  request: ProjectRequest,
  below: readonly Layer[],
  definitions: ReadonlyMap<string, VariableDefinition>,
): { readonly layers: readonly Layer[]; readonly problems: readonly Problem[] } {
  const given = request.set ?? [];
  if (given.length === 0) return { layers: [], problems: [] };
  const problems: Problem[] = [];
  const assignments = given.flatMap(text => collectProblem(problems, () => [parseAssignment(text, definitions)]));
  const base = withDefaults(mergeLayers(below.map(layer => layer.values)));
  return { layers: collectProblem(problems, () => [setLayer(assignments, base)]), problems };
}

function collectProblem<T>(problems: Problem[], work: () => T[]): T[] {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SentopsError)) throw error;
    const path = error.details['path'];
    problems.push(problemFrom(error, typeof path === 'string' ? path : null));
    return [];
  }
}

function flagLayers(request: ProjectRequest): Layer[] {
  const flags = request.flags ?? {};
  let values: Json = {};
  const names = new Map<string, string>();
  for (const [dotted, { flag, value }] of Object.entries(flags)) {
    const at = knownPath(dotted.split('.'));
    values = withValueAt(values, at, value);
    names.set(at.join('.'), flag);
  }
  if (names.size === 0) return [];
  const nameOf = (at: readonly string[]) =>
    names.get(at.join('.')) ?? [...names].find(([known]) => at.join('.').startsWith(`${known}.`))?.[1] ?? 'flags';
  return [{ kind: 'flag', name: 'flags', values, place: () => undefined, nameOf }];
}

/** Made only when somebody asks where a value comes from. */
function defaultLayer(): Layer {
  let values: Json | undefined;
  return {
    kind: 'default',
    name: 'built-in default',
    get values() {
      values ??= defaultValues();
      return values;
    },
    place: () => undefined,
  };
}

function byKind(a: Layer, b: Layer): number {
  return LAYER_KINDS.indexOf(a.kind) - LAYER_KINDS.indexOf(b.kind);
}

function checkVersion(sources: readonly SourceFile[], version: string): void {
  for (const source of sources) {
    const range = getAt(source.values, ['requires']);
    if (typeof range !== 'string' || range.trim() === '' || satisfiesRange(version, range)) continue;
    throw new SentopsError(
      'CONFIG_INVALID',
      `${source.name} requires sentops ${range}, and this is sentops ${version}`,
      {
        hint: 'install a version that fits, or change requires:',
        place: source.place(['requires']),
        details: { requires: range, version },
      },
    );
  }
}

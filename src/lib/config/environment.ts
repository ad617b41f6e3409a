import type { SourcePlace } from '../core/errors.ts';
import { SentopsError } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import { DOTENV_NAME } from './discover.ts';
import type { Dotenv } from './dotenv.ts';
import { escapeReferences } from './escape.ts';
import type { Field } from './fields/types.ts';
import { envName, listFields, pathForEnv } from './names.ts';
import { normalizeKeys } from './normalize.ts';
import { parseValue } from './parse-value.ts';
import { formatPath, type Path } from './path.ts';
import { isMap, withValueAt } from './tree.ts';
import type { Json, Layer, LayerKind, Problem } from './types.ts';

interface EnvironmentLayers {
  readonly layers: readonly Layer[];
  readonly problems: readonly Problem[];
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Names of ours that are no values of the project. */
const OTHER_NAMES = /^SENTOPS_(?:VAR_|CONFIG$|TARGET$|PROFILE$|NO_FAST$|SECRETMANAGER_ENDPOINT$)/;

/** What the environment says: first the names made from paths, below them those that other tools know too. */
export function environmentLayers(env: Variables): EnvironmentLayers {
  const own = collect(ownNames(env), env, 'env', () => undefined);
  const ecosystem = collect(ecosystemNames(env), env, 'ecosystem-env', () => undefined);
  return {
    layers: [own.layer, ecosystem.layer],
    problems: [...own.problems, ...misspeltNames(env), ...ecosystem.problems],
  };
}

/** The same names from `.env`, as one layer below the real environment. */
export function dotenvLayer(dotenv: Dotenv, file: string): EnvironmentLayers {
  const env = Object.fromEntries([...dotenv.entries].map(([name, entry]) => [name, entry.value]));
  const placeOf = (name: string): SourcePlace => ({ file, line: dotenv.entries.get(name)?.line ?? 1, column: 1 });
  const { layer, problems } = collect([...ecosystemNames(env), ...ownNames(env)], env, 'dotenv', placeOf);
  return { layers: [layer], problems: [...dotenv.problems, ...problems] };
}

interface Named {
  readonly name: string;
  readonly path: string;
}

/** An empty variable is how shells and CI systems say "not set", except where an empty text means something. */
function ownNames(env: Variables): Named[] {
  return Object.keys(env).flatMap(name => {
    const path = name.startsWith('SENTOPS_') && !OTHER_NAMES.test(name) ? pathForEnv(name) : undefined;
    if (path === undefined || env[name] === undefined) return [];
    return env[name] === '' && !allowsEmpty(path) ? [] : [{ name, path }];
  });
}

function ecosystemNames(env: Variables): Named[] {
  return listFields().flatMap(({ path, field }) => {
    const name = field.meta.env?.find(candidate => !candidate.startsWith('SENTOPS_') && env[candidate]);
    return name === undefined ? [] : [{ name, path }];
  });
}

function collect(
  names: readonly Named[],
  env: Variables,
  kind: LayerKind,
  placeOf: (name: string) => SourcePlace | undefined,
): { readonly layer: Layer; readonly problems: readonly Problem[] } {
  let values: Json = {};
  let hasMaps = false;
  const problems: Problem[] = [];
  const nameByPath = new Map<string, string>();
  for (const { name, path } of names) {
    const parsed = parseVariable(name, path, env[name] ?? '', placeOf(name));
    if ('problem' in parsed) problems.push(parsed.problem);
    else {
      values = withValueAt(values, path.split('.'), escapeReferences(parsed.value));
      hasMaps ||= isMap(parsed.value);
      nameByPath.set(path, name);
    }
  }
  const nameAt = (path: Path) => nameOn(nameByPath, path);
  const layer: Layer = {
    kind,
    name: kind === 'dotenv' ? DOTENV_NAME : 'environment',
    // A map as JSON may be spelt as in a file.
    values: hasMaps ? normalizeKeys(values).values : values,
    place: path => {
      const name = nameAt(path);
      return name === undefined ? undefined : placeOf(name);
    },
    nameOf: path => nameAt(path) ?? 'environment',
  };
  return { layer, problems };
}

function parseVariable(
  name: string,
  path: string,
  text: string,
  place: SourcePlace | undefined,
): { readonly value: Json } | { readonly problem: Problem } {
  const field = fieldOf(path);
  if (field === undefined) return { value: text };
  try {
    return { value: parseValue(field.type, text, name) };
  } catch (error) {
    if (!(error instanceof SentopsError)) throw error;
    const { code, message, hint } = error;
    return { problem: { severity: 'error', code, path, message, hint, place: place ?? null } };
  }
}

/** A name that is nearly one of ours was probably meant to be it; others belong to somebody else. */
function misspeltNames(env: Variables): Problem[] {
  const unknown = Object.keys(env).filter(
    name => name.startsWith('SENTOPS_') && !OTHER_NAMES.test(name) && pathForEnv(name) === undefined,
  );
  if (unknown.length === 0) return [];
  const known = listFields().map(({ path }) => envName(path));
  return unknown.flatMap((name): Problem[] => {
    const meant = suggest(name, known);
    if (meant === undefined) return [];
    return [
      {
        severity: 'warning',
        code: 'KEY_UNKNOWN',
        path: null,
        message: `the environment variable ${name} sets nothing`,
        hint: `did you mean ${meant}?`,
        place: null,
      },
    ];
  });
}

function nameOn(nameByPath: ReadonlyMap<string, string>, path: Path): string | undefined {
  for (let length = path.length; length > 0; length--) {
    const name = nameByPath.get(path.slice(0, length).join('.'));
    if (name !== undefined) return name;
  }
  const prefix = `${formatPath(path)}.`;
  return [...nameByPath].find(([known]) => known.startsWith(prefix))?.[1];
}

function allowsEmpty(path: string): boolean {
  const type = fieldOf(path)?.type;
  return type?.kind === 'string' && type.allowEmpty === true;
}

function fieldOf(path: string): Field | undefined {
  return listFields().find(entry => entry.path === path)?.field;
}

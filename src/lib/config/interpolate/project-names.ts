import { SentopsError } from '../../core/errors.ts';
import { suggest } from '../../core/suggest.ts';
import { fieldAt, listFields } from '../names.ts';
import { parseValue } from '../parse-value.ts';
import { formatPath, type Path } from '../path.ts';
import { placesForField, placesForVariable } from '../places-to-set.ts';
import { isSecret, type Secret } from '../secret-type.ts';
import { childOf, type JsonMap } from '../tree.ts';
import type { Json } from '../types.ts';
import { typeOfValue, type VariableDefinition, valueTypeOf } from '../variables.ts';
import { formatDate } from './date.ts';
import { readGitHead } from './git-head.ts';
import type { Lookup, NameResolver, Names, Resolved } from './resolver.ts';
import { UnresolvedReference } from './unresolved-reference.ts';

interface ProjectNamesOptions {
  readonly tree: JsonMap;
  readonly definitions: ReadonlyMap<string, VariableDefinition>;
  readonly env: (name: string) => string | undefined;
  readonly dir: string;
  readonly cwd: string;
  readonly target: string | null;
  readonly now: Date;
  /** The secret of that name, or undefined where the project defines none. */
  readonly secret: (name: string, fallback?: string | Secret) => Secret | undefined;
  readonly secretNames: readonly string[];
  /** `sentops.yaml:12` for a path that a file holds. */
  readonly placeName: (path: Path) => string | undefined;
}

type Handler = (rest: string, resolver: NameResolver, at: Path) => Lookup;

/** What `${…}` may name besides the values of the tree itself. */
export function projectNames(options: ProjectNamesOptions): Names {
  const git = once(() => readGitHead(options.dir));
  const handlers: Readonly<Record<string, Handler>> = {
    var: (rest, resolver, at) => lookUpVariable(options, rest, resolver, at),
    env: (rest, _resolver, at) => lookUpEnvironment(options, rest, at),
    secret: (rest, _resolver, at) => lookUpSecret(options, rest, at),
    git: (rest, _resolver, at) => lookUpGit(git, rest, at),
  };
  const constants: Readonly<Record<string, () => string | null>> = {
    'project.dir': () => options.dir,
    cwd: () => options.cwd,
    target: () => options.target,
  };
  return {
    lookUp(name, resolver, at) {
      if (name.startsWith('date:')) return lookUpDate(options.now, name.slice('date:'.length), at);
      const constant = Object.hasOwn(constants, name) ? constants[name] : undefined;
      if (constant !== undefined) return { value: constant() ?? undefined, error: () => noTarget(at) };
      const dot = name.indexOf('.');
      const handler = Object.hasOwn(handlers, name.slice(0, dot)) ? handlers[name.slice(0, dot)] : undefined;
      return handler?.(name.slice(dot + 1), resolver, at);
    },
    missing: (name, path, at) => missingValue(options, name, path, at),
    fit: (value, at) => fitField(value, at),
  };
}

function lookUpVariable(options: ProjectNamesOptions, rest: string, resolver: NameResolver, at: Path): Lookup {
  const [name = '', ...inside] = rest.split('.');
  const definition = options.definitions.get(name);
  if (definition === undefined) {
    const hint = didYouMean(
      `var.${name}`,
      [...options.definitions.keys()].map(known => `var.${known}`),
      `define it under variables: in sentops.yaml`,
    );
    return {
      value: undefined,
      error: () => new UnresolvedReference('unknown', at, `there is no variable ${name}`, hint),
    };
  }
  const raw = childOf(childOf(options.tree['variables'], name), 'default') as Json | undefined;
  const error = () => missingVariable(options, name, definition, at);
  if (raw === undefined || raw === null) return { value: undefined, error };
  const whole = resolver.resolveNamed(`var.${name}`, raw, ['variables', name, 'default']);
  const fitted = fitVariable(name, definition, whole);
  const value = inside.reduce<unknown>(childOf, fitted);
  return { value: value as Resolved | undefined, error: () => unknownPart(name, inside, at) };
}

/** A text that came from elsewhere becomes what the variable is declared to be. */
function fitVariable(name: string, definition: VariableDefinition, value: Resolved): Resolved {
  if (isSecret(value) || !definition.isTyped) return value;
  const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  if (definition.type === 'string' && isScalar) return String(value);
  const fitted =
    typeof value === 'string' ? tryParse(value, () => parseValue(valueTypeOf(definition.type), value, name)) : value;
  const found = typeOfValue(fitted as Json) ?? 'string';
  const fits = found === definition.type || (definition.type === 'number' && found === 'integer');
  if (fits) return fitted;
  const at = ['variables', name, 'default'];
  throw new UnresolvedReference(
    'type',
    at,
    `the variable ${name} must be of type ${definition.type}, not ${found}`,
    `change its type or its value`,
  );
}

function lookUpEnvironment(options: ProjectNamesOptions, name: string, at: Path): Lookup {
  const hint = `set ${name} in the environment or in .env, or give a default: \${env.${name}:-…}`;
  return {
    value: options.env(name),
    error: () => new UnresolvedReference('missing-value', at, `the environment variable ${name} is not set`, hint),
  };
}

function lookUpSecret(options: ProjectNamesOptions, name: string, at: Path): Lookup {
  const secret = options.secret(name);
  if (secret !== undefined) {
    const asText = (value: Resolved) => (isSecret(value) ? value : String(value));
    return { value: secret, withFallback: fallback => options.secret(name, asText(fallback)) ?? fallback };
  }
  const hint = didYouMean(
    `secret.${name}`,
    options.secretNames.map(known => `secret.${known}`),
    `define it as secrets.${name} with env:, file: or gcp:`,
  );
  return { value: undefined, error: () => new UnresolvedReference('unknown', at, `there is no secret ${name}`, hint) };
}

function lookUpGit(git: () => ReturnType<typeof readGitHead>, name: string, at: Path): Lookup {
  if (name !== 'sha' && name !== 'branch') {
    return {
      value: undefined,
      error: () =>
        new UnresolvedReference('unknown', at, `there is no \${git.${name}}`, 'use ${git.sha} or ${git.branch}'),
    };
  }
  const why = name === 'branch' ? 'no branch is checked out' : 'the project is in no git repository with a commit';
  const hint = `give a default: \${git.${name}:-none}`;
  return {
    value: git()[name],
    error: () => new UnresolvedReference('missing-value', at, `\${git.${name}} has no value: ${why}`, hint),
  };
}

function lookUpDate(now: Date, pattern: string, at: Path): Lookup {
  const hint = 'use yyyy MM dd HH mm ss SSS, as in ${date:yyyy-MM-dd}, and quotes around other letters';
  return {
    value: formatDate(now, pattern),
    error: () => new UnresolvedReference('unknown', at, `"${pattern}" is not a date format`, hint),
  };
}

function missingVariable(
  options: ProjectNamesOptions,
  name: string,
  definition: VariableDefinition,
  at: Path,
): UnresolvedReference {
  const what = definition.description === undefined ? name : `${name} (${definition.description})`;
  const places = placesForVariable(name, definition, options.target, options.placeName);
  return new UnresolvedReference(
    'missing-variable',
    at,
    `the variable ${what} has no value`,
    `set it in one of: ${places.join(', ')}`,
  );
}

function missingValue(options: ProjectNamesOptions, name: string, path: Path, at: Path): UnresolvedReference {
  const isKnown = path.length > 0 && fieldAt(path) !== undefined;
  if (isKnown) {
    const places = placesForField(path, options.target).join(', ');
    return new UnresolvedReference(
      'missing-value',
      at,
      `\${${name}} has no value`,
      `set it in one of: ${places}; or give a default: \${${name}:-…}`,
    );
  }
  const known = [
    ...listFields().map(field => field.path),
    ...[...options.definitions.keys()].map(variable => `var.${variable}`),
    ...options.secretNames.map(secret => `secret.${secret}`),
    'project.dir',
    'cwd',
    'target',
    'git.sha',
    'git.branch',
  ];
  const bare = options.definitions.has(name) ? `var.${name}` : undefined;
  const fallback =
    'a reference is var.<name>, env.<NAME>, secret.<name>, git.sha, date:<format>, or the path of a value; write $${ for a literal ${';
  const hint = bare === undefined ? didYouMean(name, known, fallback) : `did you mean \${${bare}}?`;
  return new UnresolvedReference('unknown', at, `\${${name}} refers to nothing`, hint);
}

/** A value that came through a reference is fitted to its field: texts to numbers, numbers to texts. */
function fitField(value: Resolved, at: Path): Resolved {
  if (at[0] === 'variables') return value;
  const node = fieldAt(at);
  const field = node?.node === 'field' ? node : undefined;
  if (isSecret(value)) {
    if (field?.meta.secret === true) return value;
    const hint = 'a ${secret.…} may stand in fields made for one, such as mlflow.auth.token or kafka.auth.password';
    throw new UnresolvedReference('secret', at, `${formatPath(at)} would show a secret: it is no field for one`, hint);
  }
  const kind = field?.type.kind;
  if (kind === 'string' && (typeof value === 'number' || typeof value === 'boolean')) return String(value);
  if (
    typeof value !== 'string' ||
    field === undefined ||
    kind === 'string' ||
    kind === 'enum' ||
    kind === 'any' ||
    kind === 'union'
  )
    return value;
  return tryParse(value, () => parseValue(field.type, value, formatPath(at)));
}

/** What does not parse stays as it is: the check of the resolved values says what is wrong with it. */
function tryParse(text: string, parse: () => Json): Json {
  try {
    return parse();
  } catch (error) {
    if (error instanceof SentopsError) return text;
    throw error;
  }
}

function unknownPart(name: string, inside: readonly string[], at: Path): UnresolvedReference {
  return new UnresolvedReference(
    'unknown',
    at,
    `the variable ${name} has no part ${inside.join('.')}`,
    `look at variables.${name}`,
  );
}

function noTarget(at: Path): UnresolvedReference {
  return new UnresolvedReference(
    'missing-value',
    at,
    '${target} has no value: no target is chosen',
    'give --target NAME, mark one with default: true, or write ${target:-none}',
  );
}

function didYouMean(name: string, known: readonly string[], otherwise: string): string {
  const meant = suggest(name, known);
  return meant === undefined ? otherwise : `did you mean \${${meant}}?`;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

import { SentopsError } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import { describeType } from './describe.ts';
import type { Dotenv } from './dotenv.ts';
import { escapeReferences } from './escape.ts';
import type { ValueType } from './fields/types.ts';
import { parseValue } from './parse-value.ts';
import type { Path } from './path.ts';
import { childOf, isMap } from './tree.ts';
import type { Json, Layer, LayerKind, Problem } from './types.ts';

type VariableType = 'string' | 'integer' | 'number' | 'boolean' | 'list' | 'map';

export interface VariableDefinition {
  readonly type: VariableType;
  /** False where neither a declaration nor the default shows the type: the default is a reference. */
  readonly isTyped: boolean;
  readonly env: readonly string[];
  readonly description: string | undefined;
  readonly secret: boolean;
}

interface VariableOverrides {
  readonly layers: readonly Layer[];
  readonly problems: readonly Problem[];
}

/** What the merged files say about the variables; without a `type` the default shows it. */
export function readDefinitions(variables: unknown): ReadonlyMap<string, VariableDefinition> {
  const entries = isMap(variables) ? Object.entries(variables) : [];
  return new Map(entries.map(([name, value]) => [name, readDefinition(value)]));
}

export function valueTypeOf(type: VariableType): ValueType {
  if (type === 'list' || type === 'map') return { kind: type, of: { kind: 'any' } };
  return type === 'string' ? { kind: 'string', allowEmpty: true } : { kind: type };
}

/** The kind of value that JSON shows; null for a text with references, whose value is not known yet. */
export function typeOfValue(value: Json): VariableType | null {
  if (Array.isArray(value)) return 'list';
  if (isMap(value)) return 'map';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (typeof value === 'boolean') return 'boolean';
  return typeof value === 'string' && value.includes('${') ? null : 'string';
}

/**
 * The names under which the environment may hold a variable, strongest first: as it is spelt, in capitals, and those
 * of its `env` list.
 */
export function variableEnvNames(name: string): string[] {
  const exact = `SENTOPS_VAR_${name}`;
  return [...new Set([exact, exact.toUpperCase()])];
}

/** `--var`, SENTOPS_VAR_<name>, the `env` names of each variable, and the same from `.env`: as layers over the files. */
export function variableLayers(
  definitions: ReadonlyMap<string, VariableDefinition>,
  given: {
    readonly vars: readonly string[];
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly dotenv: Dotenv | null;
    readonly dotenvName: string;
  },
): VariableOverrides {
  const collector = new OverrideCollector(definitions);
  for (const text of given.vars) collector.addFlag(text);
  const dotenv = given.dotenv?.entries;
  for (const [name, definition] of definitions) {
    const own = variableEnvNames(name);
    for (const candidate of own) collector.addText('env', name, candidate, given.env[candidate]);
    // Other tools write an empty variable for "not set"; under our own name an empty text is a value.
    for (const candidate of definition.env)
      collector.addText('ecosystem-env', name, candidate, given.env[candidate] || undefined);
    for (const candidate of own)
      collector.addText(
        'dotenv',
        name,
        candidate,
        dotenv?.get(candidate)?.value,
        given.dotenvName,
        dotenv?.get(candidate)?.line,
      );
    for (const candidate of definition.env)
      collector.addText(
        'dotenv',
        name,
        candidate,
        dotenv?.get(candidate)?.value || undefined,
        given.dotenvName,
        dotenv?.get(candidate)?.line,
      );
  }
  return { layers: collector.layers(), problems: [...collector.problems, ...unknownNames(definitions, given.env)] };
}

interface Override {
  readonly value: Json;
  readonly name: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
}

class OverrideCollector {
  readonly problems: Problem[] = [];
  readonly #definitions: ReadonlyMap<string, VariableDefinition>;
  readonly #found = new Map<LayerKind, Map<string, Override>>();

  constructor(definitions: ReadonlyMap<string, VariableDefinition>) {
    this.#definitions = definitions;
  }

  addFlag(text: string): void {
    const equals = text.indexOf('=');
    const name = text.slice(0, Math.max(0, equals)).trim();
    const definition = this.#definitions.get(name);
    if (name === '')
      this.#report('USAGE', null, `--var needs name=value, not "${text}"`, 'as in --var region=europe-west1');
    else if (definition === undefined) {
      this.#report('USAGE', null, `there is no variable ${name}`, hintForUnknown(name, this.#definitions.keys()));
    } else if (definition.secret) {
      const hint = `set ${variableEnvNames(name).at(-1)} in the environment or in .env`;
      this.#report('USAGE', null, `the variable ${name} is a secret, and a command line can be seen by others`, hint);
    } else {
      const value = this.#parse(name, definition, text.slice(equals + 1), `--var ${name}`);
      if (value !== undefined) this.#put('set', name, { value, name: '--var', file: undefined, line: undefined }, true);
    }
  }

  addText(kind: LayerKind, name: string, source: string, text: string | undefined, file?: string, line?: number): void {
    const definition = this.#definitions.get(name);
    if (definition === undefined || text === undefined || this.#found.get(kind)?.has(name)) return;
    if (definition.type === 'list' || definition.type === 'map') {
      this.#report(
        'CONFIG_INVALID',
        `variables.${name}`,
        `${source} cannot set the variable ${name}, which is a ${definition.type}: an environment variable holds a single value`,
        `give it as JSON with --var ${name}=…, or set variables.${name} in sentops.local.yaml or in a target`,
      );
      return;
    }
    const value = this.#parse(name, definition, text, source);
    if (value !== undefined) this.#put(kind, name, { value, name: source, file, line }, false);
  }

  layers(): Layer[] {
    return [...this.#found].map(([kind, overrides]) => toLayer(kind, overrides));
  }

  #parse(name: string, definition: VariableDefinition, text: string, source: string): Json | undefined {
    try {
      return escapeReferences(parseValue(valueTypeOf(definition.type), text, source));
    } catch (error) {
      if (!(error instanceof SentopsError)) throw error;
      const message = definition.secret
        ? `${source} must be ${describeType(valueTypeOf(definition.type))}`
        : error.message;
      this.#report(error.code, `variables.${name}`, message, error.hint);
      return undefined;
    }
  }

  #put(kind: LayerKind, name: string, override: Override, replace: boolean): void {
    const overrides = this.#found.get(kind) ?? new Map<string, Override>();
    this.#found.set(kind, overrides);
    if (replace || !overrides.has(name)) overrides.set(name, override);
  }

  #report(code: string, path: string | null, message: string, hint: string): void {
    this.problems.push({ severity: 'error', code, path, message, hint, place: null });
  }
}

function toLayer(kind: LayerKind, overrides: ReadonlyMap<string, Override>): Layer {
  const at = (path: Path) => (path[0] === 'variables' ? overrides.get(path[1] ?? '') : undefined);
  const entries = [...overrides].map(([name, { value }]): [string, Json] => [name, { default: value }]);
  return {
    kind,
    name: kind === 'set' ? '--var' : kind === 'dotenv' ? '.env' : 'environment',
    values: { variables: Object.fromEntries(entries) },
    place: path => {
      const override = at(path);
      return override?.file === undefined ? undefined : { file: override.file, line: override.line ?? 1, column: 1 };
    },
    nameOf: path => at(path)?.name ?? 'environment',
  };
}

function readDefinition(value: Json): VariableDefinition {
  const type = childOf(value, 'type');
  const env = childOf(value, 'env');
  const description = childOf(value, 'description');
  const shown = childOf(value, 'default') as Json | undefined;
  const known = isVariableType(type) ? type : shown === undefined ? null : typeOfValue(shown);
  return {
    type: known ?? 'string',
    isTyped: known !== null,
    env: Array.isArray(env) ? env.filter(name => typeof name === 'string') : [],
    description: typeof description === 'string' ? description : undefined,
    secret: childOf(value, 'secret') === true,
  };
}

function isVariableType(value: unknown): value is VariableType {
  return typeof value === 'string' && ['string', 'integer', 'number', 'boolean', 'list', 'map'].includes(value);
}

function unknownNames(
  definitions: ReadonlyMap<string, VariableDefinition>,
  env: Readonly<Record<string, string | undefined>>,
): Problem[] {
  const known = new Set([...definitions.keys()].flatMap(variableEnvNames));
  const unknown = Object.keys(env).filter(name => name.startsWith('SENTOPS_VAR_') && !known.has(name));
  return unknown.map(name => {
    const hint = hintForUnknown(name.slice('SENTOPS_VAR_'.length), definitions.keys());
    return {
      severity: 'warning',
      code: 'KEY_UNKNOWN',
      path: null,
      message: `${name} sets no variable of this project`,
      hint,
      place: null,
    };
  });
}

function hintForUnknown(name: string, known: Iterable<string>): string {
  const names = [...known];
  const meant = suggest(name, names);
  if (meant !== undefined) return `did you mean ${meant}?`;
  return names.length === 0
    ? 'define it under variables: in the project file'
    : `the variables are ${names.join(', ')}`;
}

import { SentopsError } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import { knownKey } from './check.ts';
import { FIELDS } from './fields/index.ts';
import type { Field, Section, ValueType } from './fields/types.ts';
import { fieldAt, listFields } from './names.ts';
import { normalizeKeys } from './normalize.ts';
import { parseValue } from './parse-value.ts';
import { formatPath, type Path, parsePath } from './path.ts';
import { getAt, type JsonMap, withValueAt } from './tree.ts';
import type { Json, Layer, Problem } from './types.ts';
import { type VariableDefinition, valueTypeOf } from './variables.ts';

interface Assignment {
  readonly path: Path;
  readonly value: Json;
}

type Definitions = ReadonlyMap<string, VariableDefinition>;

/** What the files say about themselves; changing it on the command line would come too late. */
const FIXED: ReadonlySet<string> = new Set(['version', 'requires', 'include', 'targets']);

/**
 * Reads one `path=value`: the path has to be in the field table, the value gets the type that the table wants, or that
 * of the variable which it sets.
 */
export function parseAssignment(text: string, definitions: Definitions = new Map()): Assignment {
  const equals = text.indexOf('=');
  if (equals <= 0) {
    throw new SentopsError('USAGE', `--set needs path=value, not "${text}"`, {
      hint: 'as in --set train.numFeatures=1024',
    });
  }
  const path = withDefaultKey(knownPath(parsePath(text.slice(0, equals).trim())));
  const [top] = path;
  if (top !== undefined && FIXED.has(top)) {
    throw new SentopsError('USAGE', `${top} cannot be set on the command line`, {
      hint: `write it into the project file`,
    });
  }
  const written = text.slice(equals + 1);
  const node = fieldAt(path);
  if (written === 'null') return { path, value: null };
  const variable = top === 'variables' && path[2] === 'default' ? definitions.get(path[1] ?? '') : undefined;
  const isSecret = variable?.secret === true || (node?.node === 'field' && node.meta.secret === true);
  if (isSecret && !written.includes('${secret.')) throw secretOnCommandLine(path);
  const type = variable === undefined ? typeOfNode(node) : valueTypeOf(variable.type);
  return { path, value: parseValue(type, written, formatPath(path)) };
}

function typeOfNode(node: Field | Section | undefined): ValueType | Section {
  if (node === undefined) return { kind: 'any' };
  return node.node === 'field' ? node.type : node;
}

/** The path in the table's spelling; the rest of a dotted key of a free map becomes one key. */
export function knownPath(given: Path): Path {
  const path: string[] = [];
  let node: Field | Section | undefined = FIELDS;
  for (const [index, key] of given.entries()) {
    if (node.node === 'field' && isMapOfScalars(node)) return [...path, given.slice(index).join('.')];
    const known: string = node.node === 'section' ? (knownKey(node, key) ?? key) : key;
    const next: Field | Section | undefined = fieldAt([...path, known]);
    if (next === undefined) throw unknownPath(given, [...path, key], node);
    path.push(known);
    node = next;
  }
  return path;
}

/** One layer for all `--set`, the later ones above the earlier; `base` is what stands below, for items of lists. */
export function setLayer(assignments: readonly Assignment[], base: JsonMap): Layer {
  let values: Json = {};
  for (const { path, value } of assignments) {
    const list = listAround(path);
    if (list === undefined) {
      values = withValueAt(values, path, value);
      continue;
    }
    const items = getAt(values, list) ?? getAt(base, list) ?? [];
    const index = Number(path[list.length]);
    if (!Array.isArray(items) || index > items.length) {
      const count = Array.isArray(items) ? items.length : 0;
      throw new SentopsError('USAGE', `--set ${formatPath(path)}: ${formatPath(list)} has ${count} items`, {
        hint: `give an index from 0 to ${count} (one past the last adds an item), or the whole list`,
      });
    }
    values = withValueAt(values, list, withValueAt(items, path.slice(list.length), value));
  }
  // A whole section as JSON may be spelt as in a file: `train={"num-features": 64}`.
  return { kind: 'set', name: '--set', values: normalizeKeys(values).values, place: () => undefined };
}

/** Turns what went wrong with one `--set` into a problem, so that all of them are told at once. */
export function problemFrom(error: SentopsError, path: string | null = null): Problem {
  return {
    severity: 'error',
    code: error.code,
    path,
    message: error.message,
    hint: error.hint,
    place: error.place ?? null,
  };
}

/** `variables.region` is short for its value: `variables.region.default`. */
export function withDefaultKey(path: Path): Path {
  return path.length === 2 && path[0] === 'variables' ? [...path, 'default'] : path;
}

function secretOnCommandLine(path: Path): SentopsError {
  return new SentopsError('USAGE', `${formatPath(path)} is a secret, and a command line can be seen by others`, {
    hint: 'name it under secrets: with env:, file: or gcp:, and write ${secret.<name>}',
  });
}

/** The innermost list that a path reaches into. */
export function listAround(path: Path): Path | undefined {
  for (let length = path.length - 1; length > 0; length--) {
    const node = fieldAt(path.slice(0, length));
    if (node?.node === 'field' && node.type.kind === 'list') return path.slice(0, length);
  }
  return undefined;
}

function isMapOfScalars({ type }: Field): boolean {
  if (type.kind !== 'map') return false;
  const branches = 'kind' in type.of && type.of.kind === 'union' ? type.of.of : [type.of];
  // The definition of a variable is a section: in `variables.x.default` the dots are no part of a name.
  return !branches.some(branch => 'node' in branch || (type.of === branch && isContainer(branch)));
}

function isContainer({ kind }: ValueType): boolean {
  return kind === 'map' || kind === 'list';
}

function unknownPath(given: Path, failed: Path, node: Field | Section): SentopsError {
  const siblings = node.node === 'section' ? Object.keys(node.fields) : [];
  const parent = failed.slice(0, -1);
  const near = suggest(failed.at(-1) ?? '', siblings);
  const whole = suggest(
    formatPath(given),
    listFields().map(({ path }) => path),
  );
  const meant = near === undefined ? whole : formatPath([...parent, near, ...given.slice(failed.length)]);
  const hint =
    meant !== undefined
      ? `did you mean ${meant}?`
      : siblings.length > 0
        ? `the keys here are ${siblings.join(', ')}`
        : `${formatPath(parent)} is a single value`;
  return new SentopsError('USAGE', `there is no configuration value ${formatPath(given)}`, {
    hint,
    details: { path: formatPath(given) },
  });
}

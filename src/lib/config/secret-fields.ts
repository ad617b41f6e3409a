import { isSecretKey, passwordsOf } from './credentials.ts';
import { FIELDS } from './fields/index.ts';
import type { Field, Section, ValueType } from './fields/types.ts';
import { fieldAt } from './names.ts';
import type { Path } from './path.ts';
import { childOf, isMap } from './tree.ts';
import type { VariableDefinition } from './variables.ts';

/**
 * Whether the text at a path is shown to nobody: its field holds secrets, or its key in a free map says so. `node` is
 * the table's entry for the path, where the caller knows it already.
 */
export function isHidden(
  path: Path,
  definitions: ReadonlyMap<string, VariableDefinition>,
  node: Field | Section | undefined = fieldAt(path),
): boolean {
  const own = path[0] === 'targets' ? path.slice(2) : path;
  const [section, name = ''] = own;
  if (section === 'variables')
    return own[2] === 'default' && (definitions.get(name)?.secret === true || isSecretKey(name));
  // These name where a secret is kept, not the secret.
  if (section === 'secrets' || node?.node !== 'field') return false;
  return node.meta.secret === true || (node.meta.doc === '' && isSecretKey(keyOf(own)));
}

/** The items of a list are what its key says. */
function keyOf(path: Path): string {
  return path.findLast(key => !/^\d+$/.test(key)) ?? '';
}

/** The literal secrets of a tree: given by the environment, or carelessly written into a file. */
export function hiddenTexts(tree: unknown, definitions: ReadonlyMap<string, VariableDefinition>): string[] {
  const { targets: _overlays, secrets: _names, variables, ...sections } = isMap(tree) ? tree : {};
  const ofVariables = [...definitions.keys()]
    .map(name => ['variables', name, 'default'])
    .filter(path => isHidden(path, definitions));
  const texts = ofVariables.map(([, name = '']) => childOf(childOf(variables, name), 'default'));
  const found = [...hiddenIn(FIELDS, sections), ...texts].filter(isSecretScalar).map(String);
  return [...found, ...passwordsIn({ ...sections, variables })];
}

/** Follows table and tree side by side: looking up each path from the top would cost every start some milliseconds. */
function* hiddenIn(node: Field | Section | ValueType, value: unknown): Generator<unknown> {
  if ('node' in node && node.node === 'field') {
    if (node.meta.secret === true) {
      yield value;
    } else if (typeof value === 'object') yield* hiddenIn(node.type, value);
  } else if ('node' in node) {
    for (const [key, child] of Object.entries(isMap(value) ? value : {})) {
      const field = Object.hasOwn(node.fields, key) ? node.fields[key] : undefined;
      if (field !== undefined) yield* hiddenIn(field, child);
      else yield* hiddenBelow(key, child);
    }
  } else if (node.kind === 'list' && Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') yield* hiddenIn(node.of, item);
  } else if (node.kind === 'map' && isMap(value) && 'node' in node.of) {
    for (const child of Object.values(value)) yield* hiddenIn(node.of, child);
  } else if (isMap(value)) {
    for (const [key, child] of Object.entries(value)) yield* hiddenBelow(key, child);
  }
}

/** In a part of the tree that the table does not describe only the keys tell. */
function* hiddenBelow(key: string, value: unknown): Generator<unknown> {
  if (isSecretKey(key)) yield* Array.isArray(value) ? value : [value];
  if (isMap(value)) for (const [child, below] of Object.entries(value)) yield* hiddenBelow(child, below);
}

/** A number may be a password too: 20240101 without quotes. */
function isSecretScalar(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

/** Addresses with a user and a password, as servers behind a proxy have: only the password is secret. */
function* passwordsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') {
    if (value.includes('@')) yield* passwordsOf(value);
  } else if (Array.isArray(value) || isMap(value)) {
    for (const child of Object.values(value)) yield* passwordsIn(child);
  }
}

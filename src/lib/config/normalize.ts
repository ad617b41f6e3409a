import { checkSpelling, knownKey } from './check.ts';
import { FIELDS } from './fields/index.ts';
import type { Field, Section, ValueType } from './fields/types.ts';
import type { Finding } from './findings.ts';
import type { Path } from './path.ts';
import { formatPath } from './path.ts';
import { isMap, type JsonMap } from './tree.ts';
import type { Json } from './types.ts';

export interface Normalized {
  readonly values: Json;
  /** What was renamed; `checkValues` of the values as written says the same. */
  readonly findings: readonly Finding[];
  /** Where the value of a path of `values` stands in the tree as it was written. */
  writtenPath(path: Path): Path;
}

interface Trail {
  readonly path: Path;
  readonly written: Path;
  readonly originals: Map<string, Path>;
  readonly findings: Finding[];
}

/**
 * One spelling for every layer before they are merged: kebab and snake keys get the name of the table, and
 * `variables: { region: x }` becomes `{ default: x }`. What is wrong with the values is the business of `checkValues`.
 */
export function normalizeKeys(values: Json): Normalized {
  const trail: Trail = { path: [], written: [], originals: new Map(), findings: [] };
  const normalized = normalizeSection(FIELDS, values, trail);
  return { values: normalized, findings: trail.findings, writtenPath: path => findWritten(trail.originals, path) };
}

function normalizeSection(section: Section, values: Json, trail: Trail): Json {
  if (!isMap(values)) return values;
  const entries = Object.keys(values).flatMap((key): [string, Json][] => {
    const known = knownKey(section, key) ?? key;
    if (known !== key) trail.findings.push(checkSpelling(values, known, [...trail.written, key]));
    // Given in both spellings, the right one wins.
    if (known !== key && Object.hasOwn(values, known)) return [];
    const node = Object.hasOwn(section.fields, known) ? section.fields[known] : undefined;
    const value = values[key] ?? null;
    return [[known, node === undefined ? value : normalizeNode(node, value, step(trail, known, key))]];
  });
  return Object.fromEntries(entries);
}

function normalizeNode(node: Field | Section | ValueType, value: Json, trail: Trail): Json {
  if ('node' in node) {
    return node.node === 'section' ? normalizeSection(node, value, trail) : normalizeNode(node.type, value, trail);
  }
  switch (node.kind) {
    case 'list':
      return Array.isArray(value) ? value.map((item, i) => normalizeNode(node.of, item, step(trail, `${i}`))) : value;
    case 'map':
      return isMap(value) ? normalizeMap(node.of, value, trail) : value;
    case 'union':
      return normalizeUnion(node.of, value, trail);
    default:
      return value;
  }
}

function normalizeMap(of: ValueType | Section, values: JsonMap, trail: Trail): Json {
  const keys = Object.keys(values);
  return Object.fromEntries(keys.map(key => [key, normalizeNode(of, values[key] ?? null, step(trail, key))]));
}

/** A definition with a `default` may be written as that default alone. */
function normalizeUnion(branches: readonly (ValueType | Section)[], value: Json, trail: Trail): Json {
  const definition = branches.find(branch => 'node' in branch);
  if (definition === undefined || value === null) return value;
  if (isMap(value)) return normalizeNode(definition, value, trail);
  if (!Object.hasOwn(definition.fields, 'default')) return value;
  trail.originals.set(formatPath([...trail.path, 'default']), trail.written);
  return { default: value };
}

function step(trail: Trail, key: string, written = key): Trail {
  const next = { ...trail, path: [...trail.path, key], written: [...trail.written, written] };
  if (key !== written) next.originals.set(formatPath(next.path), next.written);
  return next;
}

/** The nearest renamed key above the path, and the rest as it is. */
function findWritten(originals: ReadonlyMap<string, Path>, path: Path): Path {
  if (originals.size === 0) return path;
  for (let length = path.length; length > 0; length--) {
    const written = originals.get(formatPath(path.slice(0, length)));
    if (written !== undefined) return [...written, ...path.slice(length)];
  }
  return path;
}

import { FIELDS } from './fields/index.ts';
import type { Field, Section, ValueType } from './fields/types.ts';
import { dropNulls, mergeValues } from './merge.ts';
import { isMap, type JsonMap, putKey } from './tree.ts';
import type { Json } from './types.ts';

/**
 * Lays the merged layers over the table's defaults, in the order of the table. Maps merge with their default like
 * any two layers; a null where a value has a default brings the default back, inside a map it removes the entry.
 */
export function withDefaults(values: JsonMap): JsonMap {
  const filled = dropNulls(fillSection(FIELDS, values));
  return isMap(filled) ? filled : {};
}

/** The variables with those that are built in. */
export function variablesWithDefaults(values: JsonMap): Json | undefined {
  const { variables } = FIELDS.fields;
  return dropNulls(fillNode(variables, values['variables'], false) ?? {});
}

/** The tree of defaults alone: the weakest layer. */
export function defaultValues(): JsonMap {
  return withDefaults({});
}

function fillSection(section: Section, values: Json | undefined): Json {
  if (values !== undefined && values !== null && !isMap(values)) return values;
  const filled: JsonMap = {};
  for (const [key, node] of Object.entries(section.fields)) {
    const value = fillNode(
      node,
      values && Object.hasOwn(values, key) ? values[key] : undefined,
      section.partial === true,
    );
    if (value !== undefined) filled[key] = value;
  }
  for (const [key, value] of Object.entries(values ?? {})) {
    if (!Object.hasOwn(section.fields, key)) putKey(filled, key, value);
  }
  return filled;
}

function fillNode(node: Field | Section, value: Json | undefined, isPartial: boolean): Json | undefined {
  if (isPartial) return value;
  if (node.node === 'section') return fillSection(node, value);
  // The builders allow anything that is JSON as a default; the field's type parameter is about the resolved value.
  const fallback = node.meta.default as Json | undefined;
  const merged = value === null ? fallback : mergeValues(fallback, value);
  return merged === undefined ? undefined : fillType(node.type, merged);
}

/** Sections inside of maps and lists have defaults of their own: `profiles.ci.gcp.auth`. */
function fillType(type: ValueType, value: Json): Json {
  if ((type.kind !== 'map' && type.kind !== 'list') || !('node' in type.of) || type.of.partial) return value;
  const section = type.of;
  if (Array.isArray(value)) return value.map(item => fillSection(section, item));
  if (type.kind !== 'map' || !isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, item === null ? null : fillSection(section, item)]),
  );
}

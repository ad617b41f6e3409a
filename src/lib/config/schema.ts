import { patternOf } from './check-text.ts';
import { FIELDS } from './fields/index.ts';
import type { Field, ListType, NumberType, Section, TextType, ValueType } from './fields/types.ts';
import { envName } from './names.ts';
import { formatPath, type Path } from './path.ts';

type Schema = { [keyword: string]: unknown };

/** A text that is resolved later stands where anything else is expected. */
const REFERENCE = '\\$\\{';
const WHOLE_REFERENCE = '^\\$\\{[\\s\\S]*\\}$';
const NOT_FORBIDDEN = '^(?!__proto__$)';

/**
 * The project file as JSON Schema for editors. Draft 7 is what YAML language servers know best. It accepts what
 * `checkValues` accepts at the raw stage, but for kebab-case keys and for what no schema can say (sums, credentials).
 */
export function buildSchema(): Schema {
  const definitions: { [name: string]: Schema } = {};
  const properties = Object.entries(FIELDS.fields).map(([key, node]) => {
    definitions[key] = key === 'targets' ? targetsSchema() : nodeSchema(node, [key]);
    return [key, reference(key)];
  });
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'sentops project',
    description: FIELDS.doc,
    type: ['object', 'null'],
    properties: Object.fromEntries(properties),
    additionalProperties: false,
    definitions,
  };
}

/** A target repeats the whole file, so it refers to the definitions instead of writing them again. */
function targetsSchema(): Schema {
  const { targets } = FIELDS.fields;
  const overlay = targets.type.kind === 'map' && 'node' in targets.type.of ? targets.type.of : undefined;
  const properties = Object.entries(overlay?.fields ?? {}).map(([key, node]) => {
    const isShared = node === (FIELDS.fields as Readonly<Record<string, unknown>>)[key];
    return [key, isShared ? reference(key) : nodeSchema(node, ['targets', '<target>', key])];
  });
  const of: Schema = {
    description: overlay?.doc,
    type: ['object', 'null'],
    properties: Object.fromEntries(properties),
    additionalProperties: false,
  };
  return {
    ...head('targets', targets.meta.doc),
    default: targets.meta.default,
    ...nullable(mapSchema(targets.type, of)),
  };
}

function nodeSchema(node: Field | Section, path: Path): Schema {
  return node.node === 'section' ? sectionSchema(node, path) : fieldSchema(node, path);
}

function sectionSchema(section: Section, path: Path): Schema {
  const properties = Object.entries(section.fields).map(([key, node]) => [key, nodeSchema(node, [...path, key])]);
  return {
    ...head(formatPath(path), section.doc),
    type: ['object', 'null'],
    properties: Object.fromEntries(properties),
    ...(section.required ? { required: section.required } : {}),
    ...(section.open ? { propertyNames: { pattern: NOT_FORBIDDEN } } : { additionalProperties: false }),
  };
}

function fieldSchema(field: Field, path: Path): Schema {
  const { doc, default: value, secret } = field.meta;
  const names = field.meta.fileOnly || path.some(key => key.startsWith('<')) ? [] : sourcesOf(field, path);
  const text = [doc, ...names].join('\n\n');
  return {
    ...head(formatPath(path), text),
    ...(value === undefined ? {} : { default: value }),
    ...nullable(secret ? { type: 'string', pattern: '\\S|^$' } : typeSchema(field.type, path)),
  };
}

function sourcesOf(field: Field, path: Path): string[] {
  const { flag, env = [] } = field.meta;
  const names = [envName(path.join('.')), ...env];
  return [...(flag ? [`Flag: --${flag}`] : []), `Environment: ${names.join(', ')}`];
}

function head(title: string, description: string): Schema {
  return { title, description };
}

function reference(name: string): Schema {
  return { $ref: `#/definitions/${name}` };
}

/** In a map, null takes back what a weaker layer says. */
function nullable(schema: Schema): Schema {
  if (Array.isArray(schema['type'])) return { ...schema, type: [...schema['type'], 'null'] };
  if (typeof schema['type'] === 'string') return { ...schema, type: [schema['type'], 'null'] };
  if (Array.isArray(schema['anyOf'])) return { ...schema, anyOf: [...schema['anyOf'], { type: 'null' }] };
  return schema;
}

function typeSchema(type: ValueType | Section, path: Path): Schema {
  if ('node' in type) return withoutNull(sectionSchema(type, path));
  switch (type.kind) {
    case 'string':
      return { type: 'string', ...textSchema(type) };
    case 'integer':
    case 'number':
      return { type: [type.kind, 'string'], ...rangeSchema(type), pattern: REFERENCE };
    case 'boolean':
      return { type: ['boolean', 'string'], pattern: REFERENCE };
    case 'enum':
      return { anyOf: [{ enum: type.values }, { type: 'string', pattern: type.open ? OPEN_NAME : REFERENCE }] };
    case 'list':
      return listSchema(type, path);
    case 'map':
      return mapSchema(type, nullable(typeSchema(type.of, [...path, '<name>'])));
    case 'union':
      return { anyOf: type.of.map(branch => typeSchema(branch, path)) };
    case 'any':
      return {};
  }
}

const OPEN_NAME = `${REFERENCE}|^[^\\s\${}]+$`;

/** An item of a list stands or does not stand; it cannot take anything back. */
function withoutNull(schema: Schema): Schema {
  return { ...schema, type: 'object' };
}

function textSchema(type: TextType): Schema {
  const pattern = patternOf(type) ?? '\\S';
  return { pattern: [REFERENCE, pattern, ...(type.allowEmpty ? ['^$'] : [])].map(part => `(?:${part})`).join('|') };
}

function rangeSchema(range: NumberType): Schema {
  return {
    ...(range.above === undefined ? {} : { exclusiveMinimum: range.above }),
    ...(range.min === undefined ? {} : { minimum: range.min }),
    ...(range.max === undefined ? {} : { maximum: range.max }),
  };
}

function listSchema(type: ListType, path: Path): Schema {
  return {
    type: ['array', 'string'],
    items: typeSchema(type.of, [...path, '<n>']),
    ...(type.unique ? { uniqueItems: true } : {}),
    ...(type.minItems === undefined ? {} : { minItems: type.minItems }),
    pattern: WHOLE_REFERENCE,
  };
}

function mapSchema(type: ValueType, of: Schema): Schema {
  const keys = type.kind === 'map' ? type.keys : undefined;
  return {
    type: ['object', 'string'],
    propertyNames: { pattern: keys ?? NOT_FORBIDDEN },
    additionalProperties: of,
    pattern: WHOLE_REFERENCE,
  };
}

import type { Secret } from '../secret-type.ts';
import type {
  ExtensionPoint,
  Field,
  FieldMeta,
  Infer,
  Overlay,
  Section,
  Shape,
  StringFormat,
  Unit,
  ValueType,
} from './types.ts';

/** An item of a list or map needs no documentation of its own. */
type Meta = Omit<FieldMeta<unknown>, 'doc' | 'default'> & { readonly doc?: string };

interface StringOptions extends Meta {
  readonly default?: string;
  readonly pattern?: string;
  readonly patternDoc?: string;
  readonly format?: StringFormat;
  readonly allowEmpty?: boolean;
}

interface NumberOptions extends Meta {
  readonly default?: number | Reference;
  readonly min?: number;
  readonly max?: number;
  readonly unit?: Unit;
}

interface FractionOptions extends NumberOptions {
  readonly above?: number;
}

/** A default that is another value of the project: `${var.region}`. */
type Reference = `\${${string}}`;

type Missing<O> = O extends { readonly default: unknown } ? never : undefined;
type Text<O> = O extends { readonly secret: true } ? string | Secret : string;
type Item<N> = Exclude<Infer<N>, undefined>;

export function string<const O extends StringOptions>(options: O): Field<Text<O> | Missing<O>> {
  const { pattern, patternDoc, format, allowEmpty } = options;
  // A reference that finds no secret (`${secret.x:-}`) is an empty text: the service is then used without one.
  const empty = allowEmpty ?? options.secret;
  return field({ kind: 'string', pattern, patternDoc, format, allowEmpty: empty }, options);
}

export function integer<const O extends NumberOptions>(options: O): Field<number | Missing<O>> {
  const { min, max, unit } = options;
  return field({ kind: 'integer', min, max, unit }, options);
}

export function number<const O extends FractionOptions>(options: O): Field<number | Missing<O>> {
  const { min, max, above, unit } = options;
  return field({ kind: 'number', min, max, above, unit }, options);
}

export function boolean<const O extends Meta & { readonly default?: boolean }>(
  options: O,
): Field<boolean | Missing<O>> {
  return field({ kind: 'boolean' }, options);
}

export function oneOf<const V extends string, const O extends Meta & { readonly default?: NoInfer<V> }>(
  values: readonly V[],
  options: O,
): Field<V | Missing<O>> {
  return field({ kind: 'enum', values }, options);
}

/** One of our names, or one that a plugin brings. */
export function named<const V extends string, const O extends Meta & { readonly default?: string }>(
  values: readonly V[],
  options: O & { readonly open: ExtensionPoint },
): Field<V | (string & {}) | Missing<O>> {
  return field({ kind: 'enum', values, open: options.open }, options);
}

export function list<
  const N extends Field | Section,
  const O extends Meta & {
    readonly default?: readonly unknown[];
    readonly unique?: boolean;
    readonly minItems?: number;
  },
>(of: N, options: O): Field<Item<N>[] | Missing<O>> {
  const { unique, minItems } = options;
  return field({ kind: 'list', of: typeOf(of), unique, minItems }, options);
}

export function map<
  const N extends Field | Section,
  const O extends Meta & {
    readonly default?: Readonly<Record<string, unknown>>;
    readonly keys?: string;
    readonly keysDoc?: string;
  },
>(of: N, options: O): Field<Record<string, Item<N>> | Missing<O>> {
  const { keys, keysDoc } = options;
  return field({ kind: 'map', of: typeOf(of), keys, keysDoc }, options);
}

export function union<
  const N extends readonly (Field | Section)[],
  const O extends Meta & { readonly default?: unknown },
>(of: N, options: O): Field<Item<N[number]> | Missing<O>> {
  return field({ kind: 'union', of: of.map(typeOf) }, options);
}

export function anything<const O extends Meta & { readonly default?: unknown }>(options: O): Field<unknown> {
  return field({ kind: 'any' }, options);
}

export function section<const S extends Shape>(doc: string, fields: S): Section<S> {
  return { node: 'section', doc, fields };
}

/** A section that also keeps keys which the table does not know. */
export function openSection<const S extends Shape>(doc: string, fields: S): Section<S> {
  return { node: 'section', doc, fields, open: true };
}

/** A section that says nothing without these keys. */
export function sectionWith<const S extends Shape>(
  required: readonly (keyof S & string)[],
  doc: string,
  fields: S,
): Section<S> {
  return { node: 'section', doc, fields, required };
}

/** Part of another section, laid over it; the fields are shared, not copied. */
export function overlay<const S extends Shape>(doc: string, fields: S): Overlay<S> {
  return { node: 'section', doc, fields, partial: true };
}

function typeOf(node: Field | Section): ValueType | Section {
  return node.node === 'field' ? node.type : node;
}

/**
 * The one place where a value's TypeScript type is asserted instead of derived: the builders above compute it from
 * their options, and a default may be a `${…}` text until the project is resolved. The options are kept as they are,
 * uncopied: the table is built at every start of the program.
 */
function field<T>(type: ValueType, options: Meta & { readonly default?: unknown }): Field<T> {
  return { node: 'field', type, meta: options as FieldMeta<T> };
}

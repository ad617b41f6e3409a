/**
 * The vocabulary in which the field table is written. One entry describes a value once: its YAML key is its place
 * in the tree, and flag, environment name, default, documentation, JSON Schema and driver argument all come from it.
 */
export type ValueType =
  | { readonly kind: 'string'; readonly pattern?: string; readonly format?: StringFormat; readonly allowEmpty?: boolean }
  | { readonly kind: 'integer'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'number'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'list'; readonly of: ValueType | Section }
  | { readonly kind: 'map'; readonly of: ValueType | Section; readonly keys?: string }
  | { readonly kind: 'union'; readonly of: readonly (ValueType | Section)[] }
  | { readonly kind: 'any' };

/** duration: 30m, 3600s · percent: 50% · uri: gs://…, file://… or a path · hostport: localhost:9092 · semver: >=1 <2 */
export type StringFormat = 'duration' | 'percent' | 'uri' | 'path' | 'hostport' | 'semver' | 'gate' | 'cron';

export interface FieldMeta<T> {
  readonly doc: string;
  readonly default?: T;
  /** Long flag without dashes; absent = settable in the file, by --set and by environment only. */
  readonly flag?: string;
  readonly char?: string;
  /** Ecosystem environment names beside the derived SENTOPS_<PATH>, strongest first. */
  readonly env?: readonly string[];
  /** Argument of the reference systems' driver scripts, with dashes. */
  readonly driver?: string;
  /** May hold a ${secret.…}; a literal is flagged by validate, the value is redacted everywhere. */
  readonly secret?: boolean;
  /** A value that is not resolved through ${…} (it is read before interpolation). */
  readonly literal?: boolean;
}

export interface Field<T = unknown> {
  readonly node: 'field';
  readonly type: ValueType;
  readonly meta: FieldMeta<T>;
}

export interface Section<S extends Shape = Shape> {
  readonly node: 'section';
  readonly doc: string;
  readonly fields: S;
  /** Keys that the table does not know are kept instead of reported (raw overlays). */
  readonly open?: boolean;
}

export interface Shape {
  readonly [key: string]: Field | Section;
}

/** The TypeScript type of a resolved section: every field present, absent defaults as undefined. */
export type Infer<N> = N extends Field<infer T> ? T : N extends Section<infer S> ? { -readonly [K in keyof S]: Infer<S[K]> } : never;

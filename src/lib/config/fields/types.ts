/**
 * The vocabulary in which the field table is written. One entry describes a value once: its YAML key is its place
 * in the tree, and flag, environment name, default, documentation, JSON Schema and driver argument all come from it.
 */
export type ValueType =
  | TextType
  | NumberType
  | { readonly kind: 'boolean' }
  | { readonly kind: 'enum'; readonly values: readonly string[]; readonly open?: ExtensionPoint }
  | ListType
  | MapType
  /** The branches are of different kinds, so that a value belongs to one of them at most. */
  | { readonly kind: 'union'; readonly of: readonly (ValueType | Section)[] }
  | { readonly kind: 'any' };

export interface TextType {
  readonly kind: 'string';
  readonly pattern?: string | undefined;
  /** What the pattern stands for, in words: "lower-case letters, digits and hyphens". */
  readonly patternDoc?: string | undefined;
  readonly format?: StringFormat | undefined;
  readonly allowEmpty?: boolean | undefined;
}

export interface NumberType {
  readonly kind: 'integer' | 'number';
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** A least value that does not count itself. */
  readonly above?: number | undefined;
  readonly unit?: Unit | undefined;
}

export interface ListType {
  readonly kind: 'list';
  readonly of: ValueType | Section;
  readonly unique?: boolean | undefined;
  readonly minItems?: number | undefined;
}

export interface MapType {
  readonly kind: 'map';
  readonly of: ValueType | Section;
  readonly keys?: string | undefined;
  readonly keysDoc?: string | undefined;
}

/** duration: 30m, 3600s · percent: 50% · uri: gs://…, file://… or a path · hostport: localhost:9092 · semver: >=1 <2 */
export type StringFormat = 'duration' | 'percent' | 'uri' | 'path' | 'hostport' | 'semver' | 'gate' | 'cron';

/** Written after a number on the command line (`100ms`, `100GB`); the stored value is the bare number. */
export type Unit = 'ms' | 's' | 'GB' | 'd';

/** An enumeration that plugins and users extend: the values listed are ours, others are allowed. */
export type ExtensionPoint = 'runner' | 'dataset' | 'trainer' | 'metric' | 'notifier' | 'event';

export interface FieldMeta<T> {
  readonly doc: string;
  readonly default?: T;
  /** Long flag without dashes; absent = settable in the file, by --set and by environment only. */
  readonly flag?: string;
  readonly char?: string;
  /** Ecosystem environment names beside the derived SENTOPS_<PATH>, strongest first. */
  readonly env?: readonly string[];
  /** Argument of the reference systems' driver scripts (for the cluster: of gcloud), with dashes. */
  readonly driver?: string;
  /** How a boolean is handed to the driver: bare `--enable-cv`, or `--write-kafka true`; bare where absent. */
  readonly driverStyle?: 'bare' | 'value';
  /** May hold a ${secret.…}; a literal is flagged by validate, the value is redacted everywhere. */
  readonly secret?: boolean;
  /** Part of the file's own structure: it has no environment name. */
  readonly fileOnly?: boolean;
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
  readonly open?: true;
  /** Keys that must be there: a receiver without a type says nothing. */
  readonly required?: readonly string[];
  /** An overlay: what it does not name stays as it is below, so no default of its fields applies here. */
  readonly partial?: true;
}

export interface Overlay<S extends Shape = Shape> extends Section<S> {
  readonly partial: true;
}

export interface Shape {
  readonly [key: string]: Field | Section;
}

/** The TypeScript type of a resolved section: every field present, absent defaults as undefined. */
export type Infer<N> =
  N extends Field<infer T>
    ? T
    : N extends Overlay<infer S>
      ? DeepPartial<InferShape<S>>
      : N extends Section<infer S>
        ? InferShape<S>
        : never;

type InferShape<S extends Shape> = { -readonly [K in keyof S]: Infer<S[K]> };

/** Lists are replaced as a whole, so only maps and sections become partial. */
type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends { reveal: unknown }
    ? T
    : T extends object
      ? { [K in keyof T]?: DeepPartial<T[K]> | undefined }
      : T;

import type { Interfaces } from '@oclif/core';
import type { Field, ValueType } from '../lib/config/fields/types.ts';
import { envName, fieldAt } from '../lib/config/names.ts';
import type { Json } from '../lib/config/types.ts';
import { ERRORS, SentopsError } from '../lib/core/errors.ts';
import { Flags } from './framework.ts';

/** What a command says about a flag in other words than the field table does. */
export interface FieldFlagOverrides {
  readonly summary?: string;
  readonly char?: Interfaces.AlphabetLowercase | Interfaces.AlphabetUppercase;
  readonly helpGroup?: string;
  readonly aliases?: string[];
}

/** A flag whose value becomes the value of a path of the project file. */
export type PathFlag = Interfaces.Flag<Json | undefined> & { readonly path: string };

/**
 * The flag of an entry of the field table: name, values, default and documentation come from there. Its environment
 * twin is read with the configuration, where precedence is known, so the framework is told nothing about it.
 */
export function fieldFlag(path: string, overrides: FieldFlagOverrides = {}): PathFlag {
  const { type, meta } = fieldWithFlag(path);
  const name = `--${meta.flag}`;
  const { char } = meta;
  const shared = {
    summary: `${meta.doc.replace(/\.$/, '')} [env: ${envName(path)}].`,
    ...(char === undefined ? {} : { char: char as Interfaces.AlphabetLowercase }),
    ...overrides,
  };
  if (type.kind === 'boolean' && meta.driverStyle !== 'value') {
    return Object.assign(Flags.boolean({ ...shared, allowNo: true }), { path }) as unknown as PathFlag;
  }
  const option = makeOption({
    ...shared,
    ...describeValues(type),
    ...(meta.default === undefined ? {} : { defaultHelp: async () => describeDefault(meta.default) }),
    parse: (text: string) => readValue(type, text, name),
  });
  return Object.assign(option, { path }) as PathFlag;
}

/** The framework's overloads tell lists from single values by type, which a value of any kind cannot answer. */
const makeOption = Flags.custom<Json>() as unknown as (options: object) => Interfaces.OptionFlag<Json | undefined>;

/** The flags of several entries, by their names. */
export function fieldFlags(paths: readonly string[]): Record<string, PathFlag> {
  return Object.fromEntries(paths.map(path => [fieldWithFlag(path).meta.flag, fieldFlag(path)]));
}

function fieldWithFlag(path: string): Field & { readonly meta: { readonly flag: string } } {
  const field = fieldAt(path);
  if (field?.node !== 'field' || field.meta.flag === undefined)
    throw new Error(`${path} has no flag in the field table`);
  return field as Field & { readonly meta: { readonly flag: string } };
}

/** Values that plugins may add to are shown, not enforced: the configuration knows what is registered. */
function describeValues(type: ValueType): { options?: string[]; helpValue?: string } {
  if (type.kind === 'enum')
    return type.open ? { helpValue: `${type.values.join('|')}|…` } : { options: [...type.values] };
  if (type.kind === 'boolean') return { helpValue: 'true|false' };
  return { helpValue: HELP_VALUES[type.kind] ?? 'VALUE' };
}

const HELP_VALUES: Readonly<Partial<Record<ValueType['kind'], string>>> = {
  integer: 'N',
  number: 'N',
  list: 'A,B',
  map: 'K=V,…',
  string: 'TEXT',
};

function describeDefault(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every(item => typeof item !== 'object')) return value.join(',');
  return JSON.stringify(value);
}

async function readValue(type: ValueType, text: string, name: string): Promise<Json> {
  const { parseValue } = await import('../lib/config/parse-value.ts');
  try {
    return parseValue(type, text, name);
  } catch (error) {
    if (!(error instanceof SentopsError)) throw error;
    // The same mistake in the project file is one of the configuration; here it is one of the command line.
    throw new SentopsError('FLAG_INVALID', error.message, {
      hint: error.hint === ERRORS[error.code].hint ? ERRORS.FLAG_INVALID.hint : error.hint,
      details: { flag: name, value: text },
      cause: error,
    });
  }
}

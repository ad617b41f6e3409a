import type { NumberType, Section, ValueType } from './fields/types.ts';
import { FORMATS } from './formats.ts';
import { isSecret } from './secret-type.ts';

const LONGEST_QUOTE = 40;

/** What a value should be, for messages: "an integer of at least 1". */
export function describeType(type: ValueType | Section): string {
  if ('node' in type) return 'a map';
  switch (type.kind) {
    case 'string':
      return type.format ? FORMATS[type.format].expected : (type.patternDoc ?? 'a text');
    case 'integer':
      return `an integer${describeRange(type)}`;
    case 'number':
      return `a number${describeRange(type)}`;
    case 'boolean':
      return 'true or false';
    case 'enum':
      return describeChoices(type.values, type.open !== undefined);
    case 'list':
      return 'a list';
    case 'map':
      return 'a map';
    case 'union':
      return joinChoices(unique(type.of.map(describeType)));
    case 'any':
      return 'a value';
  }
}

/** What was found, short and without showing what may be a secret. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (isSecret(value)) return 'a secret';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a date';
  switch (typeof value) {
    case 'string':
      return value === '' ? 'an empty text' : `the text ${quote(value)}`;
    case 'number':
    case 'bigint':
      return `the number ${value}`;
    case 'boolean':
      return String(value);
    default:
      return 'a map';
  }
}

export function quote(text: string): string {
  const characters = Array.from(text.slice(0, LONGEST_QUOTE * 2));
  return JSON.stringify(characters.length > LONGEST_QUOTE ? `${characters.slice(0, LONGEST_QUOTE).join('')}…` : text);
}

function describeRange(range: NumberType): string {
  const { min, max, above } = range;
  if (above !== undefined) return ` above ${above}${max === undefined ? '' : ` and at most ${max}`}`;
  if (min !== undefined && min === max) return ` equal to ${min}`;
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? '' : ` of at most ${max}`;
}

function describeChoices(values: readonly string[], open: boolean): string {
  return `${open ? 'a name such as' : 'one of'} ${values.join(', ')}`;
}

function joinChoices(choices: readonly string[]): string {
  const last = choices.at(-1) ?? '';
  return choices.length < 2 ? last : `${choices.slice(0, -1).join(', ')} or ${last}`;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

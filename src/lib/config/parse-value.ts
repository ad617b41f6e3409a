import { SentopsError } from '../core/errors.ts';
import { checkValue } from './check.ts';
import { describeType, describeValue } from './describe.ts';
import type { Section, Unit, ValueType } from './fields/types.ts';
import { formatPath } from './path.ts';
import { isMap } from './tree.ts';
import type { Json } from './types.ts';

const TRUE = /^(?:true|yes|on|1)$/i;
const FALSE = /^(?:false|no|off|0)$/i;
const NUMBER = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*([A-Za-z]*)$/i;
const UNITS: Readonly<Record<Unit, Readonly<Record<string, number>>>> = {
  ms: { ms: 1, s: 1000 },
  s: { s: 1, m: 60, h: 3600 },
  GB: { GB: 1, TB: 1000 },
  d: { d: 1, w: 7 },
};

/**
 * A value given as text (a flag, an environment variable, --set) as the value that its field wants. Lists are written
 * with commas or as JSON, maps as `k=v,k=v` or JSON; a text with `${…}` is left for interpolation. `name` is what the
 * user wrote it under, for the message.
 */
export function parseValue(type: ValueType | Section, text: string, name = 'value'): Json {
  const value = parseText(type, text, name);
  if ('node' in type || value === null) return value;
  const isWritten = text.includes('${');
  const problems = checkValue(type, value, [name], isWritten ? 'raw' : 'resolved')
    .filter(problem => problem.severity === 'error')
    // A credential on its way through the environment is where it belongs.
    .filter(problem => problem.code !== 'CREDENTIAL_LITERAL' && problem.code !== 'SECRET_MISPLACED');
  const [first] = problems;
  if (first === undefined) return value;
  // A path quotes a key with dots; a name like `train.numFeatures` is no such key.
  const messages = problems.map(problem => problem.message.replace(formatPath([name]), name));
  throw new SentopsError('CONFIG_INVALID', messages[0], {
    ...(first.hint === null ? {} : { hint: first.hint }),
    details: { problems: messages },
  });
}

function parseText(type: ValueType | Section, text: string, name: string): Json {
  if ('node' in type) return parseJson(text, isMap) ?? fail(type, text, name);
  if (/^\$\{[\s\S]*\}$/.test(text)) return text;
  if (text === 'null' && type.kind !== 'string' && type.kind !== 'enum') return null;
  switch (type.kind) {
    case 'string':
    case 'enum':
      return text;
    case 'boolean':
      return parseBoolean(text) ?? text;
    case 'integer':
    case 'number':
      return parseNumber(text.trim(), type.unit) ?? text;
    case 'list':
      return parseList(type.of, text, name);
    case 'map':
      return parseMap(type.of, text, name);
    case 'union':
      return parseUnion(type.of, text, name);
    case 'any':
      return parseJson(text, () => true) ?? text;
  }
}

function parseBoolean(text: string): boolean | undefined {
  if (TRUE.test(text.trim())) return true;
  return FALSE.test(text.trim()) ? false : undefined;
}

/** `100`, and with the unit of the field also `100ms` or `1s`. */
function parseNumber(text: string, unit: Unit | undefined): number | undefined {
  const [, digits, suffix] = NUMBER.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const factor = suffix === '' || suffix === undefined ? 1 : unit && UNITS[unit][suffix];
  if (factor === undefined) return undefined;
  // 1.005 × 1000 is 1004.9999999999999 in binary.
  const value = factor === 1 ? Number(digits) : Number((Number(digits) * factor).toPrecision(15));
  // Beyond this a number is rounded to another one: 12345678901234567890 → 12345678901234567000.
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : value;
}

function parseList(of: ValueType | Section, text: string, name: string): Json {
  const trimmed = text.trim();
  if (trimmed.startsWith('[')) return parseJson(trimmed, Array.isArray) ?? fail({ kind: 'list', of }, text, name);
  if (trimmed === '') return [];
  if ('node' in of) return fail({ kind: 'list', of }, text, name);
  return splitOutside(trimmed).map(item => parseText(of, item.trim(), name));
}

function parseMap(of: ValueType | Section, text: string, name: string): Json {
  const trimmed = text.trim();
  if (trimmed.startsWith('{')) return parseJson(trimmed, isMap) ?? fail({ kind: 'map', of }, text, name);
  if (trimmed === '') return {};
  if ('node' in of) return fail({ kind: 'map', of }, text, name);
  const entries = splitOutside(trimmed).map((pair): [string, Json] => {
    const equals = pair.indexOf('=');
    if (equals < 1) return fail({ kind: 'map', of }, text, name);
    return [pair.slice(0, equals).trim(), parseText(of, pair.slice(equals + 1).trim(), name)];
  });
  return Object.fromEntries(entries);
}

/** A text is every kind's last resort, so it is tried last. */
function parseUnion(branches: readonly (ValueType | Section)[], text: string, name: string): Json {
  const kinds = branches.flatMap(branch => ('node' in branch ? [] : [branch]));
  const takesAnyText = kinds.some(kind => kind.kind === 'string' && !kind.format && !kind.pattern);
  for (const kind of kinds) {
    if (kind.kind === 'number' || kind.kind === 'integer') {
      const value = parseNumber(text.trim(), kind.unit);
      if (value !== undefined && (isFaithful(value, text) || !takesAnyText)) return value;
    }
    if (kind.kind === 'boolean' && /^(?:true|false)$/.test(text)) return text === 'true';
    const isList = kind.kind === 'list' && text.trim().startsWith('[');
    if (isList) return parseList(kind.of, text, name);
  }
  return 'node' in (branches[0] ?? {}) && text.trim().startsWith('{') ? (parseJson(text, isMap) ?? text) : text;
}

/** `007` and `1.10` are names and versions, not the numbers 7 and 1.1. */
function isFaithful(value: number, text: string): boolean {
  return String(value) === text.trim();
}

/** At commas, but not at those inside a `${…}`. */
function splitOutside(text: string): string[] {
  return text.match(/(?:\$\{[^}]*\}|[^,])+/g) ?? [];
}

function parseJson(text: string, accepts: (value: unknown) => boolean): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return accepts(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function fail(type: ValueType | Section, text: string, name: string): never {
  const hints: Readonly<Record<string, string>> = {
    list:
      'of' in type && 'node' in type.of ? 'write it as JSON: [{"key": "value"}]' : 'write a,b,c or JSON: ["a", "b"]',
    map:
      'of' in type && 'node' in type.of
        ? 'write it as JSON: {"name": {"key": "value"}}'
        : 'write key=value,key=value or JSON',
  };
  const hint = ('kind' in type && hints[type.kind]) || 'write it as JSON: {"key": "value"}';
  throw new SentopsError('CONFIG_INVALID', `${name} must be ${describeType(type)}, not ${describeValue(text)}`, {
    hint,
  });
}

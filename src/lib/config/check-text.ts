import { suggest } from '../core/suggest.ts';
import { looksLikeCredential } from './credentials.ts';
import { describeType, describeValue, quote } from './describe.ts';
import type { TextType, ValueType } from './fields/types.ts';
import { type Finding, type FindingCode, makeFinding } from './findings.ts';
import { FORMATS } from './formats.ts';
import { formatPath, type Path } from './path.ts';

type EnumType = Extract<ValueType, { kind: 'enum' }>;

const NOT_BLANK = '\\S';
const NAME = /^[^\s${}]+$/;

export function checkString(type: TextType, text: string, path: Path): Finding[] {
  const isValid = text === '' ? type.allowEmpty === true : matches(patternOf(type) ?? NOT_BLANK, text);
  return isValid ? [] : [mismatch('FORMAT_INVALID', type, text, path)];
}

/**
 * A name that only a plugin can know is no error here, but one letter away from ours it is probably a typing error.
 * Where the work runs is too costly to get wrong: there it is an error at once.
 */
export function checkEnum(type: EnumType, text: string, path: Path): Finding[] {
  if (type.values.includes(text)) return [];
  const meant = suggest(text, type.values);
  if (type.open === undefined || !NAME.test(text)) return [mismatch('VALUE_UNKNOWN', type, text, path, meant)];
  if (meant === undefined) return [];
  const message = `${formatPath(path)} is ${quote(text)}, which is none of ${type.values.join(', ')}`;
  const severity = type.open === 'runner' ? 'error' : 'warning';
  return [makeFinding('NAME_MISTYPED', path, message, { hint: `did you mean ${meant}?`, severity })];
}

/** A text that is a credential, or that stands where only a reference to one may stand. */
export function checkCredential(text: string, path: Path, secret: boolean, key: string | undefined): Finding[] {
  const kind = looksLikeCredential(text, key);
  const literal = secret && text.trim() !== '' && !isReference(text);
  if (kind === undefined && !literal) return [];
  const message =
    `${formatPath(path)} holds ${literal ? 'a secret' : 'what looks like'} ${literal ? '' : kind}`.trimEnd();
  return [makeFinding('CREDENTIAL_LITERAL', path, `${message} in plain text`, { hint: SECRET_HINT })];
}

/** A reference to a secret where its value would be printed, logged or sent along in plain text. */
export function checkPlacement(text: string, path: Path): Finding[] {
  if (!/\$\{\s*secret\./.test(text.replaceAll('$${', ''))) return [];
  return [misplaced(path)];
}

export function misplaced(path: Path): Finding {
  const hint = 'a ${secret.…} may stand in fields made for one, such as mlflow.auth.token or kafka.auth.password';
  return makeFinding('SECRET_MISPLACED', path, `${formatPath(path)} would show a secret: it is no field for one`, {
    hint,
  });
}

/** A switch called "secret" holds no secret: only a free text can be one by the name of its key. */
export function isFreeText(type: ValueType): boolean {
  return type.kind === 'string' || type.kind === 'union';
}

/** Wholly or partly made of other values; known only when the project is resolved. */
export function isReference(text: string): boolean {
  return text.includes('${');
}

/** Exactly one `${…}`: such a value keeps the type of what it refers to. */
export function isWholeReference(text: string): boolean {
  return /^\$\{[\s\S]*\}$/.test(text);
}

export function mismatch(
  code: FindingCode,
  type: ValueType,
  value: unknown,
  path: Path,
  meant?: string | undefined,
): Finding {
  const shown =
    typeof value === 'string' && looksLikeCredential(value, isFreeText(type) ? path.at(-1) : undefined)
      ? 'a credential'
      : describeValue(value);
  const message = `${formatPath(path)} must be ${describeType(type)}, not ${shown}`;
  return makeFinding(code, path, message, {
    hint: meant === undefined ? hintFor(type, value) : `did you mean ${meant}?`,
  });
}

const SECRET_HINT =
  'name it under secrets: with env:, file: or gcp:, write ${secret.<name>} here, and take the literal out of the history';

/** What usually went wrong when a value of this kind stands in a place of that type. */
function hintFor(type: ValueType, value: unknown): string | undefined {
  if (typeof value !== 'string') return hintForUnquoted(type, value);
  const isNumber = type.kind === 'integer' || type.kind === 'number';
  if (isNumber && value.trim() !== '' && Math.abs(Number(value)) <= Number.MAX_SAFE_INTEGER)
    return `take the quotes away: ${value.trim()}`;
  if (type.kind === 'boolean' && /^(true|yes|on|y)$/i.test(value)) return 'write true, without quotes';
  if (type.kind === 'boolean' && /^(false|no|off|n)$/i.test(value)) return 'write false, without quotes';
  return type.kind === 'list' ? 'write [a, b], or one item in a line, each with a hyphen' : undefined;
}

function hintForUnquoted(type: ValueType, value: unknown): string | undefined {
  const isScalar = typeof value === 'number' || typeof value === 'boolean';
  const wantsText = type.kind === 'string' || type.kind === 'enum';
  if (!wantsText || !isScalar) return undefined;
  return type.kind === 'string' && type.format === 'duration'
    ? `add a unit: ${value}s`
    : `put it in quotes: "${value}"`;
}

/** The pattern that a text that is not empty has to match. */
export function patternOf(type: TextType): string | undefined {
  return type.pattern ?? (type.format === undefined ? undefined : FORMATS[type.format].pattern);
}

const compiled = new Map<string, RegExp>();

/** As JSON Schema reads patterns: unanchored, with the u flag. */
export function matches(pattern: string, text: string): boolean {
  let expression = compiled.get(pattern);
  if (expression === undefined) {
    expression = new RegExp(pattern, 'u');
    compiled.set(pattern, expression);
  }
  return expression.test(text);
}

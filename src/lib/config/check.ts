import { checkConsistency } from './check-consistency.ts';
import {
  checkCredential,
  checkEnum,
  checkPlacement,
  checkString,
  isFreeText,
  isReference,
  isWholeReference,
  matches,
  mismatch,
  misplaced,
} from './check-text.ts';
import { describeValue, quote } from './describe.ts';
import { FIELDS } from './fields/index.ts';
import type { Field, ListType, MapType, NumberType, Section, ValueType } from './fields/types.ts';
import { type Finding, makeFinding } from './findings.ts';
import { camelCase, suggestKey } from './names.ts';
import { formatPath, type Path } from './path.ts';
import { isSecret } from './secret-type.ts';
import { isMap, isSame, type JsonMap } from './tree.ts';

export interface CheckOptions {
  /** raw: as written, where any scalar may be a text with `${…}`. resolved: after interpolation. */
  readonly stage: 'raw' | 'resolved';
  /** One layer of several: what is missing here may stand in another one. */
  readonly allowPartial?: boolean;
  /** Values that equal the table's default need no look: with most of a project that is most of the time. */
  readonly skipDefaults?: boolean;
}

interface Context {
  readonly stage: 'raw' | 'resolved';
  /** The value is for a field that may hold a secret. */
  readonly secret: boolean;
  readonly skipDefaults: boolean;
  /** Aliases make trees that are larger than any memory: every map and list of a free value is looked at once. */
  readonly seen: WeakSet<object>;
}

/** Deeper trees are no configuration, and walking them would cost the stack. */
const DEEPEST = 64;
/** No map of a project needs this key, and it means something else to JavaScript. */
const FORBIDDEN_KEY = '__proto__';

/** Every problem of a tree of values, as far as the field table can tell; never throws. */
export function checkValues(values: unknown, options: CheckOptions): Finding[] {
  if (values === null || values === undefined) return [];
  if (!isMap(values)) {
    return [makeFinding('TYPE_MISMATCH', [], `the project must be a map of sections, not ${describeValue(values)}`)];
  }
  const { stage, skipDefaults = false } = options;
  const context: Context = { stage, secret: false, skipDefaults, seen: new WeakSet() };
  const findings = [...checkSection(FIELDS, values, [], context), ...checkConsistency(values, options)];
  // A deep tree with many branches is one mistake, not thousands.
  return [...new Map(findings.map(finding => [`${finding.path}\n${finding.message}`, finding])).values()];
}

/** The problems of one value against one type; what `parseValue` and the commands' flags use. */
export function checkValue(type: ValueType, value: unknown, path: Path, stage: 'raw' | 'resolved'): Finding[] {
  return checkType(type, value, path, { stage, secret: false, skipDefaults: false, seen: new WeakSet() });
}

function checkSection(section: Section, values: JsonMap, path: Path, context: Context): Finding[] {
  const findings = Object.keys(values).flatMap(key => checkEntry(section, values, key, path, context));
  const missing = (section.required ?? []).filter(key => !Object.hasOwn(values, key));
  const where = path.length === 0 ? 'the project' : formatPath(path);
  return [...findings, ...missing.map(key => makeFinding('KEY_MISSING', path, `${where} needs the key "${key}"`))];
}

function checkEntry(section: Section, values: JsonMap, key: string, path: Path, context: Context): Finding[] {
  const value = values[key];
  if (context.skipDefaults && isDefault(section, key, value)) return [];
  const known = knownKey(section, key);
  const here = [...path, key];
  if (known === undefined) return [...checkUnknownKey(section, key, path), ...checkFree(value, here, context)];
  const node = section.fields[known];
  const findings = known === key ? [] : [checkSpelling(values, known, here)];
  if (node === undefined || value === null || value === undefined) return findings;
  const below =
    node.node === 'field' ? checkField(node, value, here, context) : checkNested(node, value, here, context);
  return [...findings, ...below];
}

function isDefault(section: Section, key: string, value: unknown): boolean {
  const node = Object.hasOwn(section.fields, key) ? section.fields[key] : undefined;
  return node?.node === 'field' && value !== undefined && isSame(value, node.meta.default);
}

function checkNested(section: Section, value: unknown, path: Path, context: Context): Finding[] {
  if (isMap(value)) return checkSection(section, value, path, context);
  const keys = Object.keys(section.fields).slice(0, 3).join(', ');
  const message = `${formatPath(path)} is a section and must be a map, not ${describeValue(value)}`;
  return [
    makeFinding('TYPE_MISMATCH', path, message, {
      hint: keys === '' ? undefined : `write its keys under it: ${keys}, …`,
    }),
  ];
}

function checkField(field: Field, value: unknown, path: Path, context: Context): Finding[] {
  return checkType(field.type, value, path, { ...context, secret: field.meta.secret === true });
}

function checkType(type: ValueType | Section, value: unknown, path: Path, context: Context): Finding[] {
  if ('node' in type) return checkNested(type, value, path, context);
  if (type.kind === 'any') return checkFree(value, path, context);
  if (isSecret(value)) return context.secret ? [] : [misplaced(path)];
  if (context.secret && typeof value !== 'string') return [secretOfWrongKind(path)];
  if (typeof value === 'string' && context.stage === 'raw') return checkWritten(type, value, path, context);
  return checkKind(type, value, path, context);
}

/** In variables.kafka_password.default it is the name of the variable that says what it holds. */
function keyOf(path: Path): string | undefined {
  return path.at(-1) === 'default' ? path.at(-2) : path.at(-1);
}

/** A text as it stands in a file: it may be a reference, and it may be a credential. */
function checkWritten(type: ValueType, text: string, path: Path, context: Context): Finding[] {
  const credential = checkCredential(text, path, context.secret, isFreeText(type) ? keyOf(path) : undefined);
  const placement = context.secret ? [] : checkPlacement(text, path);
  const isContainer = type.kind === 'list' || type.kind === 'map';
  const isLater = isContainer ? isWholeReference(text) : isReference(text);
  return [...credential, ...placement, ...(isLater ? [] : checkKind(type, text, path, context))];
}

function checkKind(type: ValueType, value: unknown, path: Path, context: Context): Finding[] {
  switch (type.kind) {
    case 'string':
      return typeof value === 'string' ? checkString(type, value, path) : wrongKind(type, value, path);
    case 'enum':
      return typeof value === 'string' ? checkEnum(type, value, path) : wrongKind(type, value, path);
    case 'boolean':
      return typeof value === 'boolean' ? [] : wrongKind(type, value, path);
    case 'integer':
    case 'number':
      return checkNumber(type, value, path);
    case 'list':
      return Array.isArray(value) ? checkList(type, value, path, context) : wrongKind(type, value, path);
    case 'map':
      return isMap(value) ? checkMap(type, value, path, context) : wrongKind(type, value, path);
    case 'union':
      return checkUnion(type, value, path, context);
    case 'any':
      return checkFree(value, path, context);
  }
}

function checkNumber(type: NumberType, value: unknown, path: Path): Finding[] {
  if (typeof value !== 'number' || !Number.isFinite(value)) return wrongKind(type, value, path);
  if (type.kind === 'integer' && !Number.isInteger(value)) return wrongKind(type, value, path);
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = type;
  const isAbove = type.above === undefined || value > type.above;
  return isAbove && value >= min && value <= max ? [] : [mismatch('OUT_OF_RANGE', type, value, path)];
}

function checkList(type: ListType, items: unknown[], path: Path, context: Context): Finding[] {
  const findings = items.flatMap((item, index) => checkType(type.of, item, [...path, String(index)], context));
  if (items.length < (type.minItems ?? 0)) {
    findings.push(makeFinding('OUT_OF_RANGE', path, `${formatPath(path)} must have at least ${type.minItems} item`));
  }
  return type.unique ? [...findings, ...checkRepeated(items, path)] : findings;
}

function checkRepeated(items: readonly unknown[], path: Path): Finding[] {
  return items.flatMap((item, index) => {
    if (items.indexOf(item) === index) return [];
    const place = [...path, String(index)];
    return [makeFinding('ITEMS_REPEATED', place, `${formatPath(path)} lists ${describeValue(item)} more than once`)];
  });
}

function checkMap(type: MapType, values: JsonMap, path: Path, context: Context): Finding[] {
  return Object.keys(values).flatMap(key => {
    const here = [...path, key];
    const value = values[key];
    const findings = isKeyAllowed(type.keys, key) ? [] : [invalidKey(key, type.keysDoc, path, here)];
    return value === null || value === undefined
      ? findings
      : [...findings, ...checkType(type.of, value, here, context)];
  });
}

/** The branches are of different kinds: the one of the value's own kind says best what is wrong. */
function checkUnion(
  type: Extract<ValueType, { kind: 'union' }>,
  value: unknown,
  path: Path,
  context: Context,
): Finding[] {
  const branch = type.of.find(candidate => isOfKind(candidate, value));
  return branch === undefined ? wrongKind(type, value, path) : checkType(branch, value, path, context);
}

function isOfKind(type: ValueType | Section, value: unknown): boolean {
  if ('node' in type || type.kind === 'map') return isMap(value);
  switch (type.kind) {
    case 'integer':
    case 'number':
      return typeof value === 'number';
    case 'list':
      return Array.isArray(value);
    case 'boolean':
      return typeof value === 'boolean';
    default:
      return typeof value === 'string';
  }
}

/** A value of which the table knows nothing: only depth and credentials matter. */
function checkFree(value: unknown, path: Path, context: Context): Finding[] {
  if (path.length > DEEPEST) {
    const message = `${formatPath(path.slice(0, 3))}… is nested more than ${DEEPEST} levels deep`;
    return [
      makeFinding('TOO_DEEP', path.slice(0, 3), message, { hint: 'flatten it, or move it into a file of its own' }),
    ];
  }
  if (typeof value === 'string') return context.stage === 'raw' ? checkCredential(value, path, false, keyOf(path)) : [];
  if (typeof value !== 'object' || value === null || isSecret(value) || context.seen.has(value)) return [];
  context.seen.add(value);
  return Object.entries(value).flatMap(([key, child]) => {
    const here = [...path, key];
    return key === FORBIDDEN_KEY ? [invalidKey(key, undefined, path, here)] : checkFree(child, here, context);
  });
}

/** Says nothing about the value: a number may be the password itself. */
function secretOfWrongKind(path: Path): Finding {
  const hint = 'write it in quotes, best as a reference: "${secret.<name>}"';
  return makeFinding('TYPE_MISMATCH', path, `${formatPath(path)} must be a text`, { hint });
}

function wrongKind(type: ValueType, value: unknown, path: Path): Finding[] {
  return [mismatch('TYPE_MISMATCH', type, value, path)];
}

/** The key of the table that is written here, also in kebab or snake case. */
export function knownKey(section: Section, key: string): string | undefined {
  if (Object.hasOwn(section.fields, key)) return key;
  const name = camelCase(key);
  return Object.keys(section.fields).find(known => camelCase(known) === name);
}

function checkUnknownKey(section: Section, key: string, path: Path): Finding[] {
  const known = Object.keys(section.fields);
  const meant = suggestKey(key, known);
  const here = [...path, key];
  if (section.open && (meant === undefined || key === FORBIDDEN_KEY))
    return key === FORBIDDEN_KEY ? [invalidKey(key, undefined, path, here)] : [];
  const where = path.length === 0 ? 'in the project file' : `in ${formatPath(path)}`;
  const hint = meant === undefined ? `its keys are ${known.join(', ')}` : `did you mean ${meant}?`;
  const severity = section.open ? 'warning' : 'error';
  return [makeFinding('KEY_UNKNOWN', here, `there is no key ${quote(key)} ${where}`, { at: 'key', hint, severity })];
}

/** A key in kebab or snake case is read as the key of the table, with a word about it. */
export function checkSpelling(values: JsonMap, known: string, written: Path): Finding {
  const where = formatPath(written);
  if (Object.hasOwn(values, known)) {
    const message = `${where} is given twice, also as ${known}`;
    return makeFinding('KEY_REPEATED', written, message, { at: 'key', hint: `keep ${known}` });
  }
  const options = { at: 'key', severity: 'warning', hint: `write ${known}` } as const;
  return makeFinding('KEY_SPELLING', written, `${where} should be spelt ${known}`, options);
}

function isKeyAllowed(pattern: string | undefined, key: string): boolean {
  return key !== FORBIDDEN_KEY && (pattern === undefined || matches(pattern, key));
}

function invalidKey(key: string, expected: string | undefined, path: Path, here: Path): Finding {
  const rule = expected === undefined ? 'another name' : expected;
  return makeFinding('KEY_INVALID', here, `${quote(key)} cannot be a key of ${formatPath(path)}: it needs ${rule}`, {
    at: 'key',
  });
}

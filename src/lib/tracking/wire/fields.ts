import { SentopsError } from '../../core/errors.ts';
import { shortJson } from './short-json.ts';

/** The members of a JSON object, read by name and type. What is null counts as absent, as in protobuf's JSON. */
export interface Fields {
  text(name: string): string;
  /** Null where it is absent or empty: MLflow sends both for what was never set. */
  textOrNull(name: string): string | null;
  /** An int64, as a number or as the string that protobuf makes of it. */
  integer(name: string): number;
  integerOrNull(name: string): number | null;
  /** A double, `"NaN"` and the infinities included. */
  double(name: string): number;
  flag(name: string): boolean;
  /** Empty where it is absent: an empty array is left out. */
  list<Item>(name: string, read: (json: unknown, what: string) => Item): Item[];
  oneOf<Value extends string>(name: string, values: readonly Value[], fallback?: Value): Value;
  /** A message within the message; one with nothing in it is left out. */
  message(name: string): Fields;
  /** The same, read by a function such as `runFromWire`. */
  one<Item>(name: string, read: (json: unknown, what: string) => Item): Item;
}

/** `what` says in messages which object this is. Throws DATA_INVALID where it is none, and where a member does not fit. */
export function fieldsOf(json: unknown, what: string): Fields {
  if (!isObject(json)) throw misfit(what, 'an object', json);
  const at = (name: string): unknown => (Object.hasOwn(json, name) ? (json[name] ?? undefined) : undefined);
  const need = <Value>(name: string, kind: string, value: Value | undefined): Value => {
    if (value === undefined) throw misfit(`${what}.${name}`, kind, at(name));
    return value;
  };
  return {
    text: name => need(name, 'a text', asText(at(name))),
    textOrNull: name => (at(name) === undefined ? null : need(name, 'a text', asText(at(name))) || null),
    integer: name => need(name, 'a whole number', asInteger(at(name))),
    integerOrNull: name => (at(name) === undefined ? null : need(name, 'a whole number', asInteger(at(name)))),
    double: name => need(name, 'a number', asDouble(at(name))),
    flag: name => need(name, 'true or false', asFlag(at(name))),
    list(name, read) {
      const list = at(name) ?? [];
      if (!Array.isArray(list)) throw misfit(`${what}.${name}`, 'a list', list);
      return list.map((item, index) => read(item, `${what}.${name}[${index}]`));
    },
    oneOf(name, values, fallback) {
      const value = at(name) ?? fallback;
      return need(
        name,
        `one of ${values.join(', ')}`,
        values.find(known => known === value),
      );
    },
    message: name => fieldsOf(at(name) ?? {}, `${what}.${name}`),
    one: (name, read) => read(at(name) ?? {}, `${what}.${name}`),
  };
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Beyond 2^53 the nearest double: a run with nanoseconds for milliseconds in it can still be read. */
function asInteger(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^-?\d{1,19}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) ? number + 0 : undefined;
}

function asDouble(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  if (/^(NaN|-?Infinity)$/.test(value)) return Number(value);
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value) ? Number(value) : undefined;
}

/** A false is left out by some servers, as every default is. */
function asFlag(value: unknown): boolean | undefined {
  const flag = value ?? false;
  return typeof flag === 'boolean' ? flag : undefined;
}

function misfit(what: string, kind: string, value: unknown): SentopsError {
  const found = value === undefined ? 'missing' : shortJson(value);
  return new SentopsError('DATA_INVALID', `${what} has to be ${kind}; it is ${found}`, {
    hint: 'compare the address and the version of the server: this is not what MLflow sends',
    details: { member: what },
  });
}

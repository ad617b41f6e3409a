import { SentopsError } from '../../core/errors.ts';
import { shortJson } from '../wire/short-json.ts';

/** What a request asks with, from its query or its body, read by name and type as MLflow names and types it. */
export interface Args {
  /** Required, and not empty. */
  text(name: string): string;
  /** Undefined where it is absent; empty where it is. */
  maybeText(name: string): string | undefined;
  integer(name: string): number;
  maybeInteger(name: string): number | undefined;
  flag(name: string, fallback: boolean): boolean;
  texts(name: string): string[];
  oneOf<Value extends string>(name: string, values: readonly Value[]): Value | undefined;
  /** A list of messages; `read` may throw what the readers of the wire throw. */
  list<Item>(name: string, read: (json: unknown, what: string) => Item): Item[];
  /** The whole request as one message. */
  message<Item>(read: (json: unknown, what: string) => Item): Item;
}

/** The members of a body that is a JSON object. Null counts as absent, as in protobuf's JSON. */
export function bodyArgs(body: Readonly<Record<string, unknown>>): Args {
  const at = (name: string): unknown => (Object.hasOwn(body, name) ? (body[name] ?? undefined) : undefined);
  const list = (name: string): readonly unknown[] => {
    const value = at(name) ?? [];
    if (!Array.isArray(value)) throw invalid(name, value, 'a list');
    return value;
  };
  return argsOf({
    at,
    list,
    text(name) {
      const value = at(name);
      if (value === undefined || typeof value === 'string') return value;
      throw invalid(name, value, 'a text');
    },
    message: read => asInvalid(() => read(body, 'request')),
  });
}

/** The members of a query: all are texts, and a list is the same name several times. */
export function queryArgs(query: URLSearchParams): Args {
  const at = (name: string): string | undefined => query.get(name) ?? undefined;
  return argsOf({
    at,
    list: name => query.getAll(name),
    text: at,
    message: read => asInvalid(() => read(Object.fromEntries(query), 'request')),
  });
}

interface Source {
  at(name: string): unknown;
  list(name: string): readonly unknown[];
  text(name: string): string | undefined;
  message: Args['message'];
}

function argsOf({ at, list, text, message }: Source): Args {
  const maybeInteger = (name: string): number | undefined => {
    const value = at(name);
    return value === undefined || value === '' ? undefined : readInteger(name, value);
  };
  return {
    maybeText: text,
    maybeInteger,
    message,
    text(name) {
      const value = text(name);
      if (value === undefined || value === '') throw missing(name);
      return value;
    },
    integer(name) {
      const value = maybeInteger(name);
      if (value === undefined) throw missing(name);
      return value;
    },
    flag(name, fallback) {
      const value = at(name);
      if (value === undefined || value === '') return fallback;
      if (value === true || value === false) return value;
      if (value === 'true' || value === 'false') return value === 'true';
      throw invalid(name, value, 'true or false');
    },
    texts(name) {
      const values = list(name);
      const odd = values.find(value => typeof value !== 'string');
      if (odd !== undefined) throw invalid(name, odd, 'a list of texts');
      return values as string[];
    },
    oneOf(name, values) {
      const value = text(name);
      if (value === undefined || value === '') return undefined;
      const found = values.find(known => known === value);
      if (found === undefined) throw invalid(name, value, `one of ${values.join(', ')}`);
      return found;
    },
    list: (name, read) => list(name).map((item, index) => asInvalid(() => read(item, `${name}[${index}]`))),
  };
}

/** Readers of the wire speak of what a server sent; here a client sent it. */
function asInvalid<Item>(read: () => Item): Item {
  try {
    return read();
  } catch (error) {
    if (error instanceof SentopsError && error.code === 'DATA_INVALID') throw refuse(error.message);
    throw error;
  }
}

function readInteger(name: string, value: unknown): number {
  const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
  throw invalid(name, value, 'a whole number');
}

function missing(name: string): SentopsError {
  return refuse(
    `Missing value for required parameter '${name}'. See the API docs for more information about request parameters.`,
  );
}

function invalid(name: string, value: unknown, kind: string): SentopsError {
  return refuse(`Invalid value ${shortJson(value)} for parameter '${name}' supplied: it has to be ${kind}.`);
}

function refuse(message: string): SentopsError {
  return new SentopsError('FLAG_INVALID', message, { hint: 'see the REST API of MLflow for what this request takes' });
}

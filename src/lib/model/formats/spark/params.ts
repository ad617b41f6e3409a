import type { SentopsError } from '../../../core/errors.ts';
import type { ExtraValue } from '../../stages.ts';
import { isRecord } from '../check-fields.ts';
import { parseJson } from '../parse-json.ts';

/** How Spark writes a parameter in JSON: a double has to look like one, a long keeps all its digits. */
type ParamType = 'text' | 'integer' | 'long' | 'double' | 'flag' | 'texts' | 'doubles' | 'json';
export interface Param {
  readonly type: ParamType;
  readonly default?: ExtraValue;
}
/** Every parameter that Spark 3.3 knows of a class: it refuses to load a model with any other. */
export type ParamTable = Readonly<Record<string, Param>>;

const param = (type: ParamType, fallback?: ExtraValue): Param =>
  fallback === undefined ? { type } : { type, default: fallback };

export const texts = (fallback?: readonly string[]) => param('texts', fallback);
export const text = (fallback?: string) => param('text', fallback);
export const integer = (fallback?: number) => param('integer', fallback);
export const double = (fallback?: number) => param('double', fallback);
export const flag = (fallback?: boolean) => param('flag', fallback);
export const long = () => param('long');
export const doubles = () => param('doubles');
export const json = () => param('json');

/** The parameters of one stage as read: each is asked for once, what is left over changes nothing about scoring. */
export class Params {
  readonly #values: Map<string, ExtraValue>;
  readonly #complain: (what: string) => SentopsError;

  constructor(values: ReadonlyMap<string, ExtraValue>, complain: (what: string) => SentopsError) {
    this.#values = new Map(values);
    this.#complain = complain;
  }

  text(name: string): string {
    return this.#take(name, value => typeof value === 'string', 'a text');
  }

  flag(name: string): boolean {
    return this.#take(name, value => typeof value === 'boolean', 'true or false');
  }

  integer(name: string): number {
    return this.#take(name, value => Number.isSafeInteger(value), 'an integer');
  }

  texts(name: string): readonly string[] {
    const is = (value: ExtraValue) => Array.isArray(value) && value.every(each => typeof each === 'string');
    return this.#take(name, is, 'a list of texts');
  }

  /** Spark writes what JSON has no number for as a text. */
  double(name: string): number {
    const value = numberOf(this.#take(name, () => true, 'a number'));
    if (value === undefined) throw this.#complain(`parameter ${name} is not a number`);
    return value;
  }

  doublesOrNull(name: string): Float64Array | null {
    if (!this.#values.has(name)) return null;
    const list: ExtraValue = this.#take(name, value => Array.isArray(value), 'a list of numbers');
    const numbers = (list as readonly ExtraValue[]).map(numberOf);
    if (numbers.includes(undefined)) throw this.#complain(`parameter ${name} is not a list of numbers`);
    return Float64Array.from(numbers, each => each ?? 0);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** As `extras` of the stage; nothing where nothing is left. */
  rest(): { readonly extras?: Readonly<Record<string, ExtraValue>> } {
    return this.#values.size === 0 ? {} : { extras: Object.fromEntries(this.#values) };
  }

  #take<T extends ExtraValue>(name: string, is: (value: ExtraValue) => boolean, what: string): T {
    const value = this.#values.get(name);
    if (value === undefined) throw this.#complain(`parameter ${name} is missing`);
    if (!is(value)) throw this.#complain(`parameter ${name} is not ${what}`);
    this.#values.delete(name);
    return value as T;
  }
}

const WORDS: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Inf: Number.POSITIVE_INFINITY,
  '-Inf': Number.NEGATIVE_INFINITY,
};

function numberOf(value: ExtraValue): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && Object.hasOwn(WORDS, value) ? WORDS[value] : undefined;
}

export type Values = Readonly<Record<string, ExtraValue | Float64Array | undefined>>;

/** The two JSON objects of a stage's metadata: what was set, and what is the default anyway. */
export function writeParams(table: ParamTable, values: Values): { readonly set: string; readonly defaults: string } {
  const set: string[] = [];
  const defaults: string[] = [];
  for (const [name, param] of Object.entries(table)) {
    const fallback = param.default === undefined ? undefined : encode(param.type, param.default);
    const value = values[name];
    const own = value === undefined || value === null ? undefined : encode(param.type, value);
    const key = JSON.stringify(name);
    if (fallback !== undefined) defaults.push(`${key}:${fallback}`);
    if (own !== undefined && own !== fallback) set.push(`${key}:${own}`);
  }
  return { set: `{${set.join(',')}}`, defaults: `{${defaults.join(',')}}` };
}

function encode(type: ParamType, value: ExtraValue | Float64Array): string | undefined {
  switch (type) {
    case 'double':
      return encodeDouble(numberOf(value as ExtraValue));
    case 'doubles':
      return `[${Array.from(value as ArrayLike<number>, encodeDouble).join(',')}]`;
    case 'long':
      return /^-?\d{1,19}$/u.test(String(value)) ? String(value) : undefined;
    case 'json':
      return againJson(value);
    default:
      return JSON.stringify(value);
  }
}

/** What was kept as a text becomes part of the metadata: only as one object, and as nothing where it is none. */
function againJson(value: unknown): string | undefined {
  try {
    const parsed = parseJson(String(value), what => new SyntaxError(what));
    return isRecord(parsed) ? JSON.stringify(parsed) : undefined;
  } catch {
    return undefined;
  }
}

/** `0.0`: a 0 would be an integer to Spark, which then refuses the model. */
function encodeDouble(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '"NaN"';
  if (!Number.isFinite(value)) return value > 0 ? '"Inf"' : '"-Inf"';
  const digits = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/u.test(digits) ? digits : `${digits}.0`;
}

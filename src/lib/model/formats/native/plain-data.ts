import { isRecord } from '../check-fields.ts';
import { damagedFile } from './damaged-file.ts';

/** Plain data as JSON with the replacements that docs/model-format.md lists; arrays are collected in `arrays`. */
export function toJson(value: unknown, arrays: (Float64Array | Int32Array)[]): unknown {
  if (value instanceof Float64Array || value instanceof Int32Array) {
    arrays.push(value);
    return { $array: arrays.length - 1 };
  }
  if (typeof value === 'number')
    return isPlain(value) ? value : { $number: Object.is(value, -0) ? '-0' : String(value) };
  if (Array.isArray(value)) return value.map(each => toJson(each, arrays));
  if (!isRecord(value)) {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    throw new TypeError(`a model holds plain data, not ${typeof value}`);
  }
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(
    entries.map(([key, each]) => [key.startsWith('$') ? `$${key}` : key, toJson(each, arrays)]),
  );
}

function isPlain(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

const NUMBERS: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
  '-0': -0,
};

export function fromJson(value: unknown, array: (index: unknown) => Float64Array | Int32Array): unknown {
  if (Array.isArray(value)) return value.map(each => fromJson(each, array));
  if (!isRecord(value)) return value;
  if (Object.hasOwn(value, '$array')) return array(value['$array']);
  if (Object.hasOwn(value, '$number')) {
    const name = String(value['$number']);
    if (!Object.hasOwn(NUMBERS, name)) throw damagedFile('a number is none');
    return NUMBERS[name];
  }
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([key, each]) => [key.startsWith('$') ? key.slice(1) : key, fromJson(each, array)]),
  );
}

/** What a field has to be: says what is wrong with a value, or undefined. */
export type Check = (value: unknown) => string | undefined;
export type Fields = Readonly<Record<string, Check>>;
export type Complain = (what: string) => Error;

export function checkFields(value: Readonly<Record<string, unknown>>, fields: Fields, complain: Complain): void {
  for (const [name, check] of Object.entries(fields)) {
    const problem = check(value[name]);
    if (problem !== undefined) throw complain(`${name} ${problem}`);
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isText);
}

function expect(is: (value: unknown) => boolean, what: string): Check {
  return value => (is(value) ? undefined : `is not ${what}`);
}

export const text = expect(isText, 'a text');
export const texts = expect(isTexts, 'a list of texts');
export const flag = expect(value => typeof value === 'boolean', 'true or false');
export const number = expect(value => typeof value === 'number' && !Number.isNaN(value), 'a number');
export const doubles = expect(value => value instanceof Float64Array, 'an array of numbers');
export const integers = expect(value => value instanceof Int32Array, 'an array of integers');

export function integer(min: number, max: number): Check {
  return value =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? undefined
      : `is not an integer from ${min} to ${max}`;
}

export function oneOf(...values: readonly string[]): Check {
  return expect(value => isText(value) && values.includes(value), `one of ${values.join(', ')}`);
}

export function nullable(check: Check): Check {
  return value => (value === null ? undefined : check(value));
}

export function vector(value: unknown): string | undefined {
  if (!isRecord(value) || !(value['values'] instanceof Float64Array)) return 'is not a vector';
  if (value['type'] === 'dense') return undefined;
  const { type, size, indices, values } = value;
  if (type !== 'sparse' || !(indices instanceof Int32Array) || !isSize(size)) return 'is not a vector';
  if (indices.length !== values.length) return 'has another number of indices than values';
  for (let index = 0, last = -1; index < indices.length; index++) {
    const each = indices[index] ?? 0;
    if (each <= last || each >= size) return 'has indices out of order or out of range';
    last = each;
  }
  return undefined;
}

export function matrix(value: unknown): string | undefined {
  if (!isRecord(value) || !(value['values'] instanceof Float64Array)) return 'is not a matrix';
  const { type, rows, columns, values, transposed } = value;
  if (!isSize(rows) || !isSize(columns) || typeof transposed !== 'boolean') return 'is not a matrix';
  if (type === 'dense') return values.length === rows * columns ? undefined : 'has another number of values than cells';
  const { starts, indices } = value;
  if (type !== 'sparse' || !(starts instanceof Int32Array) || !(indices instanceof Int32Array))
    return 'is not a matrix';
  if (indices.length !== values.length) return 'has another number of indices than values';
  if (!areSpans(starts, transposed ? rows : columns, values.length)) return 'has starts that do not fit its values';
  const limit = transposed ? columns : rows;
  for (let index = 0; index < indices.length; index++) {
    const each = indices[index] ?? 0;
    if (each < 0 || each >= limit) return 'has indices out of range';
  }
  return undefined;
}

/** Whether `starts` cuts `total` things into `count` pieces. */
export function areSpans(starts: Int32Array, count: number, total: number): boolean {
  if (starts.length !== count + 1 || starts[0] !== 0 || starts[count] !== total) return false;
  for (let index = 1; index <= count; index++) if ((starts[index] ?? 0) < (starts[index - 1] ?? 0)) return false;
  return true;
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0x7fff_ffff;
}

const DATE = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

let collator: Intl.Collator | undefined;

export function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (typeof value === 'number' && Number.isNaN(value));
}

/** Numbers by size, dates by time, everything else as text in natural order: job-9 before job-10. */
export function compareValues(a: unknown, b: unknown): number {
  const numbers = both(a, b, toNumber);
  if (numbers) return sign(numbers[0] - numbers[1]);
  const times = both(a, b, toTime);
  if (times) return sign(times[0] - times[1]);
  collator ??= new Intl.Collator('en', { numeric: true, sensitivity: 'variant' });
  return collator.compare(toText(a), toText(b));
}

export function toText(value: unknown): string {
  if (isNothing(value)) return '';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function both(a: unknown, b: unknown, read: (value: unknown) => number | undefined): [number, number] | undefined {
  const [left, right] = [read(a), read(b)];
  return left === undefined || right === undefined ? undefined : [left, right];
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value);
  const isNumeric = typeof value === 'string' && /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(value.trim());
  return isNumeric ? Number(value) : undefined;
}

function toTime(value: unknown): number | undefined {
  if (value instanceof Date) return value.getTime();
  if (typeof value !== 'string' || !DATE.test(value)) return undefined;
  const time = Date.parse(value.replace(' ', 'T'));
  return Number.isNaN(time) ? undefined : time;
}

function sign(difference: number): number {
  return Math.sign(difference) || 0;
}

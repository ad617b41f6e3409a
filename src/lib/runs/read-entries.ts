import { SentopsError } from '../core/errors.ts';
import { type Metric, RUN_STATUSES, type RunStatus } from '../tracking/entities.ts';

/** What is to be recorded of a run. */
export interface Entries {
  metrics: Metric[];
  params: Record<string, string>;
  tags: Record<string, string>;
  status: RunStatus | null;
}

export function noEntries(): Entries {
  return { metrics: [], params: {}, tags: {}, status: null };
}

/** `accuracy=0.91`, `loss=0.3@12`, `loss=NaN`. */
export function parseMetric(text: string, now: number): Metric {
  const { key, value } = parsePair(text, '--metric');
  const [, number = '', step] = /^(.*?)(?:@([^@]*))?$/s.exec(value) ?? [];
  return {
    key,
    value: readNumber(number, `--metric ${text}`),
    step: readStep(step, `--metric ${text}`),
    timestamp: now,
  };
}

/** `key=value`; whatever stands behind the first `=` is the value. */
function parsePair(text: string, flag: string): { readonly key: string; readonly value: string } {
  const cut = text.indexOf('=');
  if (cut > 0) return { key: text.slice(0, cut), value: text.slice(cut + 1) };
  throw new SentopsError('FLAG_INVALID', `${flag}: ${JSON.stringify(text)} is no name with a value`, {
    hint: flag === '--metric' ? 'write name=value or name=value@step' : 'write name=value',
    details: { flag, value: text },
  });
}

/** Several of them as one record; the same name twice is a mistake that nobody wants to find later. */
export function parsePairs(texts: readonly string[], flag: string): Record<string, string> {
  const pairs: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const text of texts) {
    const { key, value } = parsePair(text, flag);
    if (key in pairs)
      throw new SentopsError('FLAG_INVALID', `${flag}: ${key} is given twice`, { hint: 'give it once' });
    pairs[key] = value;
  }
  return { ...pairs };
}

const LINE_KEYS = ['kind', 'key', 'value', 'step', 'timestamp', 'metrics', 'params', 'tags', 'status'];
/** What `run export` writes beside each value and nobody needs here. */
const EXPORT_KEYS = ['runId', 'run', 'experiment'];

/**
 * A line of JSON: `{"metrics":{"loss":0.3},"step":12}` with params, tags and status beside them, or one value as
 * `run export` writes it, `{"kind":"metric","key":"loss","value":0.3,"step":12}`.
 */
export function addLine(entries: Entries, line: string, number: number, now: number): void {
  const where = `line ${number}`;
  const object = parseObject(line, where);
  const strange = Object.keys(object).find(key => !LINE_KEYS.includes(key) && !EXPORT_KEYS.includes(key));
  if (strange !== undefined) throw invalid(where, `what is ${JSON.stringify(strange)}?`);
  const at = {
    step: readStep(object['step'], where),
    timestamp: readTime(object['timestamp'], where) ?? now,
  };
  const pairs = (name: string) => Object.entries(readRecord(object[name], `${where}: ${name}`));
  for (const [key, value] of pairs('metrics'))
    entries.metrics.push({ key, value: readNumber(value, `${where}: ${key}`), ...at });
  for (const [key, value] of pairs('params')) entries.params[key] = readText(value, `${where}: ${key}`);
  for (const [key, value] of pairs('tags')) entries.tags[key] = readText(value, `${where}: ${key}`);
  if (object['status'] !== undefined) entries.status = readStatus(object['status'], where);
  if (object['key'] !== undefined) addValue(entries, object, at, where);
}

function addValue(entries: Entries, object: Json, at: Pick<Metric, 'step' | 'timestamp'>, where: string): void {
  const { kind = 'metric', value } = object;
  const key = readText(object['key'], `${where}: key`);
  if (kind === 'metric') entries.metrics.push({ key, value: readNumber(value, `${where}: ${key}`), ...at });
  else if (kind === 'param') entries.params[key] = readText(value, `${where}: ${key}`);
  else if (kind === 'tag') entries.tags[key] = readText(value, `${where}: ${key}`);
  else throw invalid(where, `kind ${JSON.stringify(kind)} is none of metric, param, tag`);
}

type Json = Readonly<Record<string, unknown>>;

function parseObject(line: string, where: string): Json {
  try {
    return readRecord(JSON.parse(line), where);
  } catch (error) {
    if (error instanceof SentopsError) throw error;
    throw invalid(where, 'it is not JSON', error);
  }
}

function readRecord(value: unknown, where: string): Json {
  if (value === undefined) return {};
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw invalid(where, 'an object is wanted');
}

/** NaN has no spelling in JSON: the text, or null, stands for it. */
function readNumber(value: unknown, where: string): number {
  if (typeof value === 'number') return value;
  const text = value === null ? 'NaN' : typeof value === 'string' ? value.trim() : '';
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const number = text === '' ? Number.NaN : Number(text);
  if (Number.isNaN(number)) throw invalid(where, `${JSON.stringify(value ?? null)} is not a number`);
  return number;
}

function readStep(value: unknown, where: string): number {
  const step = value === undefined || value === null ? 0 : value === '' ? Number.NaN : Number(value);
  // MLflow would cut 1.5 to 0 without a word.
  if (!Number.isSafeInteger(step)) throw invalid(where, `the step ${JSON.stringify(value)} is not a whole number`);
  return step;
}

function readTime(value: unknown, where: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  const time = typeof value === 'string' ? Date.parse(value) : Number(value);
  if (!Number.isFinite(time)) throw invalid(where, `the timestamp ${JSON.stringify(value)} is no time`);
  return Math.round(time);
}

function readText(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw invalid(where, `${JSON.stringify(value ?? null)} is no text`);
}

function readStatus(value: unknown, where: string): RunStatus {
  const status = RUN_STATUSES.find(known => known === value);
  if (status !== undefined) return status;
  throw invalid(where, `status ${JSON.stringify(value)} is none of ${RUN_STATUSES.join(', ')}`);
}

function invalid(where: string, what: string, cause?: unknown): SentopsError {
  const code = where.startsWith('--') ? 'FLAG_INVALID' : 'DATA_INVALID';
  return new SentopsError(code, `${where}: ${what}`, {
    hint:
      code === 'FLAG_INVALID'
        ? 'write name=value or name=value@step, the step a whole number'
        : 'a line is an object such as {"metrics":{"loss":0.3},"step":12}',
    ...(cause === undefined ? {} : { cause }),
  });
}

import { SentopsError } from '../../core/errors.ts';
import type { Value } from '../../data/rows.ts';

/** What somebody else computed for a text. A part that was not stored is undefined; null stands for no value. */
export interface StoredScore {
  readonly text: string | null;
  readonly prediction: number | null | undefined;
  readonly raw: readonly number[] | null | undefined;
  readonly probabilities: readonly number[] | null | undefined;
  /** As `sentops score` writes it: of positive for two classes, else of the class predicted. */
  readonly probability: number | null | undefined;
}

type Row = Readonly<Record<string, Value>>;

/**
 * A row of a stored result: of `sentops score --vectors`, or with the columns of Spark. Vectors are lists of numbers,
 * Spark's {type, size, indices, values}, or the bits of each double as 16 hexadecimal digits.
 */
export function readStoredScore(row: Row, textColumn: string, where: string): StoredScore {
  const read = <T>(name: string, parse: (value: Value) => T | undefined): T | null | undefined => {
    if (!Object.hasOwn(row, name)) return undefined;
    const value = row[name] as Value;
    if (value === null || value === '') return null;
    const parsed = parse(value);
    if (parsed !== undefined) return parsed;
    throw new SentopsError('DATA_INVALID', `${where}: ${name} is neither a number nor a vector: ${show(value)}`, {
      hint: 'compare with a file that sentops score --vectors or Spark wrote',
    });
  };
  const probability = row['probability'];
  const isScalar = probability === null || readDouble(probability ?? null) !== undefined;
  const text = row[textColumn];
  return {
    text: text === undefined || text === null ? null : String(text),
    prediction: read('prediction', readDouble),
    raw: read('rawPrediction', readVector),
    probabilities: Object.hasOwn(row, 'probabilities')
      ? read('probabilities', readVector)
      : isScalar
        ? undefined
        : read('probability', readVector),
    probability: isScalar ? read('probability', readDouble) : undefined,
  };
}

function show(value: Value): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

const NAMED: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

function readDouble(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  if (Object.hasOwn(NAMED, value)) return NAMED[value];
  if (/^[0-9a-f]{16}$/.test(value)) return fromBits(value)[0];
  return /^[-+]?[\d.]+(?:e[-+]?\d+)?$/i.test(value) && !Number.isNaN(Number(value)) ? Number(value) : undefined;
}

function readVector(value: Value): readonly number[] | undefined {
  if (typeof value === 'string') return readVectorText(value);
  if (Array.isArray(value)) {
    const numbers = value.map(readDouble);
    return numbers.every(number => number !== undefined) ? numbers : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, size, indices, values } = value as Row;
  if (!Array.isArray(values)) return undefined;
  const dense = readVector(values);
  if (type !== 0 || dense === undefined) return dense;
  if (!isPlace(size, MAX_SIZE + 1) || !Array.isArray(indices) || indices.length !== dense.length) return undefined;
  if (!indices.every(index => isPlace(index, size))) return undefined;
  const full = new Array<number>(size).fill(0);
  for (const [at, index] of indices.entries()) full[index as number] = dense[at] ?? 0;
  return full;
}

/** No model has more classes. */
const MAX_SIZE = 1e6;

function isPlace(value: Value | undefined, end: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < end;
}

/** In a CSV file a vector is its JSON, or Spark's own way of showing a dense one: [0.1,0.9]. */
function readVectorText(text: string): readonly number[] | undefined {
  if (text !== '' && text.length % 16 === 0 && /^[0-9a-f]+$/.test(text)) return fromBits(text);
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const parsed = JSON.parse(text) as Value;
    return typeof parsed === 'string' ? undefined : readVector(parsed);
  } catch {
    return undefined;
  }
}

function fromBits(text: string): number[] {
  const bytes = Buffer.from(text, 'hex');
  return Array.from({ length: bytes.length / 8 }, (_, index) => bytes.readDoubleBE(index * 8));
}

import type { Value } from '../data/rows.ts';
import type { PredictionBlock } from './read-predictions.ts';

/** What was predicted, by its name where the file has one; null where nothing was. */
export function labelAt(block: PredictionBlock, row: number): string | null {
  return textOf(block.at('sentiment', row)) ?? textOf(block.at('prediction', row));
}

/**
 * How sure the model was of what it chose. A single probability of two classes is read either way: that of the second
 * class, as we write it, or that of the chosen one.
 */
export function confidenceAt(block: PredictionBlock, row: number): number | null {
  const told = block.at('confidence', row);
  if (typeof told === 'number') return told;
  const probability = numbersOf(block.at('probability', row));
  if (typeof probability !== 'number') return probability === null ? null : Math.max(...probability);
  const isOfTwo = ['0', '1'].includes(textOf(block.at('prediction', row)) ?? '');
  return isOfTwo ? Math.max(probability, 1 - probability) : probability;
}

/** A probability, or one for each class; null where there is none. */
export function numbersOf(value: Value): number | number[] | null {
  if (typeof value === 'number') return value;
  if (isNumbers(value)) return value.length > 0 ? [...value] : null;
  // A vector of Spark, as it writes JSON.
  return isVector(value) ? numbersOf(value.values) : null;
}

export function textOf(value: Value): string | null {
  if (value === null || value === '') return null;
  return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function isNumbers(value: Value): value is readonly number[] {
  return Array.isArray(value) && value.every(one => typeof one === 'number');
}

function isVector(value: Value): value is { readonly values: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && 'values' in value;
}

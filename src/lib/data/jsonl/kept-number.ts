import type { Value } from '../rows.ts';

/** The other half of ES2026, "JSON.parse source text access": JSON.stringify writes such a value as it is. */
const { rawJSON, isRawJSON } = JSON as typeof JSON & {
  rawJSON(text: string): { readonly rawJSON: string };
  isRawJSON(value: unknown): value is { readonly rawJSON: string };
};

/** A number of a JSON file that a double cannot hold. */
export function keepNumber(source: string): Value {
  return rawJSON(source);
}

/** How such a number is written; undefined for every other value. */
export function keptNumber(value: Value): string | undefined {
  return isRawJSON(value) ? value.rawJSON : undefined;
}

/** Such numbers as texts with all their digits, for results that are more than JSON. */
export function spellNumbers(value: Value): Value {
  const kept = keptNumber(value);
  if (kept !== undefined || value === null || typeof value !== 'object') return kept ?? value;
  if (Array.isArray(value)) return value.map(spellNumbers);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, spellNumbers(each)]));
}

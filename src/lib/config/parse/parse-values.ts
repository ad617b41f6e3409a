import type { Json } from '../types.ts';
import { MAX_ALIASES, MAX_DEPTH, MAX_VALUES } from './limits.ts';

/** What stands where a whole number is too big for a JavaScript number or a key would reach into prototypes. */
class Unusual extends Error {}

/**
 * The quick way: text to plain values without places. Undefined means that something is wrong or unusual,
 * and that `parseDocument` has to look and say what; both agree on every text that both accept.
 */
export async function parseValues(text: string): Promise<Json | undefined> {
  if (isBlank(text)) return {};
  if (TAG.test(text) || text.startsWith('...')) return undefined;
  const { load } = await import('js-yaml');
  try {
    const loaded = load(text, { maxDepth: MAX_DEPTH, maxAliases: MAX_ALIASES });
    return toPlain(loaded ?? {}, { left: MAX_VALUES });
  } catch {
    return undefined;
  }
}

/** A tag, or a text that looks like one: rare enough to look twice. */
const TAG = /(?:^|[\s[{,])!/m;

/** Nothing but blank lines and comments: an empty project file is one where all defaults hold. */
export function isBlank(text: string): boolean {
  return !/^[^\S\n]*[^\s#]/m.test(text.replace(/^\uFEFF/, ''));
}

function toPlain(value: unknown, budget: { left: number }): Json {
  budget.left -= 1;
  if (budget.left < 0) throw new Unusual();
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return keptExactly(value);
  if (Array.isArray(value)) return value.map(item => toPlain(item, budget));
  const plain: { [key: string]: Json } = {};
  for (const [key, child] of Object.entries(value as object)) {
    if (key === '__proto__' || key === '<<') throw new Unusual();
    plain[key] = toPlain(child, budget);
  }
  return plain;
}

function keptExactly(value: number): number {
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) throw new Unusual();
  return value;
}

import type { Problem } from '../types.ts';
import { MAX_ALIASES, MAX_DEPTH } from './limits.ts';

/** Above this size a broken file gets one located error instead of a second, slower and more talkative reading. */
const BIG = 64 * 1024;

interface QuickComplaint {
  readonly problem: Problem;
  /** The thorough parser must not see the text: one that nests without end takes it seconds and gigabytes. */
  readonly final: boolean;
  /** The quick parser is stricter than others: `[` with its `]` below the key, and a tab behind a colon, are fine. */
  readonly lenient: boolean;
}

/** What the quick parser says against a text, or null. */
export async function checkQuickly(text: string, file: string): Promise<QuickComplaint | null> {
  const { load, YAMLException } = await import('js-yaml');
  try {
    load(text, { maxDepth: MAX_DEPTH, maxAliases: MAX_ALIASES });
    return null;
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const isLimit = /maxDepth|maxAliases/.test(error.reason);
    const line = (error.mark?.line ?? 0) + 1;
    const column = (error.mark?.column ?? 0) + 1;
    const problem: Problem = {
      severity: 'error',
      code: 'CONFIG_SYNTAX',
      path: null,
      message: LIMITS.find(([pattern]) => pattern.test(error.reason))?.[1] ?? error.reason,
      hint: isLimit ? 'a project file needs neither; check that this is the right file' : 'mend this place',
      place: { file, line, column },
    };
    return { problem, final: isLimit || text.length > BIG, lenient: error.reason === 'deficient indentation' };
  }
}

const LIMITS: readonly (readonly [RegExp, string])[] = [
  [/maxDepth/, `values are nested more than ${MAX_DEPTH} levels deep`],
  [/maxAliases/, `more than ${MAX_ALIASES} aliases (*name) are used`],
];

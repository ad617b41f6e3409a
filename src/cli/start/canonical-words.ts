import { moveLeadingFlags } from './leading-flags.ts';

/** Verbs as users of other tools type them; `storage` has the short ones itself. */
const VERBS: Readonly<Record<string, string>> = { ls: 'list', get: 'describe', rm: 'delete', list: 'ls', delete: 'rm' };

/** No command id has more words. */
const DEEPEST = 4;

/**
 * Turns the command words of a command line into the ones that name a command: `jobs ls` is `job list`. Topics have
 * a plural (or singular) twin and three verbs a shorter one; whatever is known as it stands is never changed.
 */
export function canonicalWords(given: readonly string[], isKnown: (id: string) => boolean): string[] {
  const argv = moveLeadingFlags(given);
  if (argv[0] === 'help' && argv.length > 1) return ['help', ...canonicalWords(argv.slice(1), isKnown)];
  for (let count = Math.min(countWords(argv), DEEPEST); count > 0; count--) {
    const found = candidates(argv.slice(0, count)).find(words => isKnown(words.join(':')));
    if (found) return [...found, ...argv.slice(count)];
  }
  return [...argv];
}

/** How many leading arguments can be command words. */
export function countWords(argv: readonly string[]): number {
  const end = argv.findIndex(arg => arg.startsWith('-') || arg.includes('='));
  return end === -1 ? argv.length : end;
}

/** As typed first, then every reading of it. */
function candidates(words: readonly string[]): string[][] {
  const [topic = '', ...rest] = words;
  const last = rest.at(-1);
  const verb = last === undefined ? undefined : VERBS[last];
  const tails = verb === undefined ? [rest] : [rest, [...rest.slice(0, -1), verb]];
  return [topic, singular(topic), `${topic}s`].flatMap(head => tails.map(tail => [head, ...tail]));
}

function singular(word: string): string {
  return word.replace(/s$/, '');
}

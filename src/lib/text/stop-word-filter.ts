import { lowerCase } from './lower-case.ts';

export interface StopWordOptions {
  readonly caseSensitive: boolean;
  /** Language of the lower-casing of both sides where case does not count. */
  readonly locale: string;
}

/** Tells stop words from others as Spark's StopWordsRemover does: no punctuation is cut off, `the,` stays. */
export function createStopWordFilter(
  stopWords: readonly string[],
  { caseSensitive, locale }: StopWordOptions,
): (token: string) => boolean {
  if (caseSensitive) {
    const words = new Set(stopWords);
    return token => words.has(token);
  }
  const words = new Set(stopWords.map(word => lowerCase(word, locale)));
  return token => words.has(lowerCase(token, locale));
}

import { translateJavaRegex } from './java-regex.ts';
import { lowerCase } from './lower-case.ts';
import { dropEmptyEnd } from './split-whitespace.ts';

export interface RegexTokenizerOptions {
  /** As Java writes them. */
  readonly pattern: string;
  /** The pattern matches what stands between tokens, not the tokens. */
  readonly gaps: boolean;
  /** In UTF-16 units, as Java counts. */
  readonly minTokenLength: number;
  readonly toLowercase: boolean;
}

/**
 * Spark's RegexTokenizer: lower-case, Scala's Regex.split or findAllIn, tokens that are too short left out. Throws an
 * Error that names what of the pattern cannot be taken over from Java.
 */
export function createRegexTokenizer(options: RegexTokenizerOptions): (text: string) => string[] {
  const { gaps, minTokenLength, toLowercase } = options;
  const expression = new RegExp(translateJavaRegex(options.pattern).source, 'gv');
  return text => {
    const subject = toLowercase ? lowerCase(text) : text;
    const tokens = gaps ? splitBy(expression, subject) : findAll(expression, subject);
    return minTokenLength > 0 ? tokens.filter(token => token.length >= minTokenLength) : tokens;
  };
}

/** java.util.regex.Pattern.split: no empty first token for an empty match at the start, none at the end at all. */
function splitBy(expression: RegExp, text: string): string[] {
  const tokens: string[] = [];
  let from = 0;
  let found = false;
  eachMatch(expression, text, (start, end) => {
    if (from === 0 && start === 0 && end === 0) return;
    found = true;
    tokens.push(text.slice(from, start));
    from = end;
  });
  if (!found) return [text];
  tokens.push(text.slice(from));
  return dropEmptyEnd(tokens);
}

function findAll(expression: RegExp, text: string): string[] {
  const tokens: string[] = [];
  eachMatch(expression, text, (start, end) => tokens.push(text.slice(start, end)));
  return tokens;
}

function eachMatch(expression: RegExp, text: string, visit: (start: number, end: number) => void): void {
  expression.lastIndex = 0;
  for (let match = expression.exec(text); match; match = expression.exec(text)) {
    visit(match.index, match.index + match[0].length);
    if (match[0] === '') expression.lastIndex = stepOver(expression, text, match.index, visit);
  }
}

/** Java looks on one UTF-16 unit behind an empty match, even within a pair, where JavaScript would step over it. */
function stepOver(
  expression: RegExp,
  text: string,
  index: number,
  visit: (start: number, end: number) => void,
): number {
  if ((text.codePointAt(index) ?? 0) <= 0xffff) return index + 1;
  const apart = `${text.slice(0, index)}\ue000${text.slice(index + 1)}`;
  const sticky = new RegExp(expression.source, 'vy');
  sticky.lastIndex = index + 1;
  const within = sticky.exec(apart);
  if (!within) return index + 2;
  visit(within.index, within.index + within[0].length);
  return Math.max(index + 2, sticky.lastIndex);
}

import { compileClassRuns, type EachMatch } from './class-runs.ts';
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
 * Error that names what of the pattern cannot be taken over from Java. A pattern of more than classes is matched by the
 * engine, which gives up where it has to go back too far: in a token of millions of characters. That is an Error, too.
 */
export function createRegexTokenizer(options: RegexTokenizerOptions): (text: string) => string[] {
  const { gaps, minTokenLength, toLowercase } = options;
  const { source, runs } = translateJavaRegex(options.pattern);
  const eachMatch = (runs && compileClassRuns(runs)) ?? matchByEngine(options.pattern, source);
  return text => {
    const subject = toLowercase ? lowerCase(text) : text;
    const tokens = gaps ? splitBy(eachMatch, subject) : findAll(eachMatch, subject);
    return minTokenLength > 0 ? tokens.filter(token => token.length >= minTokenLength) : tokens;
  };
}

/** java.util.regex.Pattern.split: no empty first token for an empty match at the start, none at the end at all. */
function splitBy(eachMatch: EachMatch, text: string): string[] {
  const tokens: string[] = [];
  let from = 0;
  let found = false;
  eachMatch(text, (start, end) => {
    if (from === 0 && start === 0 && end === 0) return;
    found = true;
    tokens.push(text.slice(from, start));
    from = end;
  });
  if (!found) return [text];
  tokens.push(text.slice(from));
  return dropEmptyEnd(tokens);
}

function findAll(eachMatch: EachMatch, text: string): string[] {
  const tokens: string[] = [];
  eachMatch(text, (start, end) => tokens.push(text.slice(start, end)));
  return tokens;
}

function matchByEngine(pattern: string, source: string): EachMatch {
  const expression = new RegExp(source, 'gv');
  return (text, visit) => {
    expression.lastIndex = 0;
    for (let match = find(expression, text, pattern); match; match = find(expression, text, pattern)) {
      visit(match.index, match.index + match[0].length);
      if (match[0] === '') expression.lastIndex = stepOver(expression, text, match.index, visit);
    }
  };
}

function find(expression: RegExp, text: string, pattern: string): RegExpExecArray | null {
  try {
    return expression.exec(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Error(
      `a text of ${text.length} characters is too long for the regular expression ${pattern}: matching it takes more memory than the engine has`,
      { cause: error },
    );
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

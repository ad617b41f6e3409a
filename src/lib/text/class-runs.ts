import type { ClassRun } from './java-regex.ts';

/** More classes than this would cost more memory than their table saves. */
const MOST_CLASSES = 64;
const NO = 1;
const YES = 2;
const NONE = 255;

type Answer = (code: number) => number;

/** Calls `visit` for each match in a text, in order. */
export type EachMatch = (text: string, visit: (start: number, end: number) => void) => void;

/**
 * The matches of a pattern that is nothing but classes, found by a loop: the engine's own matching of `\s+` keeps a place
 * to go back to for every character and gives up in a text of some million characters. Null where the pattern is too wide.
 */
export function compileClassRuns(runs: readonly ClassRun[]): EachMatch | null {
  if (runs.length > MOST_CLASSES) return null;
  const classes = runs.map(({ source, repeated }) => ({ holds: compileClass(source), repeated }));
  const find = rememberAnswers(code => classes.findIndex(({ holds }) => holds(code) === YES) + 1 || NONE);
  return (text, visit) => {
    for (let at = 0; at < text.length; ) {
      const unit = text.charCodeAt(at);
      const code = (unit & 0xf800) === 0xd800 ? (text.codePointAt(at) as number) : unit;
      const found = find(code);
      const start = at;
      at += code > 0xffff ? 2 : 1;
      if (found === NONE) continue;
      const { repeated, holds } = classes[found - 1] as (typeof classes)[number];
      if (repeated) at = skip(holds, text, at);
      visit(start, at);
    }
  };
}

function skip(holds: Answer, text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    const code = (unit & 0xf800) === 0xd800 ? (text.codePointAt(at) as number) : unit;
    if (holds(code) === NO) break;
    at += code > 0xffff ? 2 : 1;
  }
  return at;
}

function compileClass(source: string): Answer {
  const expression = new RegExp(`^${source}$`, 'v');
  return rememberAnswers(code => (expression.test(String.fromCodePoint(code)) ? YES : NO));
}

/** Answers are small numbers above 0; those for U+0000 to U+FFFF are kept. */
function rememberAnswers(answer: Answer): Answer {
  const known = new Uint8Array(0x10000);
  return code => {
    if (code > 0xffff) return answer(code);
    if (known[code] === 0) known[code] = answer(code);
    return known[code] as number;
  };
}

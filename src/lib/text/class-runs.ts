import type { ClassRun } from './java-regex.ts';

/** More classes than this would cost more memory than their table saves. */
const MOST_CLASSES = 64;
const NO = 1;
const YES = 2;

/** Calls `visit` for each match in a text, in order. */
export type EachMatch = (text: string, visit: (start: number, end: number) => void) => void;

/**
 * The matches of a pattern that is nothing but classes, found by a loop: the engine's own matching of `\s+` keeps a place
 * to go back to for every character and gives up in a text of some million characters. Null where the pattern is too wide.
 */
export function compileClassRuns(runs: readonly ClassRun[]): EachMatch | null {
  if (runs.length > MOST_CLASSES) return null;
  const classes = runs.map(({ source, repeated }) => ({ holds: compileClass(source), repeated }));
  return (text, visit) => {
    for (let at = 0; at < text.length; ) {
      const code = text.codePointAt(at) as number;
      const found = classes.find(({ holds }) => holds(code));
      const start = at;
      at += code > 0xffff ? 2 : 1;
      if (!found) continue;
      if (found.repeated) at = skip(found.holds, text, at);
      visit(start, at);
    }
  };
}

function skip(holds: (code: number) => boolean, text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.codePointAt(at) as number;
    if (!holds(code)) break;
    at += code > 0xffff ? 2 : 1;
  }
  return at;
}

/** Whether a class holds a code point; the answers for U+0000 to U+FFFF are kept. */
function compileClass(source: string): (code: number) => boolean {
  const expression = new RegExp(`^${source}$`, 'v');
  const known = new Uint8Array(0x10000);
  return code => {
    if (code > 0xffff) return expression.test(String.fromCodePoint(code));
    const answer = known[code] as number;
    if (answer !== 0) return answer === YES;
    const holds = expression.test(String.fromCharCode(code));
    known[code] = holds ? YES : NO;
    return holds;
  };
}

/** Where a text stops being JSON, for a message that helps: the parser of the language does not always say. */
interface JsonFault {
  /** Counted from 0, in UTF-16 units. */
  readonly at: number;
  readonly line: number;
  readonly column: number;
  readonly found: string;
}

const LITERAL = /true|false|null/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const SPACE = /[ \t\r\n]*/y;

/** Null where the text is JSON. */
export function findJsonFault(text: string): JsonFault | null {
  const at = faultAt(text);
  if (at === null) return null;
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const rest = /^[A-Za-z]+|^./s.exec(text.slice(at, at + 20))?.[0];
  return {
    at,
    line,
    column: at - before.lastIndexOf('\n'),
    found: rest === undefined ? 'the end' : JSON.stringify(rest),
  };
}

/** A stack of what is open and what is expected next: depth costs memory, not calls. */
function faultAt(text: string): number | null {
  const open: ('{' | '[')[] = [];
  let at = skip(SPACE, text, 0);
  let state: 'value' | 'first-value' | 'first-key' | 'key' | 'after' = 'value';
  for (;;) {
    const mark = text[at];
    if (state === 'value' || state === 'first-value') {
      if (mark === ']' && state === 'first-value') {
        open.pop();
        at += 1;
        state = 'after';
      } else if (mark === '{' || mark === '[') {
        open.push(mark);
        at += 1;
        state = mark === '{' ? 'first-key' : 'first-value';
      } else {
        const end = skip(STRING, text, at) || skip(NUMBER, text, at) || skip(LITERAL, text, at);
        if (end <= at) return at;
        at = end;
        state = 'after';
      }
    } else if (state === 'after') {
      const inside = open.at(-1);
      if (inside === undefined) return at === text.length ? null : at;
      if (mark === ',') state = inside === '{' ? 'key' : 'value';
      else if (mark === (inside === '{' ? '}' : ']')) open.pop();
      else return at;
      at += 1;
    } else if (mark === '}' && state === 'first-key') {
      open.pop();
      at += 1;
      state = 'after';
    } else {
      const end = skip(STRING, text, at);
      if (end <= at) return at;
      at = skip(SPACE, text, end);
      if (text[at] !== ':') return at;
      at += 1;
      state = 'value';
    }
    at = skip(SPACE, text, at);
  }
}

/** The end of what the pattern takes from here; 0 where it takes nothing. */
function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : 0;
}

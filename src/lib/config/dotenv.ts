import type { Problem } from './types.ts';

interface DotenvEntry {
  readonly value: string;
  readonly line: number;
}

export interface Dotenv {
  readonly entries: ReadonlyMap<string, DotenvEntry>;
  readonly problems: readonly Problem[];
}

const LINE = /^[^\S\n]*(?:export[^\S\n]+)?([A-Za-z_][\w.-]*)[^\S\n]*=[^\S\n]*/;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$' };

/**
 * `.env` in the form that shells and other tools agree on: `NAME=value` per line, `export` allowed, `#` starts a
 * comment at the start of a line or after a blank. Single quotes keep everything as it stands; double quotes know
 * \n \r \t \" \\ \$ and may go over several lines. Nothing is expanded: `$HOME` stays `$HOME`.
 */
export function parseDotenv(text: string, file: string): Dotenv {
  const entries = new Map<string, DotenvEntry>();
  const problems: Problem[] = [];
  let rest = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  let line = 1;
  while (rest !== '') {
    const read = readEntry(rest);
    if (read.problem !== undefined) problems.push(problemAt(file, line, read.problem));
    else if (read.name !== undefined) entries.set(read.name, { value: read.value ?? '', line });
    line += rest.slice(0, read.length).split('\n').length - 1;
    rest = rest.slice(read.length);
  }
  return { entries, problems };
}

interface Entry {
  readonly length: number;
  readonly name?: string;
  readonly value?: string;
  readonly problem?: readonly [message: string, hint: string];
}

function readEntry(text: string): Entry {
  const end = lineEnd(text, 0);
  const line = text.slice(0, end).trimEnd();
  if (/^\s*(#.*)?$/.test(line)) return { length: end };
  const match = LINE.exec(line);
  if (match === null) {
    return { length: end, problem: ['expected NAME=value', 'write a name, =, and the value; start a comment with #'] };
  }
  const name = match[1] ?? '';
  const start = match[0].length;
  const quote = text[start];
  if (quote === '"' || quote === "'") return readQuoted(text, start, quote, name);
  return {
    length: end,
    name,
    value: line
      .slice(start)
      .replace(/(^|\s)#.*$/, '')
      .trimEnd(),
  };
}

function readQuoted(text: string, start: number, quote: '"' | "'", name: string): Entry {
  const pattern = quote === '"' ? /"((?:[^"\\]|\\[\s\S])*)"/y : /'([^']*)'/y;
  pattern.lastIndex = start;
  const inside = pattern.exec(text)?.[1];
  if (inside === undefined) {
    return { length: lineEnd(text, 0), problem: [`the quote of ${name} is never closed`, `close it with ${quote}`] };
  }
  const close = start + inside.length + 2;
  const end = lineEnd(text, close);
  if (!/^\s*(#.*)?$/.test(text.slice(close, end).trimEnd())) {
    return {
      length: end,
      problem: [`something follows the quoted value of ${name}`, 'put the whole value into the quotes'],
    };
  }
  return { length: end, name, value: quote === '"' ? decodeEscapes(inside) : inside };
}

function decodeEscapes(text: string): string {
  return text.replace(/\\([\s\S])/g, (all, letter: string) => ESCAPES[letter] ?? all);
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end + 1;
}

function problemAt(file: string, line: number, [message, hint]: readonly [string, string]): Problem {
  return { severity: 'error', code: 'CONFIG_SYNTAX', path: null, message, hint, place: { file, line, column: 1 } };
}

import fs from 'node:fs';
import path from 'node:path';

/** As deep as a folder of configuration files can reasonably be, and an end for links in a circle. */
const DEEPEST = 32;

/** Whether a path holds wildcards: `*`, `?`, `[a-z]`, `{a,b}`; `**` stands for any folders. */
export function isGlob(pattern: string): boolean {
  return /[*?[\]{}]/.test(pattern);
}

/**
 * The files below a folder that match, as absolute paths in order. The platform's own `fs.globSync` would load
 * promises and streams into every start, for a line that most project files have.
 */
export function findMatches(folder: string, pattern: string): string[] {
  const found = expandBraces(pattern).flatMap(plain => {
    const start = path.isAbsolute(plain) ? path.parse(plain).root : folder;
    const parts = plain.split('/').filter(part => part !== '' && part !== '.');
    // Any folders below any folders are any folders: walking them twice would square the work.
    const distinct = parts.filter((part, index) => part !== '**' || parts[index - 1] !== '**');
    return walk(start, distinct, 0);
  });
  return [...new Set(found)].sort();
}

function walk(folder: string, parts: readonly string[], depth: number): string[] {
  const [part, ...rest] = parts;
  if (part === undefined || depth > DEEPEST) return [];
  if (part === '**')
    return [...walk(folder, rest, depth), ...foldersIn(folder).flatMap(child => walk(child, parts, depth + 1))];
  const names = isGlob(part) ? namesIn(folder).filter(name => matches(name, part)) : [part];
  const next = names.map(name => path.join(folder, name));
  if (rest.length > 0) return next.flatMap(child => walk(child, rest, depth + 1));
  return next.filter(file => fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true);
}

/** Like a shell: names that begin with a dot are matched only by patterns that do. */
function matches(name: string, part: string): boolean {
  if (name.startsWith('.') && !part.startsWith('.')) return false;
  const pieces = part.match(/\[[^\]]+\]|[\s\S]/g) ?? [];
  try {
    return new RegExp(`^${pieces.map(toPattern).join('')}$`, 's').test(name);
  } catch {
    // A range the wrong way round, [z-a], matches nothing but its own text.
    return name === part;
  }
}

function toPattern(piece: string): string {
  if (piece === '*') return '.*';
  if (piece === '?') return '.';
  if (piece.length > 1) return piece.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
  return /[\\^$.+()|[\]{}]/.test(piece) ? `\\${piece}` : piece;
}

function expandBraces(pattern: string): string[] {
  const braces = /\{([^{}]*)\}/.exec(pattern);
  if (braces === null) return [pattern];
  const [before, after] = [pattern.slice(0, braces.index), pattern.slice(braces.index + braces[0].length)];
  return (braces[1] ?? '').split(',').flatMap(choice => expandBraces(before + choice + after));
}

/** Like a shell, `**` does not follow links: two that lead back up would make it walk for minutes. */
function foldersIn(folder: string): string[] {
  return namesIn(folder)
    .filter(name => !name.startsWith('.') && name !== 'node_modules')
    .map(name => path.join(folder, name))
    .filter(child => fs.lstatSync(child, { throwIfNoEntry: false })?.isDirectory() === true);
}

function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}

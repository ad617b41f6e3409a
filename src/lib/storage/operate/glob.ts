import { SentopsError } from '../../core/errors.ts';

/** More than this from braces is a mistake, or somebody trying what happens. */
const MOST_CHOICES = 1000;

export interface Glob {
  /** What all matches begin with: everything up to the last slash before the first wildcard. */
  readonly folder: string;
  readonly rest: string;
  /** The rest, one pattern for each level; null where `**` crosses levels. */
  readonly levels: readonly Level[] | null;
  /** Whether a whole location matches. */
  matches(uri: string): boolean;
}

export interface Level {
  /** Null for a level without wildcards. */
  readonly pattern: RegExp | null;
  readonly text: string;
}

/** Whether there are wildcards: `*`, `?`, `[a-z]`, `{a,b}`, and `**` for any number of folders. */
export function hasWildcards(text: string): boolean {
  return /[*?]|\[[^\]/]+\]|\{[^{}]*,[^{}]*\}/.test(text);
}

/** As gsutil has them: `*` and `?` stop at a slash, `**` does not. Braces give several patterns. */
export function compileGlobs(pattern: string): Glob[] {
  return expandBraces(pattern).map(compileGlob);
}

function compileGlob(pattern: string): Glob {
  const first = pattern.search(/[*?]|\[[^\]/]+\]/);
  const folder = first === -1 ? pattern.slice(0, pattern.lastIndexOf('/') + 1) : folderBefore(pattern, first);
  const rest = pattern.slice(folder.length);
  const whole = toRegExp(rest);
  return {
    folder,
    rest,
    levels: rest.includes('**')
      ? null
      : rest.split('/').map(text => ({ text, pattern: hasWildcards(text) ? toRegExp(text) : null })),
    matches: uri => uri.startsWith(folder) && whole.test(uri.slice(folder.length)),
  };
}

/** The folder in which all matches of a pattern lie. */
export function patternFolder(pattern: string): string {
  const first = pattern.search(/[*?[{]/);
  return folderBefore(pattern, first === -1 ? pattern.length : first);
}

function folderBefore(pattern: string, at: number): string {
  return pattern.slice(0, pattern.lastIndexOf('/', at) + 1);
}

function toRegExp(pattern: string): RegExp {
  const pieces = pattern.match(/\*\*\/|\*\*|\[[^\]/]+\]|[\s\S]/g) ?? [];
  try {
    return new RegExp(`^${pieces.map(translate).join('')}$`, 's');
  } catch (error) {
    throw new SentopsError('FLAG_INVALID', `${pattern} is no pattern: a range in it is the wrong way round`, {
      cause: error,
    });
  }
}

function translate(piece: string): string {
  if (piece === '**/') return '(?:.*/)?';
  if (piece === '**') return '.*';
  if (piece === '*') return '[^/]*';
  if (piece === '?') return '[^/]';
  if (piece.length > 1 && piece.startsWith('['))
    return piece.replace(/^\[!/, '[^').replace(/[\\[]/g, (found, at: number) => (at === 0 ? found : `\\${found}`));
  return /[\\^$.+()|[\]{}*?]/.test(piece) ? `\\${piece}` : piece;
}

/** `a{b,c}` is `ab` and `ac`; braces without a comma are part of the name. */
function expandBraces(pattern: string): string[] {
  let open = [pattern];
  const done: string[] = [];
  while (open.length > 0) {
    const next: string[] = [];
    for (const one of open) {
      const braces = /\{([^{}]*,[^{}]*)\}/.exec(one);
      if (braces === null) {
        done.push(one);
        continue;
      }
      const [before, after] = [one.slice(0, braces.index), one.slice(braces.index + braces[0].length)];
      next.push(...(braces[1] ?? '').split(',').map(choice => before + choice + after));
    }
    if (done.length + next.length > MOST_CHOICES)
      throw new SentopsError('FLAG_INVALID', `the braces of ${pattern} give more than ${MOST_CHOICES} patterns`);
    open = next;
  }
  return [...new Set(done)];
}

import fs from 'node:fs';
import path from 'node:path';
import { SentopsError } from '../core/errors.ts';
import { LOCAL_NAME } from './discover.ts';
import { displayPath } from './display-path.ts';
import { findMatches, isGlob } from './glob.ts';
import { type ReadOptions, readSource, type SourceFile, sourceMissing } from './source-file.ts';

const MOST_FILES = 200;

/**
 * A file and everything that it includes, strongest first: the file itself, then its includes from the last to the
 * first, each before its own includes. A glob without a match is fine, a file that is named has to exist.
 */
export async function withIncludes(source: SourceFile, options: ReadOptions): Promise<SourceFile[]> {
  const found: SourceFile[] = [];
  await collect(source, [source.file], options, found);
  return found;
}

async function collect(
  source: SourceFile,
  chain: readonly string[],
  options: ReadOptions,
  found: SourceFile[],
): Promise<void> {
  found.push(source);
  if (found.length > MOST_FILES) {
    throw new SentopsError('CONFIG_INVALID', `more than ${MOST_FILES} files are included`, {
      hint: 'narrow the globs under include:',
      place: source.place(['include']),
    });
  }
  for (const { index, file } of includedFiles(source, options.cwd).toReversed()) {
    const place = source.place(['include', String(index)]);
    if (chain.includes(file)) throw circle([...chain, file], options.cwd, place);
    const included = await readSource('include', file, options);
    if (included === undefined) {
      throw sourceMissing(
        displayPath(file, options.cwd),
        place,
        'mend the path under include:; it is relative to the file that includes it',
      );
    }
    await collect(included, [...chain, file], options, found);
  }
}

function includedFiles(source: SourceFile, cwd: string): { readonly index: number; readonly file: string }[] {
  const include = source.values['include'];
  if (!Array.isArray(include)) return [];
  return include.flatMap((pattern, index) => {
    if (typeof pattern !== 'string') return [];
    return expand(pattern, source, cwd, index).map(file => ({ index, file }));
  });
}

function expand(pattern: string, source: SourceFile, cwd: string, index: number): string[] {
  if (pattern.includes('${')) {
    throw new SentopsError(
      'CONFIG_REFERENCE',
      `include: ${pattern} cannot hold a reference: files are included before values are known`,
      {
        hint: 'write the path out, or use a glob',
        place: source.place(['include', String(index)]) ?? { file: displayPath(source.file, cwd) },
      },
    );
  }
  const folder = path.dirname(source.file);
  if (!isGlob(pattern)) return [path.resolve(folder, pattern)];
  const matches = findMatches(folder, pattern);
  return matches.filter(file => isIncludable(file, source.file)).sort();
}

/** A broad glob also meets the file that holds it, the private file beside it, and folders. */
function isIncludable(file: string, includer: string): boolean {
  return (
    file !== includer &&
    path.basename(file) !== LOCAL_NAME &&
    fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true
  );
}

function circle(files: readonly string[], cwd: string, place: ReturnType<SourceFile['place']>): SentopsError {
  const names = files.map(file => displayPath(file, cwd));
  return new SentopsError('CONFIG_INVALID', `the includes go in a circle: ${names.join(' → ')}`, {
    hint: 'take one of them out of include:',
    place,
  });
}

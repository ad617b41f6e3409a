import path from 'node:path';

/** How a file is called in messages: relative where it lies below the current folder, absolute elsewhere. */
export function displayPath(file: string, cwd: string): string {
  const relative = path.relative(cwd, file);
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative) ? file : relative;
}

import fs from 'node:fs';
import path from 'node:path';

/** The path itself, or the closest of its parents that exists: where a folder would be made. */
export function nearestExisting(target: string): string {
  return fs.existsSync(target) || path.dirname(target) === target ? target : nearestExisting(path.dirname(target));
}

/** The entry called `name` in the folder or in one of its parents. */
export function findUpward(folder: string, name: string): string | undefined {
  const candidate = path.join(folder, name);
  if (fs.existsSync(candidate)) return candidate;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : findUpward(parent, name);
}

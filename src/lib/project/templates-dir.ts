import fs from 'node:fs';
import path from 'node:path';

/**
 * The package's `templates` folder, from the sources as well as from the bundle: both lie somewhere below the
 * package.json that names sentops.
 */
export function templatesDir(): string {
  return path.join(packageRoot(), 'templates');
}

export function packageRoot(from: string = import.meta.dirname): string {
  for (let folder = from; ; folder = path.dirname(folder)) {
    if (isPackage(path.join(folder, 'package.json'))) return folder;
    if (folder === path.dirname(folder)) throw new Error(`no package.json of sentops above ${from}`);
  }
}

function isPackage(file: string): boolean {
  try {
    const manifest: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
    return typeof manifest === 'object' && manifest !== null && 'name' in manifest && manifest.name === 'sentops';
  } catch {
    return false;
  }
}

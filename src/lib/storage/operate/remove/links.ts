import fs from 'node:fs';
import path from 'node:path';

/** Whether a folder between a root and a file in it is a link; one to the file itself does not count. */
export function isBehindLink(root: string, file: string): boolean {
  const steps = path.relative(root, path.dirname(file)).split(path.sep);
  let folder = root;
  return steps.some(step => {
    folder = path.join(folder, step);
    return folder !== root && isLink(folder);
  });
}

export function isLink(file: string): boolean {
  return fs.lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

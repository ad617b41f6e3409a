import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const INPUTS = ['package.json', 'package-lock.json', 'tsconfig.json', 'src', 'scripts/build'];

/** One hash over everything that the build reads. */
export function hashInputs(root: string): string {
  const hash = crypto.createHash('sha256');
  for (const input of INPUTS) {
    const place = path.join(root, input);
    const isFolder = fs.statSync(place).isDirectory();
    const files = isFolder ? fs.readdirSync(place, { recursive: true, encoding: 'utf8' }).sort() : [''];
    for (const file of files) {
      const full = path.join(place, file);
      if (fs.statSync(full).isFile()) hash.update(`${input}/${file}\0`).update(fs.readFileSync(full)).update('\0');
    }
  }
  return hash.digest('hex');
}

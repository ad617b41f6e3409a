import fs from 'node:fs';
import path from 'node:path';
import { SentopsError } from '../core/errors.ts';
import { lookAt } from './look-at.ts';
import type { ModelFiles } from './types.ts';

/** Node reads no more into one piece of memory; the largest array of a model takes as much. */
const MAX_FILE = 2 ** 31 - 1;
/** Of a whole pipeline: what is larger does not fit into memory either, once its tables are unpacked. */
const MAX_FOLDER = 2 ** 32;
/** What a saved pipeline, or the best one of a search, is read from; a search keeps all others in `subModels`. */
const READ = ['metadata', 'stages', 'bestModel'];

/**
 * The files of a saved pipeline with the checksums beside its part files, without markers. Links to files are followed:
 * stores of models keep the files elsewhere and link to them.
 */
export function readSparkFiles(dir: string): ModelFiles {
  const files = new Map<string, Uint8Array>();
  let left = MAX_FOLDER;
  for (const file of listFiles(dir)) {
    const bytes = readWhole(file, left);
    left -= bytes.length;
    files.set(path.relative(dir, file).split(path.sep).join('/'), bytes);
  }
  return files;
}

/** Throws DATA_INVALID for a file that is larger than any model. */
export function readWhole(file: string, limit = MAX_FILE): Uint8Array {
  const { size } = fs.statSync(file);
  if (size <= Math.min(limit, MAX_FILE)) return fs.readFileSync(file);
  throw new SentopsError('DATA_INVALID', `${file} is too large for a part of a model: ${size} bytes`, {
    hint: `files of at most ${MAX_FILE} bytes are read, ${MAX_FOLDER} in all`,
    details: { file, bytes: size },
  });
}

function listFiles(dir: string): string[] {
  return READ.flatMap(name => {
    const top = path.join(dir, name);
    const stat = lookAt(top);
    if (stat?.isDirectory() !== true) return stat?.isFile() === true ? [top] : [];
    return fs
      .readdirSync(top, { recursive: true, withFileTypes: true })
      .filter(entry => !entry.isDirectory() && (!/^[._]/u.test(entry.name) || /^\.part-.*\.crc$/u.test(entry.name)))
      .map(entry => path.join(entry.parentPath, entry.name))
      .filter(file => lookAt(file)?.isFile() === true);
  });
}

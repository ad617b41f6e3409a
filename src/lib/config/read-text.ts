import buffer from 'node:buffer';
import fs from 'node:fs';
import { SentopsError, type SourcePlace } from '../core/errors.ts';
import { MAX_BYTES } from './parse/limits.ts';

/** The text of a configuration file; `name` is how messages call it. Undefined where there is no such file. */
export function readText(file: string, name: string): string | undefined {
  const bytes = readBytes(file, name);
  if (bytes === undefined) return undefined;
  if (!buffer.isUtf8(bytes)) throw notUtf8(bytes, name);
  const text = bytes.toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function readBytes(file: string, name: string): Buffer | undefined {
  try {
    const stat = fs.statSync(file);
    if (stat.isDirectory())
      throw unreadable(
        name,
        `${name} is a folder, not a file`,
        'give the path of a file, or move the folder out of the way',
      );
    if (!stat.isFile() && !stat.isFIFO())
      throw unreadable(name, `${name} is not a regular file`, 'give the path of a file');
    if (stat.size > MAX_BYTES) throw tooBig(stat.size, name);
    return fs.readFileSync(file);
  } catch (error) {
    if (error instanceof SentopsError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const reason = REASONS[code] ?? (error instanceof Error ? error.message : String(error));
    throw unreadable(name, `${name} cannot be read: ${reason}`, 'check the path and its permissions', error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'its symbolic links form a circle',
  ENAMETOOLONG: 'the name is too long',
};

function tooBig(size: number, name: string): SentopsError {
  const said = `${name} has ${(size / 1024 / 1024).toFixed(1)} MB, more than the ${MAX_BYTES / 1024 / 1024} MB of a configuration file`;
  return unreadable(name, said, 'check that this is the right file');
}

function notUtf8(bytes: Buffer, name: string): SentopsError {
  const mark = bytes.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff') return unreadable(name, `${name} is encoded in UTF-16`, 'save it as UTF-8');
  const text = bytes.toString('latin1');
  const before = text.slice(0, firstBadByte(bytes));
  const line = before.split('\n').length;
  const column = before.length - before.lastIndexOf('\n');
  return unreadable(name, `${name} is not UTF-8 text`, 'save it as UTF-8', undefined, { file: name, line, column });
}

/** A prefix that ends inside of a character is good as far as it goes; the first that is not good ends in the bad byte. */
function firstBadByte(bytes: Buffer): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (wholeCharacters(bytes, middle) === undefined) bad = middle;
    else good = middle;
  }
  return wholeCharacters(bytes, good) ?? good;
}

/** The length of a good prefix without the beginning of a character at its end. */
function wholeCharacters(bytes: Buffer, length: number): number | undefined {
  return [0, 1, 2, 3].map(cut => length - cut).find(whole => whole >= 0 && buffer.isUtf8(bytes.subarray(0, whole)));
}

function unreadable(
  name: string,
  message: string,
  hint: string,
  cause?: unknown,
  place: SourcePlace = { file: name },
): SentopsError {
  return new SentopsError('CONFIG_UNREADABLE', message, { hint, place, ...(cause === undefined ? {} : { cause }) });
}

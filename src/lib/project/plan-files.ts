import fs from 'node:fs';
import path from 'node:path';
import { SentopsError } from '../core/errors.ts';
import type { ProjectFile } from './list-project-files.ts';
import type { InitFile } from './types.ts';

export interface PlannedFile extends InitFile {
  /** What to write; nothing where the file stays as it is. */
  readonly text?: string;
}

/** Compares what init would write with what is there. */
export function planFiles(files: readonly ProjectFile[], dir: string, force: boolean): PlannedFile[] {
  return files.map(file => planFile(file, dir, force));
}

function planFile({ path: name, text, meeting }: ProjectFile, dir: string, force: boolean): PlannedFile {
  const file = path.join(dir, name);
  refuseLinks(dir, name);
  const present = readPresent(file, name);
  if (present === undefined) return { path: name, action: 'create', text };
  if (present === text) return { path: name, action: 'unchanged' };
  if (meeting === 'add-lines') return mergeLines(name, present, text);
  if (force) return { path: name, action: 'overwrite', text };
  if (meeting === 'keep') return { path: name, action: 'kept' };
  // The folder was empty a moment ago: another init is at work in it.
  throw inTheWay(file, `${name} is there already`, 'choose another folder, or add --force');
}

/** Below the project's folder a link may lead anywhere: what is written through it would not be in the project. */
function refuseLinks(dir: string, name: string): void {
  const parts = name.split('/');
  for (const end of parts.keys()) {
    const part = parts.slice(0, end + 1).join('/');
    const file = path.join(dir, part);
    const target = readLink(file);
    if (target === undefined) continue;
    const what = part === name ? name : `${part}, on the way to ${name},`;
    throw inTheWay(
      file,
      `${what} is a symbolic link to ${target}; init writes through no link`,
      'replace the link by what it points to, or choose another folder for the project',
    );
  }
}

/** Where a symbolic link points to, as it is written; undefined for anything else. */
function readLink(file: string): string | undefined {
  try {
    return fs.readlinkSync(file);
  } catch {
    // No link, or not there, or below a file: reading it says what else may be wrong.
    return undefined;
  }
}

function readPresent(file: string, name: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return undefined;
    const hint = 'move it away, or choose another folder for the project';
    if (code === 'EISDIR') throw inTheWay(file, `${name} is a folder; init would write a file of that name`, hint);
    if (code === 'ENOTDIR')
      throw inTheWay(file, `a part of the path ${name} is a file; init needs a folder there`, hint);
    throw error;
  }
}

function inTheWay(file: string, message: string, hint: string): SentopsError {
  return new SentopsError('CONFLICT', message, { hint, place: { file } });
}

/** A comment belongs to the lines below it: it is added with the first of them that is missing. */
function mergeLines(name: string, present: string, text: string): PlannedFile {
  const known = new Set(present.split(/\r?\n/).map(line => line.trim()));
  const missing: string[] = [];
  let heading = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) heading = line;
    if (line.startsWith('#') || line === '' || known.has(line)) continue;
    if (heading !== '' && !known.has(heading)) missing.push(heading);
    heading = '';
    missing.push(line);
  }
  if (missing.length === 0) return { path: name, action: 'unchanged' };
  const newline = present.includes('\r\n') ? '\r\n' : '\n';
  const before = present === '' || present.endsWith('\n') ? present : present + newline;
  const gap = before === '' ? '' : newline;
  return { path: name, action: 'merge', text: before + gap + missing.join(newline) + newline };
}

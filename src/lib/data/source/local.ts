import fs from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import path from 'node:path';
import { SentopsError } from '../../core/errors.ts';
import { nearestExisting } from '../../core/nearest.ts';
import { suggest } from '../../core/suggest.ts';
import type { ByteSource } from '../rows.ts';
import { choosePartNames, joinParts } from './parts.ts';

const CHUNK = 1024 * 1024;

/** A file, or a folder of part files. `shown` is the location as the user wrote it. */
export async function openLocal(file: string, shown: string): Promise<ByteSource> {
  const found = await look(file, shown);
  if (!found.isDirectory()) return openFile(file, shown, found);
  const names = choosePartNames(await listNames(file, shown), shown);
  const parts = await Promise.all(
    names.map(async name => {
      const part = path.join(file, name);
      return openFile(part, `${shown.replace(/[/\\]+$/, '')}/${name}`, await look(part, part));
    }),
  );
  return joinParts(shown, parts);
}

function openFile(file: string, name: string, { size, ...found }: fs.Stats): ByteSource {
  try {
    fs.accessSync(file, fs.constants.R_OK);
  } catch (error) {
    throw noPermission(name, error);
  }
  const isPipe = (found.mode & fs.constants.S_IFMT) === fs.constants.S_IFIFO;
  const open = (): AsyncIterable<Uint8Array> =>
    isPipe && process.platform === 'linux' ? openPipe(file) : fs.createReadStream(file, { highWaterMark: CHUNK });
  // A pipe (process substitution, a device) is read once and has no size.
  if ((found.mode & fs.constants.S_IFMT) !== fs.constants.S_IFREG)
    return { name, bytes: null, repeatable: false, open };
  return { name, bytes: size, repeatable: true, open, read: (start, end) => readRange(file, start, end) };
}

/**
 * Without a thread that waits for whoever writes, since a process cannot end before its threads: read(2) would hold up
 * Ctrl-C. Linux reports no end before a first writer came (fifo(7), poll(2)); elsewhere that is not sure.
 */
function openPipe(file: string): AsyncIterable<Uint8Array> {
  const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}

async function readRange(file: string, start: number, end: number): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const bytes = Buffer.allocUnsafeSlow(Math.max(0, end - start));
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  } finally {
    await handle.close();
  }
}

async function look(file: string, shown: string): Promise<fs.Stats> {
  try {
    return await stat(file);
  } catch (error) {
    throw await explain(error, file, shown);
  }
}

async function listNames(folder: string, shown: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.map(entry => (entry.isDirectory() ? `${entry.name}/` : entry.name));
  } catch (error) {
    throw await explain(error, folder, shown);
  }
}

async function explain(error: unknown, file: string, shown: string): Promise<unknown> {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'EACCES' || code === 'EPERM') return noPermission(shown, error);
  if (code === 'ENOTDIR') {
    return new SentopsError('NOT_FOUND', `${shown} is not there: a part of its path is a file, not a folder`, {
      hint: 'check the path',
    });
  }
  if (code !== 'ENOENT') return error;
  return new SentopsError('NOT_FOUND', `${shown} is not there`, { hint: await hintFor(file), details: { path: file } });
}

/** The name that was probably meant in that folder, or the folder up to which the path is right. */
async function hintFor(file: string): Promise<string> {
  const parent = nearestExisting(path.dirname(file));
  const missing = path.relative(parent, file).split(path.sep)[0] ?? '';
  const names = await readdir(parent).catch((): string[] => []);
  const near = suggest(missing, names) ?? names.find(name => name.startsWith(`${missing}.`));
  if (near !== undefined) return `did you mean ${path.join(parent, near)}?`;
  if (/^[a-z][a-z-]+:/.test(missing))
    return 'a role before a colon is for sentops storage and predictions; here write what sentops bucket list shows';
  return parent === path.dirname(file)
    ? `check its name; the folder ${parent} is there`
    : `there is no ${missing} in ${parent}`;
}

function noPermission(shown: string, cause: unknown): SentopsError {
  return new SentopsError('PERMISSION_DENIED', `${shown} cannot be read: permission denied`, {
    hint: 'change the permissions of the file or run as a user who may read it',
    cause,
  });
}

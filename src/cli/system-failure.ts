import fs from 'node:fs';
import { type ErrorCode, SentopsError } from '../lib/core/errors.ts';

type SystemError = NodeJS.ErrnoException & {
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
};

interface Meaning {
  readonly code: ErrorCode;
  readonly says: string;
  readonly hint?: string;
}

const MEANINGS: ReadonlyMap<string, Meaning> = new Map(
  Object.entries<Meaning>({
    ENOSPC: { code: 'DISK_FULL', says: 'no space left on the device' },
    EDQUOT: { code: 'DISK_FULL', says: 'the disk quota is used up' },
    EROFS: { code: 'NOT_WRITABLE', says: 'the file system is read-only' },
    EACCES: { code: 'NOT_WRITABLE', says: 'permission denied' },
    EPERM: { code: 'NOT_WRITABLE', says: 'permission denied' },
    ENOENT: { code: 'NOT_FOUND', says: 'no such file or folder', hint: 'check the path' },
    ENOTDIR: { code: 'NOT_FOUND', says: 'a part of the path is a file, not a folder', hint: 'check the path' },
    EISDIR: { code: 'CONFLICT', says: 'a folder where a file is expected', hint: 'give the path of a file' },
    EEXIST: { code: 'CONFLICT', says: 'it exists already' },
    ENOTEMPTY: { code: 'CONFLICT', says: 'the folder is not empty' },
    EBUSY: { code: 'CONFLICT', says: 'another program uses it' },
    EADDRINUSE: {
      code: 'CONFLICT',
      says: 'the address is in use',
      hint: 'choose another port or end the program that holds it',
    },
    EMFILE: { code: 'UNEXPECTED', says: 'too many open files', hint: 'raise the limit with: ulimit -n 4096' },
    ENFILE: {
      code: 'UNEXPECTED',
      says: 'too many open files on this machine',
      hint: 'end some programs and run the command again',
    },
    ENOMEM: { code: 'UNEXPECTED', says: 'not enough memory', hint: 'end some programs and run the command again' },
    ENAMETOOLONG: { code: 'FLAG_INVALID', says: 'the path is too long', hint: 'choose a shorter path' },
    ELOOP: { code: 'NOT_FOUND', says: 'the symbolic links of the path form a circle', hint: 'check the path' },
    ECONNREFUSED: { code: 'REMOTE_UNAVAILABLE', says: 'the connection was refused' },
    ECONNRESET: { code: 'REMOTE_UNAVAILABLE', says: 'the connection was cut' },
    ETIMEDOUT: { code: 'REMOTE_UNAVAILABLE', says: 'no answer in time' },
    ENOTFOUND: { code: 'REMOTE_UNAVAILABLE', says: 'the host name is unknown', hint: 'check the name and the network' },
    EAI_AGAIN: { code: 'REMOTE_UNAVAILABLE', says: 'the host name cannot be looked up now' },
    EHOSTUNREACH: { code: 'REMOTE_UNAVAILABLE', says: 'the host cannot be reached' },
    ENETUNREACH: { code: 'REMOTE_UNAVAILABLE', says: 'the network cannot be reached' },
  }),
);

const DEEPEST_CAUSE = 5;

/** What the operating system or an abandoned request said, in our words; undefined for everything else. */
export function explainSystemError(error: unknown, depth = 0): SentopsError | undefined {
  if (!(error instanceof Error) || depth > DEEPEST_CAUSE) return undefined;
  if (error.name === 'TimeoutError') return new SentopsError('TIMEOUT', error.message, { cause: error });
  if (error.name === 'AbortError') return ofAbort(error, depth);
  const system = error as SystemError;
  const meaning = MEANINGS.get(String(system.code));
  if (!meaning) return explainSystemError(error.cause, depth + 1);
  const { code, says, hint } = meaning;
  const subject = subjectOf(system);
  const options = {
    cause: error,
    ...(hint ? { hint } : {}),
    details: { errno: String(system.code), ...(system.path ? { path: system.path } : {}) },
  };
  if (isAboutReading(system)) {
    return new SentopsError('PERMISSION_DENIED', `cannot read${subject}: ${says}`, {
      ...options,
      hint: 'change the permissions or run as a user who may read it',
    });
  }
  return new SentopsError(code, subject === '' ? says : `${subject.trim()}: ${says}`, options);
}

function ofAbort(error: Error, depth: number): SentopsError {
  const cause = error.cause;
  if (cause instanceof SentopsError) return cause;
  return explainSystemError(cause, depth + 1) ?? new SentopsError('INTERRUPTED', undefined, { cause: error });
}

function subjectOf({ path, address, hostname, port }: SystemError): string {
  const host = hostname ?? address;
  if (path !== undefined) return ` ${path}`;
  if (host === undefined) return '';
  return port === undefined ? ` ${host}` : ` ${host}:${port}`;
}

/** A refusal does not say what was tried: a file that can be found but not read was read. */
function isAboutReading({ code, path, syscall }: SystemError): boolean {
  if (code !== 'EACCES' && code !== 'EPERM') return false;
  if (syscall === 'scandir' || syscall === 'stat' || syscall === 'lstat' || syscall === 'read') return true;
  if (syscall !== 'open' || path === undefined) return false;
  return isThere(path) && !isReadable(path);
}

function isThere(file: string): boolean {
  return fs.existsSync(file);
}

function isReadable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

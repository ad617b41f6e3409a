import path from 'node:path';
import { SentopsError } from '../../core/errors.ts';

const URL_START = /^file:\/\//i;

/** The absolute path that a location names; what follows `file://` is a path as it stands, nothing in it is escaped. */
export function pathOf(location: string, cwd: string): string {
  const named = URL_START.test(location) ? pathOfUrl(location) : location;
  if (named.includes('\0')) throw refuse(location, 'a path holds no zero bytes');
  return path.resolve(cwd, named);
}

function pathOfUrl(url: string): string {
  const rest = url.replace(URL_START, '').replace(/^localhost(?=\/)/i, '');
  if (!rest.startsWith('/')) throw refuse(url, 'a file URL names an absolute path, after three slashes');
  return process.platform === 'win32' && /^\/[A-Za-z]:/.test(rest) ? rest.slice(1) : rest;
}

/** A location cut behind its last slash: the folder as it was spelled, and how names in it are to begin. */
export function splitPrefix(prefix: string): { readonly folder: string; readonly start: string } {
  const cut = prefix.lastIndexOf('/') + 1;
  return { folder: prefix.slice(0, cut), start: prefix.slice(cut) };
}

function refuse(location: string, why: string): SentopsError {
  return new SentopsError('FLAG_INVALID', `${JSON.stringify(location)} names no file: ${why}`, {
    details: { location },
  });
}

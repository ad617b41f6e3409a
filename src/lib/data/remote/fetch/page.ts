import type { IncomingHttpHeaders } from 'node:http';
import { SentopsError } from '../../../core/errors.ts';
import { shown } from './failures.ts';

/** A page for people: by what the server calls it, or by how it begins. */
export function isPage(headers: IncomingHttpHeaders, start: Uint8Array): boolean {
  if (/^\s*(text\/html|application\/xhtml\+xml)\b/i.test(headers['content-type'] ?? '')) return true;
  const text = Buffer.from(start.buffer, start.byteOffset, Math.min(start.length, 512)).toString('latin1');
  return /^(?:\u00ef\u00bb\u00bf)?\s*(?:<!--.{0,200}?-->\s*)?<(?:!doctype\s+html|html[\s>])/is.test(text);
}

/** Files that are pages themselves are no surprise. */
export function isPageName(path: string): boolean {
  return /\.x?html?$/i.test(path);
}

export function pageFailure(what: string, from: URL, hint: string): SentopsError {
  return new SentopsError('DATA_INVALID', `${what}: a web page came instead of the file, from ${shown(from)}`, {
    hint,
    details: { url: shown(from) },
  });
}

export const SIGN_IN_HINT =
  'open the address in a browser: it may want a login or a consent, or it is the page about the file and not the file';

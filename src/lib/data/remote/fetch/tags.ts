import type { IncomingHttpHeaders } from 'node:http';

/** What changes with the content, as the server writes it: an ETag, or else the time of the last change. */
export function tagOf(headers: IncomingHttpHeaders): string | null {
  return headers.etag ?? headers['last-modified'] ?? null;
}

/** A range is only made conditional on what identifies every byte (RFC 9110, 13.1.5): a weak ETag does not. */
export function ifRange(tag: string | null): Readonly<Record<string, string>> {
  return tag === null || tag.startsWith('W/') ? {} : { 'if-range': tag };
}

/**
 * Whether an answer is about the content that the tag was made for. Servers behind one address differ in how they mark
 * weak tags, and some leave the ETag out of partial answers: what is not said is no change.
 */
export function isSame(tag: string | null, headers: IncomingHttpHeaders): boolean {
  if (tag === null) return true;
  const isTime = /^[A-Z][a-z]{2}, \d/.test(tag);
  const now = isTime ? headers['last-modified'] : headers.etag;
  return now === undefined || plain(now) === plain(tag);
}

function plain(tag: string): string {
  return tag.replace(/^W\//, '');
}

/** Where a part begins, and how long the whole is: `bytes 5-9/10`, `bytes *\/10`. Null where it is not said. */
export function readContentRange(text: string | undefined): {
  readonly start: number | null;
  readonly bytes: number | null;
} {
  const match = /^\s*bytes\s+(?:(\d+)-\d+|\*)\/(\d+|\*)/i.exec(text ?? '');
  const number = (part: string | undefined) => (part === undefined || part === '*' ? null : Number(part));
  return { start: number(match?.[1]), bytes: number(match?.[2]) };
}

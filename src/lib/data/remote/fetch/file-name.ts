const LONGEST = 200;

/** The name that a server suggests in Content-Disposition (RFC 6266), made safe; null where there is none. */
export function fileNameOf(disposition: string | undefined): string | null {
  if (disposition === undefined) return null;
  const extended = /filename\*\s*=\s*([\w-]+)'[^']*'([^;\s]+)/i.exec(disposition);
  const encoded = extended?.[2] === undefined ? null : decode(extended[2]);
  if (encoded !== null && /^utf-8$/i.test(extended?.[1] ?? '')) return safeName(encoded);
  const plain = /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(disposition);
  const name = plain?.[1]?.replace(/\\(.)/g, '$1') ?? plain?.[2];
  // Headers come as bytes; servers that send UTF-8 there mean it.
  return name === undefined ? null : safeName(Buffer.from(name, 'latin1').toString('utf8'));
}

/** The last part of an address's path; null where that says nothing. */
export function lastName(url: URL): string | null {
  const last = url.pathname.split('/').at(-1) ?? '';
  return last === '' ? null : safeName(decode(last) ?? last);
}

/** A file name and nothing else: no folder, no device, nothing that a terminal or a file system would trip over. */
function safeName(name: string): string | null {
  const last = name.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  // A hidden file may be one that a shell or another tool obeys.
  const clean = last
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/^[.\s]+|\s+$/g, '');
  return clean === '' ? null : shorten(clean);
}

/** File systems count bytes. The ending stays: it says what the file is. */
function shorten(name: string): string {
  const ending = /(?:\.[A-Za-z0-9]{1,8}){0,2}$/.exec(name)?.[0] ?? '';
  let left = LONGEST - ending.length;
  let stem = '';
  for (const character of name.slice(0, name.length - ending.length)) {
    left -= Buffer.byteLength(character);
    if (left < 0) break;
    stem += character;
  }
  return stem + ending;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

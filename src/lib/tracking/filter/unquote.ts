const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\n': '',
};

export function isQuoted(text: string, quote: string): boolean {
  return text.length >= 2 && text.startsWith(quote) && text.endsWith(quote);
}

/** The text between quotes as it stands: MLflow undoes neither doubled quotes nor backslashes in a plain value. */
export function unquote(text: string): string {
  return isQuoted(text, "'") || isQuoted(text, '"') ? text.slice(1, -1) : text;
}

/** The key of a field: quotes off, then backticks. */
export function unquoteKey(text: string): string {
  const inner = unquote(text);
  return isQuoted(inner, '`') ? inner.slice(1, -1) : inner;
}

/** A text in a list. MLflow reads lists as Python does: there a backslash escapes. An unknown escape stays as it is. */
export function unescapeListed(text: string): string {
  const pattern =
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U(0010[0-9a-fA-F]{4}|000[0-9a-fA-F]{5})|([0-7]{1,3})|([\s\S]))/g;
  return unquote(text).replace(pattern, (whole, x, u, long, octal, single: string | undefined) => {
    const hex: string | undefined = x ?? u ?? long;
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    return ESCAPES[single ?? ''] ?? whole;
  });
}

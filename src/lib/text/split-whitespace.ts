/**
 * Java's split("\\s"): each of space, tab, line feed, vertical tab, form feed and carriage return separates two
 * tokens; empty tokens stay, those at the end are dropped; a text without separators is one token, even when empty.
 */
export function splitWhitespace(text: string): string[] {
  const tokens = text.split(/[ \t\n\x0b\f\r]/);
  return tokens.length === 1 ? tokens : dropEmptyEnd(tokens);
}

/** Cuts the empty tokens off the end of a list. */
export function dropEmptyEnd(tokens: string[]): string[] {
  let length = tokens.length;
  while (length > 0 && tokens[length - 1] === '') length--;
  tokens.length = length;
  return tokens;
}

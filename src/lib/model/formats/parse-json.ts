/** Nobody's metadata is nested deeper, and what parses or walks it must not run out of stack. */
const MAX_DEPTH = 64;

/** Parses JSON that somebody else wrote; `complain` turns what is wrong into an error. */
export function parseJson(
  text: string,
  complain: (what: string) => Error,
  reviver?: (key: string, value: unknown, context?: { readonly source?: string }) => unknown,
): unknown {
  if (depthOf(text) > MAX_DEPTH) throw complain(`is nested deeper than ${MAX_DEPTH} levels`);
  try {
    return JSON.parse(text, reviver);
  } catch {
    throw complain('is not valid JSON');
  }
}

/** An upper bound: brackets within texts are left out, a broken text ends at the end. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (quoted) {
      if (code === 0x5c) index++;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x5d || code === 0x7d) depth--;
  }
  return deepest;
}

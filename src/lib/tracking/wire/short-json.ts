const MOST = 80;

/** A value that came from elsewhere, for a message. What is parsed without a limit may be too deep to be written again. */
export function shortJson(value: unknown): string {
  const text = writeJson(value);
  return text.length > MOST ? `${text.slice(0, MOST)}…` : text;
}

function writeJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return Array.isArray(value) ? '[[…' : '{…';
  }
}

/** Milliseconds that a server asks to wait in its header Retry-After: seconds or a date; null where there is neither. */
export function readRetryAfter(text: string | undefined): number | null {
  if (text === undefined) return null;
  const ms = /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

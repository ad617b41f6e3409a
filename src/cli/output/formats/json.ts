/** JSON for everything that can be in a result: a bigint is a number while it is exact and text beyond, never an error. */
export function toJson(value: unknown, indent?: number): string {
  return (
    JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? exactNumber(item) : item), indent) ??
    'null'
  );
}

/** The value as a reader of the JSON sees it: Date and Secret have become text, undefined is gone. */
export function toPlainJson(value: unknown): unknown {
  return JSON.parse(toJson(value));
}

function exactNumber(value: bigint): number | string {
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

import { SentopsError } from '../../core/errors.ts';
import type { Head } from './head.ts';

const JSON_LINES_NAME = /\.(jsonl|ndjson)(\.(gz|zst))?$/i;
const LINES_LOOKED_AT = 1000;

/** Whether a head is JSON lines; throws for JSON that is no lines, saying how to make lines of it. */
export function isJsonLines(head: Head, isTold: boolean): boolean {
  const [first = ''] = head.bytes
    .toString('utf8', 0, 64 * 1024)
    .trimStart()
    .split('\n', 1);
  if (/^\[\s*([{["\]]|$)/.test(first)) {
    throw new SentopsError('DATA_INVALID', `${head.name} is one JSON list, not one object on each line`, {
      hint: "make lines of it with: jq -c '.[]'",
    });
  }
  if (isTold || JSON_LINES_NAME.test(head.name)) return true;
  if (!first.startsWith('{')) return false;
  if (isObject(first) || isCutOff(head, first)) return true;
  if (!/^\{\s*("|$)/.test(first)) return false;
  throw new SentopsError('DATA_INVALID', `${head.name} has JSON, but not one object on each line`, {
    hint: 'write each object on a line of its own, for instance with: jq -c .',
  });
}

function isObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

/** A first line longer than what was looked at. */
function isCutOff({ bytes, isWhole }: Head, first: string): boolean {
  return (
    !(isWhole && bytes.length <= 64 * 1024) && !bytes.subarray(0, 64 * 1024).includes(0x0a) && /^\{\s*"/.test(first)
  );
}

/** The keys of the first objects, in the order in which they come up. A line that is a text has the column text. */
export function findJsonColumns({ bytes }: Head): string[] {
  const columns = new Set<string>();
  for (const line of bytes.toString('utf8').split('\n', LINES_LOOKED_AT)) {
    const value = parse(line);
    if (typeof value === 'string') columns.add('text');
    else if (typeof value === 'object' && value !== null && !Array.isArray(value))
      for (const key of Object.keys(value)) columns.add(key);
  }
  return [...columns];
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

import { toPlainJson } from './json.ts';

/** Words that YAML 1.1 or 1.2 reads as something else than text. */
const RESERVED = /^(true|false|yes|no|on|off|y|n|null|nan|inf)$/i;
/** An exponent without digits before it: some readers of YAML 1.1 take it for a number that is none. */
const BARE_EXPONENT = /^e[-+]?[\d_.]+$/i;
const PLAIN = /^[A-Za-z_][\w./@-]*( [\w./@-]+)*$/;

/** YAML of what the JSON output holds: text is quoted wherever a reader of YAML 1.1 or 1.2 could take it for something else. */
export function toYaml(value: unknown): string {
  const plain = toPlainJson(value);
  return isBranch(plain) ? `${block(plain, 0).join('\n')}\n` : `${scalar(plain)}\n`;
}

function block(value: object, depth: number): string[] {
  const indent = '  '.repeat(depth);
  if (Array.isArray(value)) return value.flatMap(item => listItem(item, depth, indent));
  return Object.entries(value).flatMap(([key, item]) => {
    const name = `${indent}${scalar(key)}:`;
    return isBranch(item) ? [name, ...block(item, depth + 1)] : [`${name} ${scalar(item)}`];
  });
}

/** The first line of a nested block stands behind the dash. */
function listItem(item: unknown, depth: number, indent: string): string[] {
  if (!isBranch(item)) return [`${indent}- ${scalar(item)}`];
  const [first = '', ...rest] = block(item, depth + 1);
  return [`${indent}- ${first.trimStart()}`, ...rest];
}

function isBranch(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function scalar(value: unknown): string {
  if (typeof value === 'string') return staysText(value) ? value : quote(value);
  if (Array.isArray(value)) return '[]';
  return typeof value === 'object' && value !== null ? '{}' : String(value);
}

function staysText(text: string): boolean {
  return PLAIN.test(text) && !RESERVED.test(text) && !BARE_EXPONENT.test(text);
}

/** A JSON text is a YAML text, but for the characters that YAML calls not printable. */
function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

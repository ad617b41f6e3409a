import { SentopsError } from '../../core/errors.ts';
import type { ByteSource } from '../rows.ts';

const TYPES = /\.(csv|tsv|txt|jsonl|ndjson|json|parquet)(?:\.(?:gz|zst))?$/i;

/**
 * The files of a folder that are its rows, in the order of their names. What begins with a dot or an underscore is not
 * (`_SUCCESS`, checksums), as Spark has it; folders end with a slash.
 */
export function choosePartNames(names: readonly string[], shown: string): string[] {
  const visible = names.filter(name => !/^[._]/.test(name));
  const parts = visible.filter(name => TYPES.test(name) || /^part-\d/.test(name));
  const types = new Set(parts.map(typeOf));
  const series = new Set(parts.map(seriesOf));
  if (parts.length > 0 && parts.length === visible.length && types.size === 1 && series.size === 1) {
    return parts.sort((a, b) => (a < b ? -1 : 1));
  }
  const listed = visible.length === 0 ? 'nothing' : visible.sort().slice(0, 8).join(', ');
  const more = visible.length > 8 ? ` and ${visible.length - 8} more` : '';
  throw new SentopsError(
    'DATA_INVALID',
    `${shown} is a folder, and not one of part files of one type; it has ${listed}${more}`,
    {
      hint: 'give the path of a file in it',
      details: { found: visible.slice(0, 100) },
    },
  );
}

/** train.csv and test.csv are no parts of one table; what differs in numbers only is. */
function seriesOf(name: string): string {
  return name.startsWith('part-') ? 'part-' : name.replaceAll(/\d+/g, '#');
}

function typeOf(name: string): string {
  return TYPES.exec(name)?.[1]?.toLowerCase() ?? 'plain';
}

export function joinParts(name: string, parts: readonly ByteSource[]): ByteSource {
  async function* open() {
    for (const part of parts) yield* part.open();
  }
  const bytes = parts.reduce<number | null>(
    (sum, part) => (sum === null || part.bytes === null ? null : sum + part.bytes),
    0,
  );
  const whole = { name, bytes, repeatable: parts.every(({ repeatable }) => repeatable), open };
  return parts.length === 1 && parts[0] ? parts[0] : { ...whole, parts };
}

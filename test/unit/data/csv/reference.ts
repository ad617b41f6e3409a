import type { CsvDialect } from '../../../../src/lib/data/csv/scanner.ts';

interface ReferenceRecord {
  readonly start: number;
  readonly fields: (string | null)[];
  /** Text behind a closing quote. */
  readonly isSpoilt: boolean;
}

export interface ReferenceResult {
  readonly records: readonly ReferenceRecord[];
  /** Where the quote stands that never closes; −1 for none. */
  readonly unclosed: number;
}

interface Field {
  readonly value: string | null;
  readonly next: number;
  readonly isSpoilt: boolean;
}

const hexEscape = (byte: number) => `\\x${byte.toString(16).padStart(2, '0')}`;

/**
 * CSV by regular expressions over text, one character for each byte: slow, and nothing in common with the scanner but
 * the rules. `skipsBlank`: empty lines are no records.
 */
export function parseReference(text: string, dialect: CsvDialect, skipsBlank: boolean): ReferenceResult {
  const end = String.fromCharCode(dialect.end);
  const stops = dialect.delimiter < 0 ? hexEscape(dialect.end) : hexEscape(dialect.delimiter) + hexEscape(dialect.end);
  const body = dialect.escaping === 'double' ? '(?:[^"]|"")*' : '(?:[^"\\\\]|\\\\[^]|"")*';
  const quoted = new RegExp(`"(${body})"(?!")([^${stops}]*)`, 'y');
  const plain = new RegExp(`[^${stops}]*`, 'y');
  const blank = new RegExp(end === '\n' ? '\\r?\\n|\\r$' : '\\r', 'y');

  const readField = (at: number): Field | null => {
    const isQuoted = dialect.quote >= 0 && text[at] === '"';
    const pattern = isQuoted ? quoted : plain;
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (!found) return null;
    const next = pattern.lastIndex;
    const isEnd = next === text.length || text[next] === end;
    if (!isQuoted) {
      const value = isEnd ? found[0].replace(/\r$/, '') : found[0];
      return { value: value === '' ? null : value, next, isSpoilt: false };
    }
    const behind = found[2] ?? '';
    const isSpoilt = !(isEnd ? /^ *\r?$/ : /^ *$/).test(behind);
    const escapes = dialect.escaping === 'double' ? /"(")/g : /"(")|\\(["\\])/g;
    return { value: (found[1] ?? '').replace(escapes, (_, a, b) => a ?? b), next, isSpoilt };
  };

  const records: ReferenceRecord[] = [];
  for (let at = 0; at < text.length; ) {
    blank.lastIndex = at;
    if (skipsBlank && blank.test(text)) {
      at = blank.lastIndex;
      continue;
    }
    const start = at;
    const fields: (string | null)[] = [];
    let isSpoilt = false;
    for (;;) {
      const field = readField(at);
      if (!field) return { records, unclosed: at };
      fields.push(field.value);
      isSpoilt ||= field.isSpoilt;
      at = field.next + 1;
      if (field.next === text.length || text[field.next] === end) break;
    }
    records.push({ start, fields, isSpoilt });
  }
  return { records, unclosed: -1 };
}

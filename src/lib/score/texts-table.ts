import type { FieldColumn, RowBatch, Table } from '../data/rows.ts';

/** Texts at hand as a table of one column, so that they go the way of every other row. */
export function openTexts(texts: readonly string[]): Table {
  const encoder = new TextEncoder();
  const fields = texts.map(text => encoder.encode(text));
  const bytes = fields.reduce((sum, field) => sum + field.length, 0);
  return {
    layout: {
      type: 'jsonl',
      compression: 'none',
      encoding: 'utf8',
      header: false,
      delimiter: '',
      quoteEscape: 'double',
      known: null,
      columns: ['text'],
      textColumn: 'text',
      labelColumn: null,
    },
    async *batches(_columns, signal) {
      signal.throwIfAborted();
      if (texts.length > 0) yield batchOf(texts, joinFields(fields, bytes));
    },
    progress: () => ({ done: bytes, total: bytes }),
    statistics: () => ({ bytes, sha256: '', rows: texts.length, badRows: 0, badExamples: [], replacedFields: 0 }),
  };
}

function batchOf(texts: readonly string[], column: FieldColumn): RowBatch {
  return { rows: texts.length, firstRow: 0, columns: [column], record: row => ({ text: texts[row] ?? null }) };
}

function joinFields(fields: readonly Uint8Array[], length: number): FieldColumn {
  const bytes = new Uint8Array(length);
  const starts = new Int32Array(fields.length);
  const ends = new Int32Array(fields.length);
  let at = 0;
  for (const [row, field] of fields.entries()) {
    bytes.set(field, at);
    starts[row] = at;
    at += field.length;
    ends[row] = at;
  }
  return { bytes, starts, ends };
}

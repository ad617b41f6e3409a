import type { FieldColumn, Layout, RowBatch, Table, Value } from '../../../src/lib/data/rows.ts';
import type { BatchScores, Prediction, Scorer } from '../../../src/lib/model/compile/types.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export type FakeRow = Readonly<Record<string, Value>>;

/** Fields side by side with rubbish between them, as a reader's buffer has; undefined and null have start −1. */
export function columnOf(values: readonly (Value | undefined)[]): FieldColumn {
  const starts = new Int32Array(values.length).fill(-1);
  const ends = new Int32Array(values.length).fill(-1);
  const bytes: number[] = [];
  for (const [row, value] of values.entries()) {
    bytes.push(0x22, 0x2c);
    if (value === undefined || value === null) continue;
    starts[row] = bytes.length;
    bytes.push(...encoder.encode(typeof value === 'string' ? value : JSON.stringify(value)));
    ends[row] = bytes.length;
  }
  return { bytes: Uint8Array.from(bytes), starts, ends };
}

export interface FakeTableOptions {
  readonly type?: Layout['type'];
  readonly textColumn?: string;
  readonly labelColumn?: string | null;
  readonly batch?: number;
  readonly badRows?: number;
}

/** A table in memory that comes in small batches. */
export function fakeTable(columns: readonly string[], rows: readonly FakeRow[], options: FakeTableOptions = {}): Table {
  const { type = 'csv', textColumn = 'text', labelColumn = null, batch = 2, badRows = 0 } = options;
  let done = 0;
  return {
    layout: {
      type,
      compression: 'none',
      encoding: 'utf8',
      header: true,
      delimiter: ',',
      quoteEscape: 'double',
      known: null,
      columns,
      textColumn,
      labelColumn,
    },
    async *batches(wanted, signal) {
      for (let first = 0; first < rows.length; first += batch) {
        signal.throwIfAborted();
        const part = rows.slice(first, first + batch);
        done = first + part.length;
        yield batchOf(part, first, wanted);
      }
    },
    progress: () => ({ done, total: rows.length }),
    statistics: () => ({
      bytes: rows.length,
      sha256: 'abc',
      rows: done,
      badRows,
      badExamples: badRows > 0 ? [{ line: 7, reason: 'two fields too many' }] : [],
      replacedFields: 0,
    }),
  };
}

function batchOf(rows: readonly FakeRow[], firstRow: number, wanted: readonly string[]): RowBatch {
  return {
    rows: rows.length,
    firstRow,
    columns: wanted.map(name => columnOf(rows.map(row => row[name]))),
    record: row => rows[row] ?? {},
  };
}

/** The longer the text, the more positive: margin = characters − 10. Every third class for models of more classes. */
export function fakeScorer(
  labels: readonly string[] = ['negative', 'positive'],
  options: { readonly probabilities?: boolean } = {},
): Scorer {
  const hasProbabilities = options.probabilities ?? true;
  const classes = labels.length;
  const score = (text: string): Prediction => {
    const margin = text.length - 10;
    const raw =
      classes === 2
        ? Float64Array.of(-margin, margin)
        : Float64Array.from(labels, (_, index) => (text.length % classes === index ? 1.5 : -0.25));
    const exps = raw.map(Math.exp);
    const sum = exps.reduce((total, value) => total + value, 0);
    return {
      prediction: raw.indexOf(Math.max(...raw)),
      raw,
      probabilities: hasProbabilities ? exps.map(value => value / sum) : null,
    };
  };
  return {
    labels,
    columns: 16,
    hasProbabilities,
    score,
    scoreColumn(column, rows) {
      const scores: BatchScores = {
        rows,
        classes,
        predictions: new Float64Array(rows).fill(Number.NaN),
        raw: new Float64Array(rows * classes),
        probabilities: hasProbabilities ? new Float64Array(rows * classes) : null,
      };
      for (let row = 0; row < rows; row += 1) {
        const start = column.starts[row] as number;
        if (start < 0) continue;
        const { prediction, raw, probabilities } = score(
          decoder.decode(column.bytes.subarray(start, column.ends[row])),
        );
        scores.predictions[row] = prediction;
        scores.raw.set(raw, row * classes);
        if (probabilities) scores.probabilities?.set(probabilities, row * classes);
      }
      return scores;
    },
    explain: (text, limit) =>
      text
        .split(' ')
        .slice(0, limit)
        .map(token => ({ token, weight: token.length / 4, count: 1 })),
  };
}

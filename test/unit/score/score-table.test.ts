import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReportEvent } from '../../../src/lib/core/report.ts';
import type { Table, Value } from '../../../src/lib/data/rows.ts';
import type { Scorer } from '../../../src/lib/model/compile/types.ts';
import { createCollector, createLabelEncoder } from '../../../src/lib/score/collect-rows.ts';
import { createCsvEncoder } from '../../../src/lib/score/encode-csv.ts';
import { createJsonlEncoder, exactNumber } from '../../../src/lib/score/encode-jsonl.ts';
import { outputName, passedColumns } from '../../../src/lib/score/row-shape.ts';
import { scoreTable } from '../../../src/lib/score/score-table.ts';
import { openTexts } from '../../../src/lib/score/texts-table.ts';
import type { RowEncoder, RowShape, ScoredRow } from '../../../src/lib/score/types.ts';
import { type FakeRow, type FakeTableOptions, fakeScorer, fakeTable } from './fakes.ts';

interface Options extends FakeTableOptions {
  readonly scorer?: Scorer;
  readonly vectors?: boolean;
  readonly explain?: boolean;
  readonly version?: string;
  readonly limit?: number;
  readonly live?: boolean;
  readonly signal?: AbortSignal;
  readonly write?: (chunk: Uint8Array) => Promise<void>;
  readonly events?: ReportEvent[];
}

function shapeOf(table: Table, options: Options): RowShape {
  const { scorer = fakeScorer(), vectors = false, version = null, explain = false } = options;
  return {
    labels: scorer.labels,
    modelVersion: version,
    vectors,
    explain: explain ? text => scorer.explain(text, 10) : null,
    passing: table.layout.type === 'csv' ? 'bytes' : 'record',
    textColumn: table.layout.textColumn,
    passed: passedColumns(table.layout),
  };
}

async function run(table: Table, make: (shape: RowShape) => RowEncoder, options: Options = {}) {
  const shape = shapeOf(table, options);
  const chunks: string[] = [];
  const totals = await scoreTable({
    scorer: options.scorer ?? fakeScorer(),
    table,
    shape,
    encoder: make(shape),
    write:
      options.write ??
      (async chunk => {
        chunks.push(Buffer.from(chunk).toString('utf8'));
      }),
    live: options.live ?? false,
    limit: options.limit ?? Number.POSITIVE_INFINITY,
    signal: options.signal ?? new AbortController().signal,
    report: event => void options.events?.push(event),
  });
  return { text: chunks.join(''), chunks, totals };
}

async function lines(columns: readonly string[], rows: readonly FakeRow[], options: Options = {}) {
  const { text } = await run(fakeTable(columns, rows, options), createJsonlEncoder, options);
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as ScoredRow);
}

const sigmoid = (margin: number) => Math.exp(margin) / (Math.exp(margin) + Math.exp(-margin));

describe('JSON lines', () => {
  test('hold the verdict on each text, in the order of the rows', async () => {
    const rows = await lines(['text'], [{ text: 'a long enough text' }, { text: 'short' }, { text: 'exactly 10' }]);
    expect(rows).toEqual([
      {
        text: 'a long enough text',
        prediction: 1,
        sentiment: 'positive',
        probability: sigmoid(8),
        confidence: sigmoid(8),
        model_version: null,
      },
      {
        text: 'short',
        prediction: 0,
        sentiment: 'negative',
        probability: expect.closeTo(sigmoid(-5), 12),
        confidence: expect.closeTo(1 - sigmoid(-5), 12),
        model_version: null,
      },
      {
        text: 'exactly 10',
        prediction: 0,
        sentiment: 'negative',
        probability: 0.5,
        confidence: 0.5,
        model_version: null,
      },
    ]);
  });

  test('a row without a text stays in its place, with an error and its other columns', async () => {
    const table = [{ text: 'first', id: '1' }, { id: '2' }, { text: '', id: '3' }];
    const [, second, third] = await lines(['id', 'text'], table, { version: 'v1', vectors: true, explain: true });
    expect(second).toEqual({
      text: null,
      prediction: null,
      sentiment: null,
      probability: null,
      confidence: null,
      model_version: 'v1',
      error: 'no text',
      rawPrediction: null,
      probabilities: null,
      tokens: [],
      id: '2',
    });
    expect(third).toMatchObject({ text: '', prediction: 0, sentiment: 'negative', id: '3' });
    expect(third).not.toHaveProperty('error');
  });

  test('columns of CSV pass as text, those of JSONL with their types', async () => {
    const row = { text: 'hello', id: '007', n: 1.5, deep: { a: [1, null, 'x"y'] }, yes: true };
    expect(await lines(['text', 'id', 'n'], [row])).toMatchObject([{ id: '007', n: '1.5' }]);
    const [typed] = await lines(['text', 'id'], [row], { type: 'jsonl' });
    expect(typed).toMatchObject({ id: '007', n: 1.5, deep: { a: [1, null, 'x"y'] }, yes: true });
    expect(Object.keys(typed ?? {}).slice(-4)).toEqual(['id', 'n', 'deep', 'yes']);
  });

  test('the text column goes by the name text, and a column that is in the way becomes input_…', async () => {
    const row = { review: 'nice', text: 'an older text', prediction: '5', input_text: 'there already' };
    const options = { textColumn: 'review' };
    const expected = {
      text: 'nice',
      prediction: 0,
      input_prediction: '5',
      input_text: 'there already',
      input_input_text: 'an older text',
    };
    for (const type of ['csv', 'jsonl'] as const) {
      expect(await lines(Object.keys(row), [row], { ...options, type })).toMatchObject([expected]);
    }
  });

  test('probability is that of the predicted class where there are more than two', async () => {
    const scorer = fakeScorer(['bad', 'fair', 'good']);
    const [row] = await lines(['text'], [{ text: 'ab' }], { scorer, vectors: true });
    expect(row).toMatchObject({ prediction: 2, sentiment: 'good', rawPrediction: [-0.25, -0.25, 1.5] });
    expect(row?.probability).toBe(row?.probabilities?.[2]);
    expect(row?.confidence).toBe(row?.probability);
  });

  test('a model without probabilities gives none', async () => {
    const scorer = fakeScorer(undefined, { probabilities: false });
    const [row] = await lines(['text'], [{ text: 'a long enough text' }], { scorer, vectors: true });
    expect(row).toMatchObject({
      sentiment: 'positive',
      probability: null,
      confidence: null,
      rawPrediction: [-8, 8],
      probabilities: null,
    });
  });

  test('a class that the model has no name for goes by its number', async () => {
    const scorer = { ...fakeScorer(), labels: ['negative'] };
    expect(await lines(['text'], [{ text: 'a long enough text' }], { scorer })).toMatchObject([
      { prediction: 1, sentiment: '1' },
    ]);
  });

  test('explanations are lists of tokens', async () => {
    const [row] = await lines(['text'], [{ text: 'so good' }], { explain: true });
    expect(row?.tokens).toEqual([
      { token: 'so', weight: 0.5, count: 1 },
      { token: 'good', weight: 1, count: 1 },
    ]);
  });

  test('doubles read back to the same bits, a negative zero with its sign, what is no number as null', () => {
    fc.assert(
      fc.property(fc.double(), value => {
        const read = JSON.parse(exactNumber(value)) as number | null;
        expect(read).toBe(Number.isFinite(value) ? value : null);
      }),
    );
    expect(exactNumber(-0)).toBe('-0.0');
  });
});

describe('all forms say the same', () => {
  const value = fc
    .oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constant(null))
    .map(text => text?.toWellFormed() ?? null);
  const rows = fc.array(fc.record({ text: value, id: value, note: value }), { maxLength: 12 });

  test('objects and JSON lines', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.boolean(), fc.integer({ min: 1, max: 5 }), async (table, typed, batch) => {
        const options = { batch, vectors: true, explain: true, ...(typed ? { type: 'jsonl' as const } : {}) };
        const items: ScoredRow[] = [];
        const columns = ['id', 'text', 'note'];
        await run(
          fakeTable(columns, table, options),
          shape => createCollector(shape, row => void items.push(row)),
          options,
        );
        const plain = (rows: readonly ScoredRow[]) => JSON.parse(JSON.stringify(rows)) as unknown;
        expect(plain(items)).toEqual(plain(await lines(columns, table, options)));
        expect(items).toHaveLength(table.length);
      }),
    );
  });

  test('CSV, read back by its rules', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async table => {
        const options = { vectors: true };
        const columns = ['id', 'text', 'note'];
        const { text } = await run(fakeTable(columns, table), createCsvEncoder, options);
        const [head, ...body] = readCsv(text);
        expect(head).toEqual([
          ...'text prediction sentiment probability confidence model_version error rawPrediction probabilities id note'.split(
            ' ',
          ),
        ]);
        const expected = await lines(columns, table, options);
        const cells = (row: ScoredRow) =>
          (head ?? []).map(name => {
            const cell = row[name as string] ?? null;
            return Array.isArray(cell)
              ? `[${cell.map(number => exactNumber(number as number)).join(',')}]`
              : cell === null
                ? null
                : String(cell);
          });
        expect(body).toEqual(expected.map(cells));
      }),
    );
  });

  test('bare labels, an empty line where there is none', async () => {
    const table = fakeTable(['text'], [{ text: 'a long enough text' }, { text: null }, { text: 'no' }]);
    expect((await run(table, createLabelEncoder)).text).toBe('positive\n\nnegative\n');
  });

  test('CSV of typed rows keeps to the columns of its head', async () => {
    const table = fakeTable(['text', 'id'], [{ text: 'a', id: 1, more: 'x' }, { text: 'b' }], { type: 'jsonl' });
    const { text } = await run(table, createCsvEncoder);
    expect(readCsv(text).map(row => row.at(-1))).toEqual(['id', '1', null]);
  });
});

describe('the run over a table', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, id) => ({ text: `row ${id} ${'x'.repeat(200)}`, id: String(id) }));

  test('counts rows, classes and rows without a text', async () => {
    const table = fakeTable(['text'], [{ text: 'a long enough text' }, {}, { text: 'no' }, { text: 'no' }]);
    const { totals } = await run(table, createJsonlEncoder);
    expect(totals).toEqual({ rows: 4, withoutText: 1, predicted: [2, 1] });
  });

  test('writes chunks of whole lines, however many rows there are, and never keeps more than a few', async () => {
    const { chunks } = await run(fakeTable(['text', 'id'], many(8000), { batch: 3000 }), createJsonlEncoder);
    expect(chunks.length).toBeGreaterThan(5);
    expect(chunks.every(chunk => chunk.endsWith('\n'))).toBe(true);
    expect(Math.max(...chunks.map(chunk => chunk.length))).toBeLessThan(300 * 1024);
    const ids = chunks
      .join('')
      .split('\n')
      .slice(0, -1)
      .map(line => (JSON.parse(line) as { id: string }).id);
    expect(ids).toEqual(many(8000).map(({ id }) => id));
  });

  test('waits for a slow reader before it goes on', async () => {
    let busy = 0;
    let most = 0;
    const write = async () => {
      busy += 1;
      most = Math.max(most, busy);
      await new Promise(resolve => setTimeout(resolve, 2));
      busy -= 1;
    };
    await run(fakeTable(['text', 'id'], many(5000), { batch: 100 }), createJsonlEncoder, { write });
    expect(most).toBe(1);
  });

  test('passes the rows of a live input on with every batch', async () => {
    const rows = many(5);
    const { chunks } = await run(fakeTable(['text'], rows, { batch: 1 }), createJsonlEncoder, { live: true });
    expect(chunks).toHaveLength(5);
  });

  test.for([1, 2, 3, 5, 99])('stops after %i rows where a limit is set', async limit => {
    const { text, totals } = await run(fakeTable(['text'], many(5)), createJsonlEncoder, { limit });
    expect(totals.rows).toBe(Math.min(limit, 5));
    expect(text.split('\n').length - 1).toBe(Math.min(limit, 5));
  });

  test('stops when it is told to, before anything else is written', async () => {
    const controller = new AbortController();
    const chunks: number[] = [];
    const write = async (chunk: Uint8Array) => {
      chunks.push(chunk.length);
      controller.abort(new Error('stop'));
    };
    const work = run(fakeTable(['text'], many(9000), { batch: 1000 }), createJsonlEncoder, {
      write,
      signal: controller.signal,
    });
    await expect(work).rejects.toThrow('stop');
    expect(chunks).toHaveLength(1);
  });

  test('what is stopped while its last rows are written has not succeeded', async () => {
    const controller = new AbortController();
    const write = async () => controller.abort(new Error('stop'));
    const work = run(fakeTable(['text'], many(2)), createJsonlEncoder, { write, signal: controller.signal });
    await expect(work).rejects.toThrow('stop');
  });

  test('tells how far it is', async () => {
    const events: ReportEvent[] = [];
    await run(fakeTable(['text'], many(4)), createJsonlEncoder, { events });
    expect(events).toEqual(
      [2, 4].map(done => ({ type: 'progress', id: 'score', label: 'Scoring', done, total: 4, unit: 'bytes' })),
    );
  });

  test('texts at hand are rows like any other', async () => {
    const { text } = await run(openTexts(['a long enough text', '', 'naïve 😀']), createJsonlEncoder);
    expect(
      text
        .split('\n')
        .slice(0, -1)
        .map(line => JSON.parse(line) as ScoredRow),
    ).toMatchObject([
      { text: 'a long enough text', sentiment: 'positive' },
      { text: '', sentiment: 'negative' },
      { text: 'naïve 😀', sentiment: 'negative' },
    ]);
  });
});

describe('names of columns', () => {
  test.for([
    ['id', ['id'], 'id'],
    ['error', ['error'], 'input_error'],
    ['tokens', ['tokens', 'input_tokens'], 'input_input_tokens'],
  ] as const)('%s among %j is %s', ([column, columns, expected]) => {
    expect(outputName(column, columns)).toBe(expected);
  });

  test('no two columns of an input get the same name', () => {
    const names = fc.uniqueArray(
      fc.constantFrom('text', 'error', 'input_text', 'input_error', 'input_input_text', 'id'),
    );
    fc.assert(
      fc.property(names, columns => {
        const passed = passedColumns({ columns, textColumn: 'none' }).map(({ to }) => to);
        expect(new Set(passed).size).toBe(columns.length);
      }),
    );
  });
});

/** RFC 4180 by the book; a field that is empty and without quotes is null. */
function readCsv(text: string): Value[][] {
  const rows: Value[][] = [];
  let row: Value[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === '"') {
      let field = '';
      for (at += 1; ; at += 1) {
        if (text[at] === '"') {
          at += 1;
          if (text[at] !== '"') break;
        }
        field += text[at];
      }
      row.push(field);
    } else {
      const end = text.slice(at).search(/,|\r\n/) + at;
      row.push(end === at ? null : text.slice(at, end));
      at = end;
    }
    if (text[at] === ',') {
      at += 1;
      if (text.startsWith('\r\n', at)) row.push(null);
    }
    if (!text.startsWith('\r\n', at)) continue;
    at += 2;
    rows.push(row);
    row = [];
  }
  return rows;
}

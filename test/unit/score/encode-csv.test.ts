import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCsvEncoder, MOST_LEFT_OUT } from '../../../src/lib/score/encode-csv.ts';
import { passedColumns } from '../../../src/lib/score/row-shape.ts';
import { runScoring, type ScoreRequest } from '../../../src/lib/score/run-scoring.ts';
import { scoreTable } from '../../../src/lib/score/score-table.ts';
import { type FakeRow, fakeScorer, fakeTable } from './fakes.ts';
import { createWorld, golden } from './world.ts';

/** The last fields of each line, and the names that found no place. */
async function encode(columns: readonly string[], rows: readonly FakeRow[], type: 'csv' | 'jsonl' = 'jsonl') {
  const table = fakeTable(columns, rows, { type });
  const scorer = fakeScorer();
  const shape = {
    labels: scorer.labels,
    modelVersion: null,
    vectors: false,
    explain: null,
    passing: type === 'csv' ? ('bytes' as const) : ('record' as const),
    textColumn: 'text',
    passed: passedColumns(table.layout),
  };
  const leftOut = new Set<string>();
  const chunks: string[] = [];
  await scoreTable({
    scorer,
    table,
    shape,
    encoder: createCsvEncoder(shape, leftOut),
    write: async chunk => void chunks.push(Buffer.from(chunk).toString()),
    live: false,
    limit: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
    report: () => {},
  });
  const lines = chunks.join('').split('\r\n').slice(0, -1);
  return { tails: lines.map(line => line.split(',').slice(7).join()), leftOut: [...leftOut] };
}

describe('keys that a CSV has no column for', () => {
  test('are told by their names, once each; those without a value are no loss', async () => {
    const { tails, leftOut } = await encode(
      ['text', 'id'],
      [
        { text: 'a', id: 1 },
        { text: 'b', id: 2, more: 'x', none: null },
        { text: 'c', more: 'y', other: [1], zero: 0 },
      ],
    );
    expect(tails).toEqual(['id', '1', '2', '']);
    expect(leftOut).toEqual(['more', 'other', 'zero']);
  });

  test('do not count where the input has a column for each, also one of a name of ours', async () => {
    const { tails, leftOut } = await encode(
      ['text', 'prediction', 'id'],
      [
        { text: 'a', prediction: 1, id: 2 },
        { text: 'b', id: 3 },
      ],
    );
    expect([tails, leftOut]).toEqual([['input_prediction,id', '1,2', ',3'], []]);
    expect((await encode(['text', 'id'], [{ text: 'a', id: '1', more: 'x' }], 'csv')).leftOut).toEqual([]);
  });

  test('are remembered up to a number of them', async () => {
    const rows = Array.from({ length: MOST_LEFT_OUT + 500 }, (_, row) => ({ text: 'a', [`key ${row}`]: 1 }));
    expect((await encode(['text'], rows)).leftOut.length).toBe(MOST_LEFT_OUT);
  });
});

describe('scoring JSON lines', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-left-out-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  async function warningsOf(rows: readonly object[], more: Partial<ScoreRequest> = {}): Promise<readonly string[]> {
    fs.writeFileSync(path.join(folder, 'in.jsonl'), rows.map(row => `${JSON.stringify(row)}\n`).join(''));
    const { world, warnings } = createWorld(folder);
    await runScoring({
      texts: [],
      input: 'in.jsonl',
      textColumn: undefined,
      modelPath: golden('lr'),
      math: 'hotspot-x64',
      vectors: false,
      explain: false,
      limit: undefined,
      output: undefined,
      dryRun: false,
      form: 'csv',
      isFormChosen: true,
      ...world,
      loadProject: () => Promise.reject(new Error('no project is needed')),
      stream: async () => {},
      ...more,
    });
    return warnings();
  }
  /** The columns of a table are those of its first thousand lines. */
  const first = Array.from({ length: 1000 }, (_, id) => ({ text: 'good', id }));

  test('to CSV warns once of keys that only later rows have', async () => {
    const late = [
      { text: 'a', source: 'web' },
      { text: 'b', source: 'app' },
    ];
    const says =
      '1 key of later rows (source) is left out of the CSV, whose columns are those of the first rows; JSON lines keep all';
    expect(await warningsOf([...first, ...late])).toEqual([says]);
    expect(await warningsOf([...first, ...late], { output: 'out.csv' })).toEqual([says]);
    expect(await warningsOf([...first, ...late], { output: 'out.jsonl', isFormChosen: false })).toEqual([]);
    expect(await warningsOf([...first, ...late], { form: 'jsonl' })).toEqual([]);
    expect(await warningsOf([...first, ...late], { limit: 1000 })).toEqual([]);
    expect(await warningsOf([...late, ...first])).toEqual([]);
  });

  test('names a few of many keys, cut where they are long', async () => {
    const late = Array.from({ length: 1200 }, (_, row) => ({
      text: 'a',
      [`k${row}${'x'.repeat(row === 0 ? 80 : 0)}`]: 1,
    }));
    expect(await warningsOf([...first, ...late.slice(0, 7)])).toEqual([
      expect.stringMatching(/^7 keys of later rows \(k0x{37}…, k1, k2, k3, k4, …\) are left out of the CSV/),
    ]);
    expect(await warningsOf([...first, ...late])).toEqual([
      expect.stringMatching(/^at least 1,000 keys of later rows/),
    ]);
  });
});

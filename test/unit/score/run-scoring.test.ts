import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compileModel } from '../../../src/lib/model/compile/compile.ts';
import { loadModel } from '../../../src/lib/model/load.ts';
import { runScoring, type ScoreRequest } from '../../../src/lib/score/run-scoring.ts';
import type { ScoredRow } from '../../../src/lib/score/types.ts';
import { createWorld, golden } from './world.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-scoring-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

async function run(request: Partial<ScoreRequest>, input = '') {
  const { world, warnings } = createWorld(folder, input);
  const chunks: string[] = [];
  const result = await runScoring({
    texts: [],
    input: undefined,
    textColumn: undefined,
    modelPath: golden('lr'),
    math: 'hotspot-x64',
    vectors: false,
    explain: false,
    limit: undefined,
    output: undefined,
    dryRun: false,
    form: 'jsonl',
    isFormChosen: false,
    ...world,
    loadProject: () => Promise.reject(new Error('no project is needed')),
    stream: async chunk => void chunks.push(Buffer.from(chunk).toString('utf8')),
    ...request,
  });
  const text = chunks.join('');
  const rows = () =>
    text
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line) as ScoredRow);
  return { ...result, text, rows, warnings: warnings() };
}

const put = (name: string, data: string | Uint8Array) => {
  fs.writeFileSync(path.join(folder, name), data);
  return name;
};
const get = (name: string) => fs.readFileSync(path.join(folder, name));
const jsonl = (rows: readonly object[]) => rows.map(row => `${JSON.stringify(row)}\n`).join('');

const TEXTS = ['I love this wonderful book', 'a terrible, broken phone', '', 'Zürich 😀 "quoted", yes'];

describe('rows of a file', () => {
  const csv = `id,text,stars\n007,"${TEXTS[0]}",5\n8,"${TEXTS[1]}",1\n9,,3\n10,"Zürich 😀 ""quoted"", yes",4\n`;

  test('come with the scores that the model gives, in their order, with their other columns', async () => {
    const scorer = compileModel(await loadModel(golden('lr')));
    const { rows, summary } = await run({ input: put('rows.csv', csv), vectors: true });
    expect(rows().map(({ id, stars }) => [id, stars])).toEqual([
      ['007', '5'],
      ['8', '1'],
      ['9', '3'],
      ['10', '4'],
    ]);
    for (const [row, text] of TEXTS.entries()) {
      const scored = rows()[row];
      if (scored?.text === null) continue;
      const { prediction, raw, probabilities } = scorer.score(text);
      expect(scored).toMatchObject({
        text,
        prediction,
        rawPrediction: [...raw],
        probabilities: [...(probabilities ?? [])],
      });
      expect(scored?.probability).toBe(probabilities?.[1]);
    }
    expect(summary).toMatchObject({ rows: 4, badRows: 0, input: expect.stringContaining('rows.csv'), output: null });
    expect(Object.values(summary.sentiments).reduce((sum, count) => sum + count, 0)).toBe(summary.scored);
  });

  test('of every kind give the same lines', async () => {
    const typed = TEXTS.map((text, id) => ({ id, text, deep: { a: [id, null] } }));
    const plain = (await run({ input: put('rows.jsonl', jsonl(typed)) })).text;
    const packed = [
      put('rows.jsonl.gz', zlib.gzipSync(jsonl(typed))),
      put('rows.jsonl.zst', zlib.zstdCompressSync(Buffer.from(jsonl(typed)))),
    ];
    for (const input of packed) expect((await run({ input })).text).toBe(plain);
    expect((await run({ input: '-' }, jsonl(typed))).text).toBe(plain);
    const [first] = plain.split('\n');
    expect(JSON.parse(first ?? '')).toMatchObject({ text: TEXTS[0], id: 0, deep: { a: [0, null] } });
  });

  test('without a text keep their place; what could not be read is counted and told', async () => {
    const input = put(
      'rows.jsonl',
      `${jsonl([{ id: 1, text: 'good' }, { id: 2 }, { id: 3, text: null }])}{broken\n${jsonl([{ id: 4, text: 'bad' }])}`,
    );
    const { rows, summary, warnings } = await run({ input });
    expect(rows().map(({ id, prediction, error }) => [id, prediction === null, error])).toEqual([
      [1, false, undefined],
      [2, true, 'no text'],
      [3, true, 'no text'],
      [4, false, undefined],
    ]);
    expect(summary).toMatchObject({ rows: 4, scored: 2, withoutText: 2, badRows: 1 });
    expect(summary.badExamples).toMatchObject([{ line: 4 }]);
    expect(warnings).toEqual([
      expect.stringMatching(/^2 rows had no text/),
      expect.stringMatching(/^1 row could not be read and is not in the output; the first in line 4: /),
    ]);
  });

  test('of a column that is named', async () => {
    const input = put('rows.csv', 'title,comment\nfirst,second\n');
    expect((await run({ input, textColumn: 'comment' })).rows()).toMatchObject([{ text: 'second', title: 'first' }]);
    await expect(run({ input, textColumn: 'nope' })).rejects.toMatchObject({
      message: expect.stringMatching(/title.*comment/s),
    });
  });

  test('up to a limit', async () => {
    const { rows, summary } = await run({ input: put('rows.csv', csv), limit: 2 });
    expect([rows().length, summary.rows]).toEqual([2, 2]);
  });

  test.for([
    ['empty', ''],
    ['white', ' \n\n'],
  ] as const)('%s file: told, and nothing is written', async ([, text]) => {
    await expect(run({ input: put('rows.csv', text), output: 'out.jsonl' })).rejects.toMatchObject({ exit: 9 });
    expect(fs.readdirSync(folder)).toEqual(['rows.csv']);
  });

  test('a file that is not there', async () => {
    await expect(run({ input: 'nowhere.csv' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('models', () => {
  test('without probabilities give none', async () => {
    const { rows, summary } = await run({ texts: TEXTS, modelPath: golden('svc') });
    expect(rows().map(({ probability, confidence }) => [probability, confidence])).toEqual(
      TEXTS.map(() => [null, null]),
    );
    expect(summary.model).toMatchObject({ probabilities: false, path: golden('svc') });
  });

  test('of three classes name each of them', async () => {
    const { rows } = await run({ texts: TEXTS, modelPath: golden('lr-3'), vectors: true });
    for (const { prediction, probability, probabilities, rawPrediction } of rows()) {
      expect(rawPrediction).toHaveLength(3);
      expect(probability).toBe(Math.max(...(probabilities ?? [])));
      expect(probability).toBe(probabilities?.[prediction ?? -1]);
    }
  });

  test('of MLflow and of Spark give the same, and the math can be chosen', async () => {
    const { rows } = await run({ texts: TEXTS, modelPath: golden('mlflow'), vectors: true });
    expect(rows().map(({ probabilities }) => probabilities?.length)).toEqual([2, 2, 2, 2]);
    const other = await run({ texts: TEXTS, modelPath: golden('mlflow'), vectors: true, math: 'fdlibm' });
    expect(other.rows().map(({ rawPrediction }) => rawPrediction)).toEqual(
      rows().map(({ rawPrediction }) => rawPrediction),
    );
  });

  test('explain themselves: weights of the tokens of each text', async () => {
    const { rows } = await run({ texts: ['wonderful broken wonderful'], explain: true });
    const tokens = rows()[0]?.tokens ?? [];
    expect(tokens.map(({ token }) => token).sort()).toEqual(['broken', 'wonderful']);
    expect(Math.abs(tokens[0]?.weight ?? 0)).toBeGreaterThanOrEqual(Math.abs(tokens[1]?.weight ?? 0));
  });

  test('that are damaged or were never fitted are refused', async () => {
    await expect(run({ texts: ['x'], modelPath: golden('unfitted') })).rejects.toMatchObject({ exit: 9 });
    fs.cpSync(golden('lr'), path.join(folder, 'model'), { recursive: true });
    const stages = path.join(folder, 'model/stages');
    const stage = fs.readdirSync(stages).find(name => name.includes('LogisticRegression')) ?? '';
    fs.rmSync(path.join(stages, stage, 'data'), { recursive: true });
    await expect(run({ texts: ['x'], modelPath: 'model' })).rejects.toMatchObject({
      exit: 9,
      message: expect.stringContaining('LogisticRegression'),
    });
  });
});

describe('forms of the output', () => {
  test('all rows as one result, without a line', async () => {
    const { items, text } = await run({ texts: TEXTS, form: 'items', explain: true });
    expect(text).toBe('');
    expect(items.map(({ text: scored }) => scored)).toEqual(TEXTS);
  });

  test('too many rows for one result are refused', async () => {
    const input = put('many.jsonl', jsonl(Array.from({ length: 100_001 }, () => ({ text: 'x' }))));
    await expect(run({ input, form: 'items' })).rejects.toMatchObject({
      code: 'USAGE',
      hint: expect.stringContaining('-o'),
    });
    expect((await run({ input, form: 'items', limit: 10 })).items).toHaveLength(10);
  });

  test('CSV, and bare labels', async () => {
    expect((await run({ texts: ['I love it'], form: 'csv' })).text).toMatch(/^text,prediction,.*\r\nI love it,[01],/);
    expect((await run({ texts: TEXTS, form: 'labels' })).text).toMatch(/^((negative|positive|0|1)\n){4}$/);
  });

  test('a file, of the kind that its name says', async () => {
    const expected = (await run({ texts: TEXTS })).text;
    const { summary, text } = await run({ texts: TEXTS, output: 'out/scored.jsonl.zst' });
    expect([text, summary.output]).toEqual(['', 'out/scored.jsonl.zst']);
    expect(zlib.zstdDecompressSync(get('out/scored.jsonl.zst')).toString()).toBe(expected);
    await run({ texts: TEXTS, output: 'scored.csv.gz' });
    expect(zlib.gunzipSync(get('scored.csv.gz')).toString()).toMatch(/^text,prediction/);
    await run({ texts: TEXTS, output: '-', form: 'csv' }).then(run => expect(run.text).toMatch(/^text,prediction/));
  });

  test('nothing half-written remains when a file breaks off half-way, and the old result stays', async () => {
    put('out.jsonl', 'old');
    const good = jsonl(Array.from({ length: 20_000 }, () => ({ text: 'some text of a usual length' })));
    const packed = zlib.gzipSync(good);
    const input = put('cut.jsonl.gz', packed.subarray(0, packed.length - 20));
    await expect(run({ input, output: 'out.jsonl' })).rejects.toMatchObject({ exit: 9 });
    expect(get('out.jsonl').toString()).toBe('old');
    expect(fs.readdirSync(folder).sort()).toEqual(['cut.jsonl.gz', 'out.jsonl']);
  });

  test('nor when it is stopped half-way', async () => {
    const controller = new AbortController();
    const input = put(
      'rows.jsonl',
      jsonl(Array.from({ length: 50_000 }, () => ({ text: 'some text of a usual length' }))),
    );
    const report = () => controller.abort(new Error('stop'));
    await expect(run({ input, output: 'out.csv', signal: controller.signal, report })).rejects.toThrow('stop');
    expect(fs.readdirSync(folder)).toEqual(['rows.jsonl']);
  });

  test('the input is never overwritten, under no name', async () => {
    const input = put('rows.jsonl', jsonl([{ text: 'x' }]));
    fs.symlinkSync('rows.jsonl', path.join(folder, 'link.jsonl'));
    for (const output of ['rows.jsonl', 'link.jsonl'])
      await expect(run({ input, output })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('two runs at once write their own file each, and the last one of the same name wins whole', async () => {
    const input = put('rows.jsonl', jsonl(Array.from({ length: 3000 }, (_, id) => ({ id, text: `text ${id}` }))));
    const expected = (await run({ input })).text;
    await Promise.all(['a.jsonl', 'b.jsonl', 'same.jsonl', 'same.jsonl'].map(output => run({ input, output })));
    for (const name of ['a.jsonl', 'b.jsonl', 'same.jsonl']) expect(get(name).toString()).toBe(expected);
    expect(fs.readdirSync(folder).sort()).toEqual(['a.jsonl', 'b.jsonl', 'rows.jsonl', 'same.jsonl']);
  });
});

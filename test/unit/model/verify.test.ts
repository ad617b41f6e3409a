import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileModel } from '../../../src/lib/model/compile/compile.ts';
import { loadModel } from '../../../src/lib/model/load.ts';
import { type VerifyRequest, verifyModel } from '../../../src/lib/model/run-verify.ts';
import { saveModel } from '../../../src/lib/model/save.ts';
import { SAMPLE_TEXTS } from '../../../src/lib/model/verify.ts';
import { pinnedNode } from '../../helpers/run-cli.ts';
import { createWorld, golden } from '../score/world.ts';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-verify-test-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function verify(request: Partial<VerifyRequest>) {
  const { world } = createWorld(folder);
  return verifyModel({
    place: golden('lr'),
    against: 'scored.jsonl',
    input: undefined,
    textColumn: undefined,
    math: 'hotspot-x64',
    ...world,
    ...request,
  });
}

const write = (name: string, text: string) => {
  fs.writeFileSync(path.join(folder, name), text);
  return name;
};

async function scored(name: string, texts: readonly string[]) {
  const scorer = compileModel(await loadModel(golden(name)));
  return texts.map(text => {
    const { prediction, raw, probabilities } = scorer.score(text);
    return { text, prediction, rawPrediction: [...raw], probability: probabilities && [...probabilities] };
  });
}

const lines = (rows: readonly object[]) => rows.map(row => `${JSON.stringify(row)}\n`).join('');
/** The next double away from zero. */
function nextAway(value: number): number {
  const bits = new BigInt64Array(Float64Array.of(value).buffer);
  bits[0] = (bits[0] ?? 0n) + 1n;
  return new Float64Array(bits.buffer)[0] ?? 0;
}

const texts = ['good', 'a bad broken phone', 'so so'];

describe('against a stored result', () => {
  test('of Spark as the golden folders hold it', async () => {
    for (const name of ['lr', 'svc', 'forest-3', 'bayes']) {
      const against = path.join(golden(name), '../expected.json');
      const { parity, stages } = await verify({ place: golden(name), against });
      const { ordinary, nasty } = JSON.parse(fs.readFileSync(against, 'utf8')) as Record<
        string,
        { prediction: number[] }
      >;
      const rows = (ordinary?.prediction.length ?? 0) + (nasty?.prediction.length ?? 0);
      expect(rows).toBeGreaterThan(100);
      expect(parity).toMatchObject({ rows, mismatches: 0, maxUlp: 0, examples: [] });
      expect(parity.columns.map(({ name: column }) => column)).toEqual(
        name === 'svc' ? ['prediction', 'rawPrediction'] : ['prediction', 'rawPrediction', 'probabilities'],
      );
      expect(stages[0]?.kind).toBe('Tokenizer');
    }
  });

  test('of another model finds every row that differs', async () => {
    const { parity } = await verify({ against: path.join(golden('lr-plain'), '../expected.json') });
    expect(parity.mismatches).toBeGreaterThan(100);
    expect(parity.examples).toHaveLength(10);
  });

  test('as JSON lines, CSV and columns; one bit is enough to differ', async () => {
    const rows = await scored('lr', texts);
    const csv = rows.map(row => `${row.text},${row.prediction},"${JSON.stringify(row.rawPrediction)}"\n`);
    const columns = {
      text: texts,
      prediction: rows.map(row => row.prediction),
      probability: rows.map(row => row.probability),
    };
    const files = [
      write('scored.jsonl', lines(rows)),
      write('scored.csv', `text,prediction,rawPrediction\n${csv.join('')}`),
      write('scored.json', JSON.stringify(columns)),
    ];
    for (const against of files)
      expect((await verify({ against })).parity).toMatchObject({ rows: 3, mismatches: 0, maxUlp: 0 });
    const [first, ...rest] = rows;
    const bent = { ...first, rawPrediction: first?.rawPrediction.map(nextAway) };
    const { parity } = await verify({ against: write('bent.jsonl', lines([bent, ...rest])) });
    expect(parity).toMatchObject({ rows: 3, mismatches: 1, maxUlp: 1 });
    expect(parity.examples).toMatchObject([{ row: 0, text: 'good', column: 'rawPrediction' }]);
  });

  test.for([
    ['no scores', 'plain.jsonl', '{"text":"a"}\n', /holds no scores/],
    ['no rows', 'head.csv', 'text,prediction\n', /no rows|empty/i],
    ['no JSON', 'x.json', 'hello', /holds no columns/],
    ['no columns', 'y.json', '{"a":1}', /holds no columns/],
    ['uneven columns', 'z.json', '{"text":["a","b"],"prediction":[1]}', /not one value for each of 2/],
    ['words for numbers', 'w.jsonl', '{"text":"a","prediction":"good"}\n', /row 1: prediction is neither/],
  ] as const)('with %s is refused', async ([, name, text, message]) => {
    const work = verify({ against: write(name, text) });
    await expect(work).rejects.toMatchObject({ exit: 9, message: expect.stringMatching(message) });
  });

  test('that is not there', async () => {
    await expect(verify({ against: 'nowhere.json' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(verify({ against: 'nowhere.csv' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

/**
 * Stands for Python: takes the place of PySpark for what is asked of it, by what a file with scores says. The real one
 * has its test among those of the stack.
 */
function fakePython(behaviour: string): string {
  const file = path.join(folder, `python-${Math.random().toString(36).slice(2)}`);
  const script = `#!${pinnedNode()}
const fs = process.getBuiltinModule('node:fs');
const [, , first, model, rows, out] = process.argv;
if (first === '-c') process.exit(${behaviour === 'no pyspark' ? 1 : 0});
if (${JSON.stringify(behaviour)} === 'fails') { console.error('Traceback\\njava.lang.RuntimeException: no luck\\n  at x'); process.exit(1); }
if (!fs.existsSync(model + '/stages')) { console.error('Error: no pipeline at ' + model); process.exit(1); }
const stored = new Map(JSON.parse(fs.readFileSync(${JSON.stringify(path.join(folder, 'answers.json'))}, 'utf8')).map(row => [row.text, row]));
fs.mkdirSync(out);
const asked = fs.readFileSync(rows, 'utf8').trim().split('\\n').map(line => JSON.parse(line));
const scored = asked.map(({ row, text }) => JSON.stringify({ ...stored.get(text), text: undefined, row }));
fs.writeFileSync(out + '/part-0.json', (${JSON.stringify(behaviour)} === 'loses rows' ? scored.slice(1) : scored.reverse()).join('\\n') + '\\n');
fs.writeFileSync(out + '/_SUCCESS', '');
console.log('spark 4.9.9');
`;
  fs.writeFileSync(file, script, { mode: 0o755 });
  return file;
}

describe('against PySpark', () => {
  const ask = async (
    behaviour: string,
    request: Partial<VerifyRequest> = {},
    stored: readonly string[] = SAMPLE_TEXTS,
  ) => {
    const answers = (await scored('lr', stored)).map(({ probability, ...row }) => ({
      ...row,
      probabilities: probability,
    }));
    write('answers.json', JSON.stringify(answers));
    const env = { HOME: folder, PATH: '/usr/bin:/bin', PYSPARK_PYTHON: fakePython(behaviour) };
    return verify({ against: 'pyspark', env, ...request });
  };

  test('built-in rows are compared, in whatever order Spark gives them back', async () => {
    const { parity, against } = await ask('works');
    expect(against).toBe('Spark 4.9.9');
    expect(parity).toMatchObject({ rows: SAMPLE_TEXTS.length, mismatches: 0 });
    expect(parity.columns.map(({ name }) => name)).toEqual(['prediction', 'rawPrediction', 'probabilities']);
  });

  test('or the rows of a file', async () => {
    const input = write('rows.csv', `text\n${texts.join('\n')}\n`);
    expect((await ask('works', { input }, texts)).parity).toMatchObject({ rows: 3, mismatches: 0 });
  });

  test('a model in our own form is written for Spark first', async () => {
    const own = path.join(folder, 'own');
    await saveModel(await loadModel(golden('lr')), own, { format: 'native' });
    expect((await ask('works', { place: own })).parity.mismatches).toBe(0);
  });

  test('a model that scores otherwise differs', async () => {
    const { parity } = await ask('works', { place: golden('lr-plain') });
    expect(parity.mismatches).toBeGreaterThan(5);
  });

  test.for([
    ['no pyspark', 'NOT_FOUND', /has no PySpark/],
    ['fails', 'JOB_FAILED', /java\.lang\.RuntimeException: no luck/],
    ['loses rows', 'DATA_INVALID', /scored/],
  ] as const)('that %s is told', async ([behaviour, code, message]) => {
    await expect(ask(behaviour)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(fs.readdirSync(os.tmpdir()).filter(name => name.startsWith(`sentops-spark-${process.pid}`))).toEqual([]);
  });

  test('a Python that is not there', async () => {
    const env = { PATH: '/nonexistent', PYSPARK_PYTHON: '/nonexistent/python' };
    await expect(verify({ against: 'pyspark', env })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      hint: expect.stringContaining('pip install pyspark'),
    });
  });
});

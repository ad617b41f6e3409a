import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { scoreWithSpark } from '../../../../src/lib/model/parity/score-with-spark.ts';
import type { Stage } from '../../../../src/lib/model/stages.ts';
import type { FittedModel } from '../../../../src/lib/model/types.ts';
import { sampleModels } from '../../../helpers/sample-models.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-python-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

/** Stands in for Python: keeps what it was called with and answers as the script does. */
function standIn(row: object): string {
  const file = path.join(dir, 'python3');
  const program = `#!${process.execPath}
const fs = process.getBuiltinModule('node:fs');
const [script, model, rows, out, names] = process.argv.slice(2);
if (script !== '-c') {
  fs.writeFileSync(${JSON.stringify(path.join(dir, 'called'))}, JSON.stringify({ script: fs.readFileSync(script, 'utf8'), names }));
  fs.mkdirSync(out);
  const answers = fs.readFileSync(rows, 'utf8').trim().split('\\n').map(line => ({ ...JSON.parse(line), ...${JSON.stringify(row)} }));
  fs.writeFileSync(out + '/part-00000', answers.map(each => JSON.stringify(each) + '\\n').join(''));
  console.log('spark 4.0.1');
}
`;
  fs.writeFileSync(file, program, { mode: 0o755 });
  return file;
}

async function score(stages: readonly Stage[]) {
  const env = { ...process.env, PYSPARK_PYTHON: standIn({ prediction: 1 }) };
  const signal = new AbortController().signal;
  const texts = ['good', 'ba\u00e9d'];
  const scored = await scoreWithSpark({ model: dir, stages, texts, env, signal, report: () => undefined });
  const called = JSON.parse(fs.readFileSync(path.join(dir, 'called'), 'utf8')) as { script: string; names: string };
  return { scored, script: called.script, names: called.names };
}

test('a pipeline within the pipeline was asked for the name of the text column, which it does not know', async () => {
  const { stages } = sampleModels()['logistic'] as FittedModel;
  const { scored, script, names } = await score(stages);
  expect(scored).toMatchObject({ version: '4.0.1', scores: [{ text: 'good' }, { text: 'ba\u00e9d' }] });
  expect(JSON.parse(names)).toEqual({
    text: 'text',
    prediction: 'prediction',
    rawPrediction: 'rawPrediction',
    probabilities: 'probability',
  });
  expect(script).not.toContain('getInputCol');
  expect(script).not.toContain('model.stages');
});

test('columns of other names and without probabilities', async () => {
  const { stages } = sampleModels()['svc'] as FittedModel;
  const [first, ...rest] = stages.slice(0, -1);
  const last = { ...(stages.at(-1) as Stage), predictionCol: 'überzeugt' } as Stage;
  const { names } = await score([{ ...first, inputCol: 'body' } as Stage, ...rest, last]);
  expect(JSON.parse(names)).toEqual({ text: 'body', prediction: 'überzeugt', rawPrediction: 'rawPrediction' });
  expect(names).toMatch(/^[\x20-\x7e]+$/u);
});

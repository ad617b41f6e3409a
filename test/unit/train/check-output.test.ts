import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkOutput } from '../../../src/lib/train/check-output.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-output-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

function write(...files: readonly string[]): void {
  for (const file of files) {
    fs.mkdirSync(path.join(dir, path.dirname(file)), { recursive: true });
    fs.writeFileSync(path.join(dir, file), '');
  }
}

const check = (...models: string[]) => checkOutput(dir, models);

describe('a folder that training may write into', () => {
  test('one that is not there, and an empty one', () => {
    expect(() => checkOutput(path.join(dir, 'new'), ['ngram'])).not.toThrow();
    expect(() => check('ngram')).not.toThrow();
  });

  test('one with what an earlier run wrote', () => {
    write('training.json', 'report.md', 'report.html', 'roc.png', 'ngram/metrics.json', 'ngram/model/MLmodel');
    write('ngram/confusion_matrix.png', 'best-model-ngram/MLmodel', 'best-model-ngram/sparkml/metadata/part-00000');
    expect(() => check('ngram', 'naivebayes')).not.toThrow();
  });

  test('one of a run that was killed between its reports and training.json', () => {
    write('naivebayes/metrics.json', 'best-model-naivebayes/MLmodel', 'report.md', 'roc.png');
    expect(() => check('ngram', 'naivebayes')).not.toThrow();
  });

  test('one with files beside the models that training does not touch', () => {
    write('notes.txt', 'other/code.ts');
    expect(() => check('ngram')).not.toThrow();
  });
});

describe('a folder in which something would be lost', () => {
  test.each([
    ['source code in the folder of a model', 'ngram/code.ts'],
    ['a note beside the best model', 'best-model-ngram/notes.md'],
    ['a file of the name of a model', 'ngram'],
    ['a report of somebody else', 'report.md'],
  ])('%s', (_title, file) => {
    write(file);
    expect(() => check('ngram')).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
    expect(fs.existsSync(path.join(dir, file))).toBe(true);
  });

  test('the folder of a model that is not trained this time is nobody’s business', () => {
    write('ngram/code.ts');
    expect(() => check('naivebayes')).not.toThrow();
  });
});

describe('an output that is no folder', () => {
  test('a file is named', () => {
    write('taken');
    expect(() => checkOutput(path.join(dir, 'taken'), ['ngram'])).toThrow(
      expect.objectContaining({ code: 'NOT_WRITABLE', message: expect.stringContaining('taken') }),
    );
  });

  test('a bucket is refused with what to do', () => {
    expect(() => checkOutput('gs://models/x', ['ngram'])).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});

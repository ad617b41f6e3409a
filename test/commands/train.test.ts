import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TrainReport } from '../../src/lib/train/result.ts';
import { writeReviews } from '../helpers/reviews.ts';
import { type CliOptions, runCli } from '../helpers/run-cli.ts';

let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-train-'));
  writeReviews(path.join(dir, 'reviews.csv'), { rows: 1200 });
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

let number = 0;
/** A fresh output folder for every run. */
const freshOutput = () => path.join(dir, `out-${++number}`);

async function train(args: readonly string[], options: CliOptions = {}) {
  const output = freshOutput();
  const run = await runCli(['train', '--output', output, '--json', ...args], { cwd: dir, ...options });
  const json = JSON.parse(run.stdout) as TrainReport & {
    error?: { code: string; exit: number; message: string; hint: string };
  };
  return { ...run, json, output };
}

const reviews = ['--input', 'reviews.csv', '--min-accuracy', '0.5'];

describe('a training run', () => {
  test('trains every model, names the best and leaves everything in its folder', async () => {
    const { code, json, output, stderr } = await train([...reviews, '--models', 'lr,svc,rf,nb,ngram']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(json.models.map(model => model.name)).toEqual([
      'logisticregression',
      'linearsvc',
      'randomforest',
      'naivebayes',
      'ngram',
    ]);
    for (const { name, metrics, path: folder } of json.models) {
      // A random forest of ten shallow trees has little to say about hashed words.
      expect([name, metrics.accuracy > (name === 'randomforest' ? 0.5 : 0.7)]).toEqual([name, true]);
      const files = fs.readdirSync(folder).sort();
      expect(files).toEqual(
        expect.arrayContaining([
          'confusion_matrix.png',
          'metrics.json',
          'model',
          'pr.png',
          'report.html',
          'report.md',
          'roc.png',
        ]),
      );
      expect(fs.readdirSync(path.join(folder, 'model'))).toEqual(
        expect.arrayContaining(['MLmodel', 'data', 'sparkml']),
      );
    }
    const best = [...json.models].sort((a, b) => b.metrics.accuracy - a.metrics.accuracy)[0];
    expect(json.best).toMatchObject({ metric: 'accuracy', on: 'test', value: best?.metrics.accuracy });
    expect(fs.existsSync(path.join(json.best?.path ?? '', 'MLmodel'))).toBe(true);
    expect(json.data).toMatchObject({ rows: 1200, badRows: 0, testInput: null });
    expect(json.data.train + json.data.validation + json.data.test).toBe(1200);
    expect(json.labels?.mapping).toEqual({ negative: 'negative', positive: 'positive' });
    const written = JSON.parse(fs.readFileSync(path.join(output, 'training.json'), 'utf8'));
    expect(written).toEqual(json);
    expect(fs.readdirSync(output).filter(name => name.startsWith('.'))).toEqual([]);
  }, 120_000);

  test('the same seed gives the same model, byte for byte, and another seed another one', async () => {
    // Everything but the moment of writing and what follows from it.
    const filesOf = (output: string) =>
      ['ngram', 'logisticregression'].flatMap(name => {
        const stages = path.join(output, name, 'model/sparkml/stages');
        const parts = fs
          .readdirSync(stages, { recursive: true, encoding: 'utf8' })
          .filter(file => file.endsWith('.parquet'));
        return parts.sort().map(file => [file, fs.readFileSync(path.join(stages, file)).toString('base64')]);
      });
    const args = [...reviews, '--models', 'ngram,lr'];
    const first = await train(args);
    const second = await train(args);
    const other = await train([...args, '--seed', '7']);
    expect(second.json.models.map(model => model.metrics)).toEqual(first.json.models.map(model => model.metrics));
    expect(filesOf(first.output).length).toBeGreaterThan(2);
    expect(filesOf(second.output)).toEqual(filesOf(first.output));
    expect(other.json.models.map(model => model.metrics)).not.toEqual(first.json.models.map(model => model.metrics));
  }, 120_000);

  test('a run over an older one replaces it whole', async () => {
    const output = freshOutput();
    const run = (models: string) =>
      runCli(['train', '--output', output, ...reviews, '--models', models, '-q'], { cwd: dir });
    await run('nb');
    fs.writeFileSync(path.join(output, 'naivebayes/model/left-over.txt'), '');
    const { code, stdout } = await run('nb');
    expect(code).toBe(0);
    expect(stdout.trim()).toBe(path.join(output, 'best-model-naivebayes'));
    expect(fs.existsSync(path.join(output, 'naivebayes/model/left-over.txt'))).toBe(false);
  }, 60_000);

  test('cross-validation chooses from the grid of the project', async () => {
    const { json, code } = await train([
      ...reviews,
      '--models',
      'lr',
      '--enable-cv',
      '--cv-folds',
      '3',
      '--num-features',
      '1024',
      '--train-ratio',
      '0.5',
    ]);
    expect(code).toBe(0);
    expect(json.models[0]?.search).toMatchObject({ folds: 3 });
    expect(json.models[0]?.search?.points).toHaveLength(4);
    const { regParam, elasticNetParam } = json.models[0]?.params ?? {};
    expect([0.01, 0.1]).toContain(regParam);
    expect([0, 0.5]).toContain(elasticNetParam);
  }, 60_000);

  test('linearsvc gets probabilities where they are asked for', async () => {
    const plain = await train([...reviews, '--models', 'svc']);
    expect(plain.json.models[0]?.metrics.logLoss).toBeNull();
    const calibrated = await train([...reviews, '--models', 'svc', '--calibrate']);
    expect(calibrated.json.models[0]?.metrics.logLoss).toBeLessThan(0.69);
  }, 60_000);

  test('three classes: a model of two classes is left out with a word', async () => {
    writeReviews(path.join(dir, 'three.csv'), { rows: 900, classes: 3 });
    const { json, code } = await train(['--input', 'three.csv', '--min-accuracy', '0.3', '--models', 'lr,svc,ngram']);
    expect(code).toBe(0);
    expect(json.warnings).toEqual([expect.stringContaining('linearsvc')]);
    expect(json.models.map(model => model.name)).toEqual(['logisticregression', 'ngram']);
    expect(json.labels?.classes).toEqual(['negative', 'neutral', 'positive']);
  }, 60_000);

  test('a model whose scores are no numbers is an error, not a run without end', async () => {
    const smoothing = 'train.params.naivebayes.smoothing=0';
    const { code, json } = await train([...reviews, '--models', 'nb', '--set', smoothing]);
    expect([code, json.error?.message]).toEqual([9, expect.stringContaining('naivebayes')]);
  }, 60_000);

  test('one of the best of an earlier run does not stay beside the new one', async () => {
    const output = freshOutput();
    const run = (models: string) =>
      runCli(['train', '--output', output, ...reviews, '--models', models, '-q'], { cwd: dir });
    await run('nb');
    await run('lr');
    expect(fs.readdirSync(output).filter(name => name.startsWith('best'))).toEqual(['best-model-logisticregression']);
    expect(fs.existsSync(path.join(output, 'naivebayes/model'))).toBe(true);
  }, 60_000);

  test('a file and a pipe give the same rows and the same classes', async () => {
    const args = ['--models', 'nb', '--max-rows', '300', '--min-accuracy', '0'];
    const fromFile = await train(['--input', 'reviews.csv', ...args]);
    const fromPipe = await train(['--input', '-', ...args], { input: fs.readFileSync(path.join(dir, 'reviews.csv')) });
    expect(fromPipe.json.models.map(model => model.metrics)).toEqual(fromFile.json.models.map(model => model.metrics));
    const report = (output: string) =>
      fs
        .readFileSync(path.join(output, 'naivebayes/report.md'), 'utf8')
        .split('\n')
        .filter(line => /^\| (neg|pos)/.test(line));
    expect(report(fromPipe.output)).toEqual(report(fromFile.output));
  }, 60_000);

  test('the head of a file that is ordered by label is never taken for a sample', async () => {
    const lines = fs
      .readFileSync(writeReviews(path.join(dir, 'o.csv'), { rows: 1000 }), 'utf8')
      .trim()
      .split('\n')
      .slice(1);
    const ordered = lines.sort((a, b) => Number(a.endsWith('positive')) - Number(b.endsWith('positive')));
    fs.writeFileSync(path.join(dir, 'ordered.csv'), `text,label\n${ordered.join('\n')}\n`);
    const { json } = await train([
      '--input',
      'ordered.csv',
      '--models',
      'nb',
      '--max-rows',
      '200',
      '--min-accuracy',
      '0',
    ]);
    expect(json.data.train + json.data.validation + json.data.test).toBe(200);
    expect(json.models[0]?.metrics.recall).toBeGreaterThan(0.3);
  }, 60_000);

  test('a number of features that is no power of two works, with a word', async () => {
    const { json, code } = await train([...reviews, '--models', 'nb', '--num-features', '1000']);
    expect(code).toBe(0);
    expect(json.warnings).toEqual([expect.stringContaining('1024 is near')]);
  }, 60_000);

  test('rows from standard input', async () => {
    const input = fs.readFileSync(path.join(dir, 'reviews.csv'));
    const { json, code } = await train(['--input', '-', '--models', 'nb', '--min-accuracy', '0'], { input });
    expect([code, json.data.rows]).toEqual([0, 1200]);
  }, 60_000);

  test('--dry-run looks at the file and writes nothing', async () => {
    const { json, code, output } = await train([...reviews, '--dry-run']);
    expect(code).toBe(0);
    expect(json).toMatchObject({ dryRun: true, models: [], best: null });
    expect(json.layout).toContain('CSV');
    expect(json.data).toMatchObject({ rows: 1200 });
    expect(json.labels?.classes).toEqual(['negative', 'positive']);
    expect(fs.existsSync(output)).toBe(false);
    fs.writeFileSync(path.join(dir, 'one.csv'), `text,label\n${'good,positive\n'.repeat(50)}`);
    expect((await train(['--input', 'one.csv', '--dry-run'])).code).toBe(9);
  });
});

describe('a test file of its own', () => {
  test('is what the metrics are of, and its labels may be written otherwise', async () => {
    const label = (name: string) => (name === 'positive' ? '4' : '0');
    writeReviews(path.join(dir, 'test.csv'), { rows: 300, seed: 9, label });
    const { json, code } = await train([
      ...reviews,
      '--test-input',
      'test.csv',
      '--models',
      'nb,ngram',
      '--val-ratio',
      '0',
    ]);
    expect(code).toBe(0);
    expect(json.data).toMatchObject({ train: 1200, test: 300, validation: 0 });
    for (const { metrics } of json.models) expect(metrics.accuracy).toBeGreaterThan(0.6);
  }, 60_000);

  test('labels of the test file mean what they meant in training, also where fewer of them are there', async () => {
    const label = (name: string) => ({ negative: '-1', neutral: '0', positive: '1' })[name] ?? '';
    writeReviews(path.join(dir, 'signs.csv'), { rows: 900, classes: 3, label });
    writeReviews(path.join(dir, 'two-signs.csv'), {
      rows: 200,
      seed: 3,
      label: name => (name === 'positive' ? '1' : '0'),
    });
    const { json } = await train([
      '--input',
      'signs.csv',
      '--test-input',
      'two-signs.csv',
      '--models',
      'nb',
      '--min-accuracy',
      '0',
    ]);
    expect(json.labels?.mapping).toEqual({ '-1': 'negative', '0': 'neutral', '1': 'positive' });
    const metrics = JSON.parse(fs.readFileSync(path.join(json.models[0]?.path ?? '', 'metrics.json'), 'utf8'));
    expect(Object.values(metrics.per_class).map(one => (one as { support: number }).support)).toEqual([
      0,
      expect.any(Number),
      expect.any(Number),
    ]);
  }, 60_000);

  test('a test file of one class, and one of blank texts', async () => {
    fs.writeFileSync(path.join(dir, 'only-good.csv'), `text,label\n${'a wonderful story,positive\n'.repeat(20)}`);
    const good = await train([
      '--input',
      'reviews.csv',
      '--test-input',
      'only-good.csv',
      '--models',
      'nb',
      '--min-accuracy',
      '0',
    ]);
    expect([good.code, good.json.models[0]?.metrics.auc]).toEqual([0, null]);
    fs.writeFileSync(path.join(dir, 'blank.csv'), `text,label\n${' ,positive\n ,negative\n'.repeat(20)}`);
    const blank = await train([...reviews, '--test-input', 'blank.csv', '--models', 'nb']);
    expect([blank.code, blank.json.error?.message]).toEqual([9, expect.stringContaining('blank.csv')]);
  }, 60_000);

  test('a class that was never trained is an error, not a wrong metric', async () => {
    writeReviews(path.join(dir, 'three-test.csv'), { rows: 60, classes: 3 });
    const { json, code } = await train([...reviews, '--test-input', 'three-test.csv', '--models', 'nb']);
    expect(code).toBe(9);
    expect(json.error?.message).toContain('neutral');
  });
});

describe('the gate', () => {
  test('exit code 12 with and without --json, and everything is written', async () => {
    const { code, json, output } = await train([
      '--input',
      'reviews.csv',
      '--models',
      'nb',
      '--min-accuracy',
      '0.9999',
    ]);
    expect(code).toBe(12);
    expect(json.error).toMatchObject({ code: 'GATE_NOT_MET', exit: 12 });
    expect(json.gate).toMatchObject({ met: false, model: 'naivebayes' });
    expect(fs.existsSync(path.join(output, 'training.json'))).toBe(true);
    const plain = await runCli(
      ['train', '--output', output, '--input', 'reviews.csv', '--models', 'nb', '--min-accuracy', '0.9999'],
      { cwd: dir },
    );
    expect(plain.code).toBe(12);
    expect(plain.stderr).toContain('accuracy');
    expect(plain.stdout).toContain('naivebayes');
  }, 60_000);
});

/** Input → exit code and what the message has to name. */
describe('bad input', () => {
  const files: Readonly<Record<string, string>> = {
    'empty.csv': '',
    'header.csv': 'text,label\n',
    'one-class.csv': `text,label\n${'good,positive\n'.repeat(50)}`,
    'wrong.csv': `body,stars_given,x\n${'good,5,1\nbad,1,1\n'.repeat(20)}`,
    'unclosed.csv': `text,label\n${'good,positive\nbad,negative\n'.repeat(20)}"never closed,positive\n${'more,negative\n'.repeat(5)}`,
    'ragged.csv': `text,label\n${'good,positive\na,b,c,d\nbad,negative\n'.repeat(100)}`,
  };
  beforeAll(() => {
    for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(dir, name), text);
  });

  test.each([
    ['a file that is not there', ['--input', 'reviws.csv'], 5, /reviws\.csv/],
    ['an empty file', ['--input', 'empty.csv'], 9, /empty/],
    ['nothing but a header', ['--input', 'header.csv'], 9, /header\.csv/],
    ['one class only', ['--input', 'one-class.csv'], 9, /one class/],
    ['a column that does not exist', ['--input', 'reviews.csv', '--text-column', 'txet'], 9, /txet/],
    ['no column that looks like a label', ['--input', 'wrong.csv'], 9, /label|column/],
    ['a quote that never closes', ['--input', 'unclosed.csv'], 9, /line 42/],
    ['a third of the rows unreadable', ['--input', 'ragged.csv'], 9, /rows/],
    ['zero features', [...reviews, '--num-features', '0'], 2, /num-features/],
    ['no number', [...reviews, '--train-ratio', 'NaN'], 2, /train-ratio/],
    ['one without end', [...reviews, '--val-ratio', 'Infinity'], 2, /val-ratio/],
    ['a gate that nothing can meet', ['--input', 'reviews.csv', '--min-accuracy', '5'], 3, /out of reach/],
    ['a metric that does not exist', [...reviews, '--set', 'train.select.metric=foo'], 3, /foo/],
    ['shares above one', [...reviews, '--train-ratio', '0.9', '--val-ratio', '0.2'], 3, /more than 1/],
    ['more folds than rows', [...reviews, '--enable-cv', '--cv-folds', '5000', '--models', 'nb'], 9, /folds/],
    ['a model that nobody knows', [...reviews, '--models', 'logistik'], 5, /logistik/],
    ['a variant that nobody knows', [...reviews, '--variant', 'ful'], 2, /variant/],
    ['an n-gram of no length', [...reviews, '--models', 'ngram', '--set', 'train.params.ngram.ngrams=0'], 3, /ngrams/],
    [
      'a negative penalty',
      [...reviews, '--models', 'lr', '--set', 'train.params.logisticregression.regParam=-1'],
      3,
      /regParam/,
    ],
    ['another backend', [...reviews, '--backend', 'dataproc'], 3, /backend/],
  ] as const)(
    '%s',
    async (_title, args, exit, message) => {
      const { code, json, output } = await train(args);
      expect([code, json.error?.exit, json.error?.message]).toEqual([exit, exit, expect.stringMatching(message)]);
      expect(json.error?.hint).toBeTruthy();
      // Whatever was begun has left nothing behind.
      const left = fs.existsSync(output) ? fs.readdirSync(output) : [];
      expect(left).toEqual([]);
    },
    60_000,
  );

  test('a name nearly right is suggested', async () => {
    const { json } = await train(['--input', 'reviews.csv', '--text-column', 'txet']);
    expect(`${json.error?.message} ${json.error?.hint}`).toMatch(/text/);
    expect(`${json.error?.message} ${json.error?.hint}`).toMatch(/label/);
  });

  test('a bucket as output', async () => {
    const run = await runCli(['train', '--input', 'reviews.csv', '--output', 'gs://models/x'], { cwd: dir });
    expect(run.code).toBe(3);
    expect(run.stderr).toContain('gs://models/x');
  });

  test('an output that is a file', async () => {
    fs.writeFileSync(path.join(dir, 'taken'), '');
    const run = await runCli(['train', ...reviews, '--models', 'nb', '--output', path.join(dir, 'taken')], {
      cwd: dir,
    });
    expect(run.code).not.toBe(0);
    expect(run.stderr).toContain('taken');
    expect(fs.readFileSync(path.join(dir, 'taken'), 'utf8')).toBe('');
  });
});

describe('what is worth a second look', () => {
  test('testing on the training file', async () => {
    const { json } = await train([...reviews, '--test-input', 'reviews.csv', '--models', 'nb']);
    expect(json.warnings).toEqual([expect.stringContaining('the test file is the training file')]);
  }, 60_000);

  test('rows of the test file that are left out are counted', async () => {
    const rows = Array.from({ length: 60 }, (_, row) => `a story ${row},${['0', '2', '4'][row % 3]}`);
    fs.writeFileSync(path.join(dir, 'manual.csv'), `text,label\n${rows.join('\n')}\n`);
    const { json } = await train([
      '--input',
      'reviews.csv',
      '--test-input',
      'manual.csv',
      '--models',
      'nb',
      '--min-accuracy',
      '0',
    ]);
    expect(json.warnings).toEqual([expect.stringMatching(/20 rows labelled "2" were left out/)]);
  }, 60_000);

  test('few rows of a class, and few to test on', async () => {
    const label = (row: number) => (row < 6 ? 'rare' : row % 2 ? 'positive' : 'negative');
    const rows = Array.from({ length: 120 }, (_, row) => `a story ${row},${label(row)}`);
    fs.writeFileSync(path.join(dir, 'rare.csv'), `text,label\n${rows.join('\n')}\n`);
    const { json } = await train(['--input', 'rare.csv', '--models', 'nb', '--min-accuracy', '0']);
    expect(json.warnings.join('\n')).toMatch(/few rows to train on: rare \(\d\)/);
    expect(json.warnings.join('\n')).toMatch(/only \d+ rows to test on/);
  }, 60_000);
});

describe('interrupted', () => {
  test('Ctrl-C while training: exit 130, and nothing is there', async () => {
    writeReviews(path.join(dir, 'many.csv'), { rows: 20_000 });
    const output = freshOutput();
    const run = await runCli(
      [
        'train',
        '--input',
        'many.csv',
        '--output',
        output,
        '--models',
        'rf,lr,ngram',
        '--min-accuracy',
        '0',
        '--set',
        'train.params.randomforest.numTrees=2000',
      ],
      { cwd: dir, signal: { name: 'SIGINT', after: /fit/ } },
    );
    expect(run.code).toBe(130);
    expect(fs.existsSync(output) ? fs.readdirSync(output) : []).toEqual([]);
  }, 60_000);

  test('two at once on one output: one works, the other is told', async () => {
    const output = freshOutput();
    const args = [
      'train',
      ...reviews,
      '--output',
      output,
      '--models',
      'rf,ngram',
      '--set',
      'train.params.randomforest.numTrees=100',
    ];
    const runs = await Promise.all([runCli(args, { cwd: dir }), runCli(args, { cwd: dir })]);
    expect(runs.map(run => run.code).sort()).toEqual([0, 6]);
    expect(fs.existsSync(path.join(output, 'training.json'))).toBe(true);
  }, 60_000);
});

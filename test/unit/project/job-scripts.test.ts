import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listFields } from '../../../src/lib/config/names.ts';
import { listProjectFiles } from '../../../src/lib/project/list-project-files.ts';
import type { Answers } from '../../../src/lib/project/types.ts';
import { makeFolder } from './fixtures.ts';

const TRAINING = 'sentiment_multimodel.py';
const STREAMING = 'streaming_serving_mlflow_hdfs_kafka_optimize.py';
const hasPython = spawnSync('python3', ['-c', '0']).status === 0;

let folder: string;
beforeAll(() => {
  folder = makeFolder();
  writeScripts({ name: 'x', template: 'imdb', backend: 'spark' });
  writeFakes();
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function writeScripts(answers: Answers): void {
  const fixed = {
    source: 'local',
    dataset: 'mine.csv',
    mlflowUri: '',
    mlflowExperiment: 'e',
    registeredModelName: 'm',
  };
  const given = { ...fixed, sourceType: 'file', ...answers };
  for (const file of listProjectFiles(given, folder)) {
    if (file.path.endsWith('.py')) fs.writeFileSync(path.join(folder, path.basename(file.path)), file.text);
  }
}

const read = (script: string) => fs.readFileSync(path.join(folder, script), 'utf8');
const declared = (script: string) =>
  [...read(script).matchAll(/add_argument\(\s*"--([\w-]+)"/g)].map(([, name]) => name);
/** Spark and MLflow are not here: whatever the scripts take from them at the top is an empty stand-in. */
function writeFakes(): void {
  const anything =
    'class Anything:\n    def __init__(self, *a, **k): pass\n    def __call__(self, *a, **k): return self\n    def __getattr__(self, name): return Anything()\n';
  fs.writeFileSync(
    path.join(folder, 'fakes.py'),
    `import sys, types\n${anything}\nclass Module(types.ModuleType):\n    __path__ = []\n    def __getattr__(self, name): return Anything()\nfor name in "pyspark pyspark.ml pyspark.ml.classification pyspark.ml.evaluation pyspark.ml.feature pyspark.ml.functions pyspark.ml.linalg pyspark.ml.tuning pyspark.sql pyspark.sql.functions pyspark.sql.types".split():\n    sys.modules[name] = Module(name)\n`,
  );
}

function python(code: string): { status: number | null; stdout: string; stderr: string } {
  const source = `import fakes, json\nimport sentiment_multimodel as training\nimport streaming_serving_mlflow_hdfs_kafka_optimize as streaming\n${code}\n`;
  return spawnSync('python3', ['-B', '-c', source], { cwd: folder, encoding: 'utf8' });
}

function evaluate(expression: string): unknown {
  const { status, stdout, stderr } = python(`print(json.dumps(${expression}))`);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

describe('the arguments of the job scripts', () => {
  test('are the thirteen of the training job', () => {
    expect(declared(TRAINING)).toEqual([
      'input',
      'output',
      'mlflow-uri',
      'mlflow-experiment',
      'registered-model-name',
      'num-features',
      'train-ratio',
      'val-ratio',
      'sample-fraction',
      'enable-cv',
      'cv-folds',
      'enable-caching',
      'max-rows',
    ]);
  });

  test('are the fifteen of the streaming job', () => {
    expect(declared(STREAMING)).toEqual([
      'source-type',
      'input-path',
      'kafka-bootstrap',
      'kafka-topic',
      'output-path',
      'checkpoint',
      'mlflow-uri',
      'model-name',
      'model-stage',
      'model-flavor',
      'batch-interval-seconds',
      'reload-interval-seconds',
      'write-kafka',
      'kafka-output-bootstrap',
      'kafka-output-topic',
    ]);
  });

  test('cover every argument that the configuration hands to a driver', () => {
    const driverOf = (section: string) =>
      listFields().flatMap(({ path, field }) =>
        path.startsWith(section) && field.meta.driver ? [field.meta.driver.slice(2)] : [],
      );
    expect(declared(TRAINING)).toEqual(expect.arrayContaining(driverOf('train.')));
    expect(declared(STREAMING)).toEqual(expect.arrayContaining(driverOf('serve.')));
  });
});

describe.skipIf(!hasPython)('the job scripts, without Spark', () => {
  test.each([TRAINING, STREAMING])('%s compiles', script => {
    const { status, stderr } = spawnSync('python3', ['-m', 'py_compile', script], { cwd: folder, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  test('have the reference defaults', () => {
    expect(evaluate('vars(training.parse_arguments(["--input", "i", "--output", "o"]))')).toEqual({
      input: 'i',
      output: 'o',
      mlflow_uri: null,
      mlflow_experiment: 'default',
      registered_model_name: 'twitter-sentiment-model',
      num_features: 32768,
      train_ratio: 0.8,
      val_ratio: 0.1,
      sample_fraction: 1,
      enable_cv: false,
      cv_folds: 2,
      enable_caching: false,
      max_rows: 0,
    });
    const argv =
      '"--source-type file --input-path i --output-path o --checkpoint c --mlflow-uri u --model-name m".split()';
    expect(evaluate(`vars(streaming.parse_arguments(${argv}))`)).toMatchObject({
      model_stage: 'Production',
      model_flavor: 'spark',
      batch_interval_seconds: 30,
      reload_interval_seconds: 300,
      write_kafka: false,
    });
  });

  const STREAM = '--output-path o --checkpoint c --mlflow-uri u --model-name m';
  test.each([
    ['training', '--input i', 'required: --output'],
    ['training', '--input i --output o --num-features 0', '--num-features must be at least 1'],
    ['training', '--input i --output o --train-ratio 0.9', 'must be below 1'],
    ['training', '--input i --output o --sample-fraction 0', '--sample-fraction must be above 0'],
    ['training', '--input i --output o --cv-folds 1', '--cv-folds must be at least 2'],
    ['training', '--input i --output o --max-rows -1', '--max-rows must be 0 or more'],
    ['streaming', `${STREAM} --source-type stdin`, 'invalid choice'],
    ['streaming', `${STREAM} --source-type file`, '--input-path'],
    ['streaming', `${STREAM} --source-type kafka --kafka-topic t`, '--kafka-bootstrap'],
    [
      'streaming',
      `${STREAM} --source-type file --input-path i --write-kafka true`,
      '--kafka-output-bootstrap, --kafka-output-topic',
    ],
    ['streaming', `${STREAM} --source-type file --input-path i --write-kafka maybe`, 'must be true or false'],
    ['streaming', `${STREAM} --source-type file --input-path i --reload-interval-seconds 0`, '1 or more'],
  ])('%s refuses: %s', (script, argv, complaint) => {
    const { status, stderr } = python(`${script}.parse_arguments(${JSON.stringify(argv)}.split())`);
    expect(status).toBe(2);
    expect(stderr).toContain(complaint);
  });

  test.each([
    ['text,label', [true, 'text', 'label', 'UTF-8']],
    ['review,sentiment', [true, 'review', 'sentiment', 'UTF-8']],
    [',asin,helpful,rating,reviewText,reviewTime,summary', [true, 'reviewText', 'rating', 'UTF-8']],
    ['asin,helpful,reviewText,reviewTime,overall', [true, 'reviewText', 'overall', 'UTF-8']],
    ['"0","1467810369","Mon Apr 06","NO_QUERY","someone","Aww, a, b"', [false, '_c5', '_c0', 'ISO-8859-1']],
    ['I love this!,1', [false, '_c0', '_c1', 'UTF-8']],
    ['"with, a comma",1', [false, '_c0', '_c1', 'UTF-8']],
  ])('training knows the layout of a file that begins with %s', (line, layout) => {
    expect(evaluate(`training.detect_layout(${JSON.stringify(line)})`)).toEqual(layout);
  });

  test('training says what a file needs whose layout it does not know', () => {
    expect(python('training.detect_layout("a;b;c")').stderr).toContain('give it a header with a text column');
  });

  test('training computes the metrics of the positive class from a confusion matrix', () => {
    expect(evaluate('training.binary_metrics([[50, 10], [5, 35]])')).toEqual({
      accuracy: 0.85,
      precision: expect.closeTo(35 / 45, 12),
      recall: expect.closeTo(35 / 40, 12),
      f1: expect.closeTo(70 / 85, 12),
    });
    expect(evaluate('training.binary_metrics([[3, 0], [1, 0]])')).toEqual({
      accuracy: 0.75,
      precision: 0,
      recall: 0,
      f1: 0,
    });
    expect(python('training.binary_metrics([[0, 0], [0, 0]])').stderr).toContain('test set is empty');
  });

  test.each<[string, string, unknown]>([
    [
      'a header and empty labels, the last row short',
      'text,label\nI love it!,\nTerrible,\nNot bad',
      [
        ['I love it!', null],
        ['Terrible', null],
        ['Not bad', null],
      ],
    ],
    ['no header', 'I love this!,1', [['I love this!', '1']]],
    [
      'six columns',
      '"4","1","d","q","u","hi, you"\n"0","2","d","q","u","no"\n',
      [
        ['hi, you', '4'],
        ['no', '0'],
      ],
    ],
    ['one column with a header', 'review\n"two\nlines"\n', [['two\nlines', null]]],
    [
      'columns in another order',
      'id,sentiment,review\n1,pos,good\n2,neg,bad\n',
      [
        ['good', 'pos'],
        ['bad', 'neg'],
      ],
    ],
    [
      'Windows line ends and a byte order mark',
      '\ufefftext\r\na\r\n\r\nb\r\n',
      [
        ['a', null],
        ['b', null],
      ],
    ],
    ['nothing', '', []],
    ['a header alone', 'text,label\n', []],
    ['rows without a text', 'text,label\n,1\nx,1\n', [['x', '1']]],
  ])('streaming reads a file with %s', (_, content, rows) => {
    expect(evaluate(`streaming.parse_file(${JSON.stringify(content)}.encode("utf-8"))`)).toEqual(rows);
  });

  test('both know the columns and labels of the user’s own file, whatever they are called', () => {
    const own = {
      template: 'minimal',
      textColumn: 'What "they" said',
      labelColumn: 'Rating\\',
      labels: 'Schlecht,Gut',
    };
    writeScripts({ name: 'x', backend: 'spark', ...own });
    try {
      const header = JSON.stringify('id,"What ""they"" said",Rating\\');
      expect(evaluate(`training.detect_layout(${header})`)).toEqual([true, own.textColumn, own.labelColumn, 'UTF-8']);
      expect(evaluate('[training.NEGATIVE, training.POSITIVE, training.RATING_COLUMNS]')).toEqual([
        ['schlecht'],
        ['gut'],
        [],
      ]);
      expect(evaluate(`streaming.parse_file((${header} + "\\n1,hi,Gut").encode())`)).toEqual([['hi', 'Gut']]);
    } finally {
      writeScripts({ name: 'x', template: 'imdb', backend: 'spark' });
    }
  });

  test('streaming reads Latin-1 where a file is not UTF-8', () => {
    expect(evaluate('streaming.parse_file("caf\\u00e9".encode("latin-1"))')).toEqual([['café', null]]);
  });

  test('streaming writes the reference columns in their order', () => {
    expect(evaluate('streaming.OUTPUT_COLUMNS')).toEqual([
      'text',
      'label',
      'features',
      'prediction',
      'probability',
      'prediction_timestamp',
      'model_version',
      'date',
    ]);
  });

  const REGISTRY = `
import types
def model(stage, versions, alias=None, current=None):
    served = streaming.ServedModel.__new__(streaming.ServedModel)
    def by_alias(name, wanted):
        if wanted != (alias or [None])[0]: raise Exception("no alias")
        return types.SimpleNamespace(version=alias[1])
    served.client = types.SimpleNamespace(search_model_versions=lambda query: [types.SimpleNamespace(version=v, current_stage=s) for v, s in versions], get_model_version_by_alias=by_alias)
    served.args = types.SimpleNamespace(model_name="m", model_stage=stage, reload_interval_seconds=300)
    served.version, served.transform, served.looked = current, None, 0.0
    return served
`;
  test.each([
    [
      'the newest version of the stage',
      '"Production", [("9", "Production"), ("10", "Production"), ("11", "None")]',
      '10',
    ],
    [
      'the version of the alias that stands for the stage',
      '"Production", [("1", "None"), ("2", "None")], ("champion", "1")',
      '1',
    ],
    ['the newest where none was promoted', '"Production", [("1", "None"), ("2", "Staging")]', '2'],
    ['the newest where no stage is asked for', '"None", [("1", "Production"), ("2", "None")]', '2'],
  ])('streaming serves %s', (_, registry, version) => {
    const { stdout } = python(`${REGISTRY}\nprint(model(${registry}).find_version())`);
    expect(stdout.trim().split('\n').at(-1)).toBe(version);
  });

  test('streaming says so where the registry has no such model', () => {
    const { stderr } = python(`${REGISTRY}\nmodel("Production", []).find_version()`);
    expect(stderr).toContain('Model not found in MLflow');
  });

  test('streaming swaps the model when it is time, and keeps it when the registry fails', () => {
    const { stdout, stderr } = python(`${REGISTRY}
served = model("Production", [("1", "Production")])
served.load = lambda version: "model " + version
served.refresh(); print("use", served.version, served.transform)
served.client.search_model_versions = lambda query: [types.SimpleNamespace(version="2", current_stage="Production")]
served.refresh(); print("use", served.version, served.transform)
served.looked -= 301
served.refresh(); print("use", served.version, served.transform)
def fail(query): raise Exception("registry away")
served.client.search_model_versions = fail
served.looked -= 301
served.refresh(); print("use", served.version, served.transform)`);
    expect(stderr).toBe('');
    expect(stdout.split('\n').filter(line => line.startsWith('use'))).toEqual([
      'use 1 model 1',
      'use 1 model 1',
      'use 2 model 2',
      'use 2 model 2',
    ]);
    expect(stdout).toContain('version 2 stays in use: registry away');
  });
});

import { describe, expect, test } from 'vitest';
import createMlflowFormat from '../../../../../src/lib/model/formats/mlflow/format.ts';
import { formatEnvironment, formatMLmodel } from '../../../../../src/lib/model/formats/mlflow/mlmodel.ts';
import { readFlavors } from '../../../../../src/lib/model/formats/mlflow/read.ts';
import type { FittedModel } from '../../../../../src/lib/model/types.ts';
import { sampleModels } from '../../../../helpers/sample-models.ts';

const read = (text: string) => readFlavors(Buffer.from(text));
const SPARK = 'flavors:\n  spark:\n    model_data: sparkml\n';

/** As MLflow 2 and 3 wrote it for real models, shortened. */
const LOGGED = `artifact_path: model
databricks_runtime: null
flavors:
  python_function:
    data: sparkml
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.spark
    python_version: 3.10.12
  spark:
    code: null
    model_class: pyspark.ml.pipeline.PipelineModel
    model_data: sparkml
    pyspark_version: 3.5.1
mlflow_version: 2.14.1
model_size_bytes: 431872
model_uuid: 0b8f6bd4f1e84a0e9f4f3c0f1c6a2f8d
run_id: 1e5
saved_input_example_info:
  artifact_path: input_example.json
  pandas_orient: split
  type: dataframe
signature:
  inputs: '[{"type": "string", "name": "text", "required": true}, {"type": "string",
    "name": "it''s", "required": false}]'
  outputs: "[{\\"type\\": \\"double\\", \\"name\\": \\"prediction\\", \\"required\\"\\
    : true}]"
  params: null
utc_time_created: '2024-06-20 12:34:56.789012'
`;

describe('MLmodel', () => {
  test.each<[string, string]>([
    ['as MLflow writes it, with texts folded over lines', LOGGED],
    ['with line ends of Windows', LOGGED.replaceAll('\n', '\r\n')],
    ['with a byte order mark', `\ufeff${LOGGED}`],
    ['as one document of a stream', `---\n${LOGGED}...\n`],
    ['with comments', `# logged by hand\n${SPARK.replace('sparkml', 'sparkml  # the pipeline')}`],
    ['with quotes', 'flavors:\n  "spark":\n    \'model_data\': "sparkml"\n'],
    ['in one line', '{flavors: {spark: {model_data: sparkml}}}'],
    ['as JSON', JSON.stringify({ flavors: { spark: { model_data: 'sparkml' } } })],
    ['with the folder as a folder', SPARK.replace('sparkml', './sparkml/')],
    ['with flavors of others', `flavors:\n  keras: {data: data}\n  onnx: null\n${SPARK.slice('flavors:\n'.length)}`],
    ['with anchors', 'shared: &place\n  model_data: sparkml\nflavors:\n  spark: *place\n'],
    ['with a folded block', `metadata:\n  note: >-\n    two lines\n    of text\n${SPARK}`],
  ])('%s', async (_, text) => {
    expect(await read(text)).toEqual({ native: null, spark: 'sparkml' });
  });

  test.each<[string, string]>([
    ['a text that looks like a tag', 'metadata:\n  note: "so good !important"\n'],
    ['a tag', 'metadata:\n  shape: !!python/tuple [1, 2]\n'],
    ['a number beyond 2^53', 'metadata:\n  id: 123456789012345678901234567890\n'],
    ['a number that is none', 'metadata:\n  score: .nan\n'],
    ['a key merged in', 'base: &base {a: 1}\nmetadata:\n  <<: *base\n'],
  ])('with %s beside the flavors: other people may write that, and it made the model unreadable', async (_, text) => {
    expect(await read(`${text}${SPARK}`)).toEqual({ native: null, spark: 'sparkml' });
  });

  test('both flavors, each in its place', async () => {
    const text = 'flavors:\n  sentops: {data: data/model.sentops, version: 1}\n  spark: {model_data: a b/c}\n';
    expect(await read(text)).toEqual({ native: 'data/model.sentops', spark: 'a b/c' });
  });

  test.each<[string, string, string]>([
    ['a tab for spaces', 'flavors:\n\tspark:\n', 'MLmodel does not name any flavors'],
    ['a quote that does not end', `${SPARK}note: 'x\n`, 'MLmodel does not name any flavors'],
    ['a list', '- flavors\n', 'MLmodel does not name any flavors'],
    ['flavors that are a list', 'flavors: [spark]\n', 'MLmodel does not name any flavors'],
    ['no flavors at all', 'flavors: {}\n', 'the model has the flavors none; readable are spark and sentops'],
    ['others’ flavors', 'flavors:\n  onnx: {data: x}\n  keras: {}\n', 'the model has the flavors onnx, keras'],
    ['a flavor that is a text', 'flavors:\n  spark: sparkml\n', 'the model has the flavors spark;'],
    [
      'a place that is a number',
      'flavors:\n  spark: {model_data: 5}\n',
      'does not say where its model is (model_data)',
    ],
    ['no place of our own', 'flavors:\n  sentops: {version: 1}\n', 'does not say where its model is (data)'],
    ['an empty place', 'flavors:\n  spark: {model_data: ""}\n', 'MLmodel points outside its folder'],
    ['the root for a place', 'flavors:\n  spark: {model_data: /}\n', 'MLmodel points outside its folder'],
    [
      'a way out in the middle',
      'flavors:\n  spark: {model_data: a/../../b}\n',
      'MLmodel points outside its folder: a/../../b',
    ],
    [
      'a way out as Windows has it',
      String.raw`flavors: {sentops: {data: '..\..\secret'}}`,
      'MLmodel points outside its folder',
    ],
  ])('with %s is refused', async (_, text, reason) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining(reason),
      hint: expect.stringContaining('mlflow.spark.log_model'),
    });
  });

  test('a name with dots in it leads nowhere', async () => {
    expect(await read('flavors: {spark: {model_data: ..model/a..b}}')).toMatchObject({ spark: '..model/a..b' });
  });
});

describe('what we write', () => {
  const sample = (name: string) => sampleModels()[name] as FittedModel;
  const facts = { native: Buffer.from('x'), hasSpark: true, bytes: 12 };

  test('is read by ourselves, whatever the names of the classes are', async () => {
    const labels = ["'", '"\n', ': #', '- !x', '\\', '{[', '😀'];
    for (const label of labels) {
      const model = { ...sample('svc'), labels: [label, 'other'] };
      expect(await read(formatMLmodel({ model, ...facts }))).toEqual({
        native: 'data/model.sentops',
        spark: 'sparkml',
      });
    }
  });

  test('names what is there: no Spark, no flavor for it; no loader, no environment with it', () => {
    const text = formatMLmodel({ model: sample('svc'), ...facts, hasSpark: false });
    expect(text).not.toContain('spark:');
    expect(text).toContain('loader_module: sentops_pyfunc');
    expect(text).toContain('model_size_bytes: 12\n');
    const boosted = formatMLmodel({ model: sample('boosted'), ...facts });
    expect(boosted).toContain('loader_module: mlflow.spark');
    const neither = formatMLmodel({ model: sample('boosted'), ...facts, hasSpark: false });
    expect(neither).not.toContain('python_function');
  });

  test('a date that is none becomes the first of all dates', () => {
    const at = (createdAt?: string) => {
      const about = createdAt === undefined ? {} : { createdAt };
      return /utc_time_created: '(.*)'/.exec(formatMLmodel({ model: { ...sample('svc'), about }, ...facts }))?.[1];
    };
    expect(at('2024-06-20T12:34:56.789Z')).toBe('2024-06-20 12:34:56.789000');
    expect(at('yesterday')).toBe('1970-01-01 00:00:00.000000');
    expect(at()).toBe('1970-01-01 00:00:00.000000');
  });

  test('asks for PySpark only where it is needed', () => {
    expect(formatEnvironment(true)['requirements.txt']).not.toContain('pyspark');
    expect(formatEnvironment(false)['requirements.txt']).toContain('\npyspark');
    expect(formatEnvironment(false)['conda.yaml']).toContain('  - pyspark>=');
    expect(formatEnvironment(true)['python_env.yaml']).toContain("python: '3.11'\n");
  });

  test('a folder of which the native part is gone and that never had another says so', async () => {
    const format = createMlflowFormat();
    const files = new Map([['MLmodel', Buffer.from('flavors: {sentops: {data: data/model.sentops}}')]]);
    expect(format.recognises(files)).toBe(true);
    expect(format.recognises(new Map([['model/MLmodel', new Uint8Array()]]))).toBe(false);
    await expect(format.read(files)).rejects.toThrow('data/model.sentops is missing');
  });
});

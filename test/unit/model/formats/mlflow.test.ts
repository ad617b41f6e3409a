import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import createMlflowFormat from '../../../../src/lib/model/formats/mlflow/format.ts';
import { isPythonModel } from '../../../../src/lib/model/formats/mlflow/mlmodel.ts';
import { readFlavors } from '../../../../src/lib/model/formats/mlflow/read.ts';
import { writeSpark } from '../../../../src/lib/model/formats/spark/write.ts';
import type { Stage } from '../../../../src/lib/model/stages.ts';
import type { FittedModel, ModelFiles } from '../../../../src/lib/model/types.ts';
import { sampleModels } from '../../../helpers/sample-models.ts';

const samples = sampleModels();
const sample = (name: string) => samples[name] as FittedModel;
const format = createMlflowFormat();

interface MLmodel {
  flavors: Record<string, Record<string, unknown>>;
  signature: { inputs: string; outputs: string; params: string | null };
  model_uuid: string;
  utc_time_created: string;
}

async function describeModel(model: FittedModel): Promise<MLmodel> {
  const files = await format.write(model);
  return load(Buffer.from(files.get('MLmodel') ?? []).toString()) as MLmodel;
}

describe('an MLflow folder', () => {
  test('holds both forms, the loader and its needs', async () => {
    const files = await format.write(sample('logistic'));
    const top = new Set(Array.from(files.keys(), file => file.split('/')[0]));
    expect([...top].toSorted()).toEqual(
      [
        ...['MLmodel', 'code', 'conda.yaml', 'data', 'python_env.yaml', 'requirements.txt', 'sparkml'],
        ...['input_example.json', 'serving_input_example.json'],
      ].toSorted(),
    );
    expect(files.has('data/model.sentops')).toBe(true);
    expect(files.has('sparkml/metadata/part-00000')).toBe(true);
    expect(Buffer.from(files.get('code/sentops_pyfunc.py') ?? []).toString()).toContain('def _load_pyfunc(path)');
  });

  test('says where its flavors are, and the same model says the same', async () => {
    const model = { ...sample('logistic'), about: { createdAt: '2024-05-06T07:08:09.123Z' } };
    const described = await describeModel(model);
    expect(described.flavors).toMatchObject({
      python_function: { loader_module: 'sentops_pyfunc', code: 'code', data: 'data' },
      spark: { model_data: 'sparkml', model_class: 'pyspark.ml.pipeline.PipelineModel' },
      sentops: { data: 'data/model.sentops' },
    });
    expect(described.utc_time_created).toBe('2024-05-06 07:08:09.123000');
    expect(described.model_uuid).toMatch(/^[0-9a-f]{32}$/);
    expect(await describeModel(model)).toEqual(described);
  });

  test('has a signature: without one MLflow drops the threshold', async () => {
    const { signature } = await describeModel(sample('logistic'));
    expect(JSON.parse(signature.inputs)).toEqual([{ type: 'string', name: 'text', required: true }]);
    expect(JSON.parse(signature.outputs).map((each: { name: string }) => each.name)).toEqual(['label', 'probability']);
    expect(JSON.parse(signature.params ?? '')).toMatchObject([{ name: 'threshold', type: 'double', default: null }]);
  });

  test('has an input example, made up, that fits its signature', async () => {
    const files = await format.write(sample('forest-three'));
    const json = (name: string) => JSON.parse(Buffer.from(files.get(name) ?? []).toString());
    const described = (await describeModel(sample('forest-three'))) as unknown as {
      saved_input_example_info: Record<string, string>;
    };
    expect(described.saved_input_example_info).toEqual({
      ...{ artifact_path: 'input_example.json', serving_input_path: 'serving_input_example.json' },
      ...{ type: 'dataframe', pandas_orient: 'split' },
    });
    const frame = json('input_example.json');
    expect(frame.columns).toEqual(['text']);
    expect(frame.data.length).toBeGreaterThan(0);
    for (const row of frame.data) expect(row).toEqual([expect.stringMatching(/\w/)]);
    expect(json('serving_input_example.json')).toEqual({ dataframe_split: frame });
    const other = await format.write(sample('svc'));
    expect(other.get('input_example.json')).toEqual(files.get('input_example.json'));
  });

  test('of three classes it lists each, and has no threshold; nor where there is no probability', async () => {
    const quoted = { ...sample('forest-three'), labels: ["it's", 'b: c', '"d"'] };
    const three = (await describeModel(quoted)).signature;
    expect(JSON.parse(three.outputs).map((each: { name: string }) => each.name)).toEqual([
      'label',
      'probability',
      "probability_it's",
      'probability_b: c',
      'probability_"d"',
    ]);
    expect(three.params).toBeNull();
    expect((await describeModel(sample('svc'))).signature.params).toBeNull();
    expect((await describeModel(sample('svc-calibrated'))).signature.params).not.toBeNull();
  });

  test.each(['boosted', 'one-vs-rest', 'branches'])(
    'what the loader does not know, MLflow scores with Spark: %s',
    async name => {
      const files = await format.write(sample(name));
      expect(files.has('code/sentops_pyfunc.py')).toBe(false);
      const described = await describeModel(sample(name));
      expect(described.flavors['python_function']).toMatchObject({ loader_module: 'mlflow.spark', data: 'sparkml' });
      expect(described.signature.params).toBeNull();
    },
  );

  test('the loader knows every stage that it is said to know', async () => {
    const files = await format.write(sample('logistic'));
    const loader = Buffer.from(files.get('code/sentops_pyfunc.py') ?? []).toString();
    const stages = Object.values(samples).flatMap(model => (isPythonModel(model) ? model.stages : []));
    for (const { kind } of stages) expect(loader).toContain(`"${kind}": _`);
  });

  test('of a plugin it has no Spark form', async () => {
    const fitted = { type: 'mine', params: {}, arrays: {} };
    const {
      coefficients: _,
      intercept: __,
      threshold: ___,
      ...shared
    } = sample('svc').stages.at(-1) as never as Record<string, unknown>;
    const plugin = { ...shared, kind: 'Plugin', trainer: 'mine', fitted } as unknown as Stage;
    const model = { ...sample('svc'), stages: [...sample('svc').stages.slice(0, -1), plugin] };
    const files = await format.write(model);
    expect([...files.keys()].some(file => file.startsWith('sparkml'))).toBe(false);
    expect(Object.keys((await describeModel(model)).flavors)).toEqual(['sentops']);
    expect(await format.read(files)).toStrictEqual(model);
  });
});

describe('reading', () => {
  test('our own comes back exactly, from its native part', async () => {
    const files = new Map(await format.write(sample('boosted')));
    for (const file of files.keys()) if (file.startsWith('sparkml')) files.delete(file);
    expect(await format.read(files)).toStrictEqual(sample('boosted'));
  });

  test('without its native part the Spark part is read', async () => {
    const files = new Map(await format.write(sample('svc')));
    files.delete('data/model.sentops');
    expect((await format.read(files)).stages.length).toBe(sample('svc').stages.length);
  });

  test('a folder as mlflow.spark.log_model writes it', async () => {
    const files = logged(
      `artifact_path: model
flavors:
  python_function: {data: sparkml, loader_module: mlflow.spark}
  spark:
    code: null
    model_class: pyspark.ml.pipeline.PipelineModel
    model_data: sparkml
    pyspark_version: 4.0.1
mlflow_version: 3.17.2
`,
      await writeSpark(sample('svc')),
    );
    expect(format.recognises(files)).toBe(true);
    expect((await format.read(files)).labels).toEqual(sample('svc').labels);
  });

  test.each([
    ['no YAML', 'flavors: [', 'does not name any flavors'],
    ['nothing', '', 'does not name any flavors'],
    ['another flavor', 'flavors:\n  sklearn: {}\n', 'flavors sklearn'],
    ['no place', 'flavors:\n  spark: {}\n', 'model_data'],
    ['a place outside', 'flavors:\n  spark: {model_data: ../../etc}\n', 'outside'],
    ['a place from the root', 'flavors:\n  spark: {model_data: /etc}\n', 'outside'],
    ['a place that is not there', 'flavors:\n  spark: {model_data: elsewhere}\n', 'elsewhere'],
    ['only a native part that is not there', 'flavors:\n  sentops: {data: gone}\n', 'gone is missing'],
  ])('%s is refused with the reason', async (_, text, reason) => {
    await expect(format.read(logged(text, new Map()))).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining(reason),
    });
  });

  test('a YAML bomb and a file of megabytes are refused', async () => {
    const lines = [
      'a0: &a0 [x]',
      ...Array.from({ length: 30 }, (_, level) => `a${level + 1}: &a${level + 1} [*a${level}, *a${level}]`),
    ];
    await expect(readFlavors(Buffer.from(lines.join('\n')))).rejects.toMatchObject({ code: 'DATA_INVALID' });
    await expect(readFlavors(Buffer.alloc(5_000_000, '#'))).rejects.toThrow('5000000 bytes');
  });
});

function logged(text: string, spark: ModelFiles): ModelFiles {
  const inner = Array.from(spark, ([file, bytes]) => [`sparkml/${file}`, bytes] as const);
  return new Map([['MLmodel', Buffer.from(text)], ...inner, ['sparkml/metadata/.part-00000.crc', Uint8Array.of(1)]]);
}

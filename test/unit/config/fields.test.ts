import { describe, expect, expectTypeOf, it } from 'vitest';
import { checkValues } from '../../../src/lib/config/check.ts';
import { defaultValues } from '../../../src/lib/config/defaults.ts';
import { integer, list, map, oneOf, overlay, section, string, union } from '../../../src/lib/config/fields/build.ts';
import {
  DATASET_DRIVER_PATHS,
  driverArguments,
  SERVE_DRIVER_PATHS,
  TRAIN_DRIVER_PATHS,
} from '../../../src/lib/config/fields/driver.ts';
import { type Config, FIELDS } from '../../../src/lib/config/fields/index.ts';
import type { Field, Infer, Section, ValueType } from '../../../src/lib/config/fields/types.ts';
import { fieldAt, listFields } from '../../../src/lib/config/names.ts';
import { parsePath } from '../../../src/lib/config/path.ts';
import type { Secret } from '../../../src/lib/config/secret-type.ts';
import { getAt } from '../../../src/lib/config/tree.ts';

/** Defaults with the references that a driver needs put in by hand: this test knows nothing of interpolation. */
function resolvedConfig(overrides: Readonly<Record<string, unknown>> = {}): Config {
  const values: Record<string, unknown> = defaultValues();
  const resolved: Record<string, unknown> = {
    'train.input': 'gs://b-raw/data.csv',
    'train.output': 'gs://b-models/',
    'mlflow.trackingUri': 'http://mlflow:5000',
    'dataset.gcsBucket': 'sentiment-bucket-raw',
    'serve.inputPath': 'gs://sentiment-bucket-streaming-input/',
    'serve.outputPath': 'gs://b-predictions/predictions',
    'serve.checkpoint': 'gs://b-checkpoint/streaming',
    'serve.kafkaBootstrap': 'broker:9092',
    'serve.kafkaTopic': 'sentiment-input',
    'serve.kafkaOutputBootstrap': 'broker:9092',
    'serve.kafkaOutputTopic': 'sentiment-predictions',
    ...overrides,
  };
  for (const [path, value] of Object.entries(resolved)) {
    const keys = parsePath(path);
    const parent = keys
      .slice(0, -1)
      .reduce<Record<string, unknown>>((node, key) => node[key] as Record<string, unknown>, values);
    parent[keys.at(-1) ?? ''] = value;
  }
  return values as unknown as Config;
}

describe('the reference defaults', () => {
  const defaults = defaultValues();

  it.each([
    // Training job (arguments of sentiment_multimodel.py).
    ['train.numFeatures', 32768],
    ['train.trainRatio', 0.8],
    ['train.valRatio', 0.1],
    ['train.sampleFraction', 1],
    ['train.enableCv', false],
    ['train.cvFolds', 2],
    ['train.enableCaching', false],
    ['train.maxRows', 0],
    ['train.registeredModelName', 'twitter-sentiment-model'],
    ['train.models', ['logisticregression', 'randomforest', 'linearsvc']],
    ['train.params.logisticregression', { maxIter: 20, regParam: 0.1 }],
    ['train.params.randomforest', { numTrees: 10, maxDepth: 5, maxBins: 32 }],
    ['train.params.linearsvc', { maxIter: 30, regParam: 0.1 }],
    ['train.grid.logisticregression', { regParam: [0.01, 0.1], elasticNetParam: [0, 0.5] }],
    ['train.grid.randomforest', { numTrees: [5, 10], maxDepth: [3, 5] }],
    ['train.grid.linearsvc', { regParam: [0.01, 0.1], maxIter: [20, 30] }],
    ['train.gate', { accuracy: '>0.75' }],
    [
      'train.variants.cv',
      {
        enableCv: true,
        cvFolds: 2,
        sampleFraction: 0.3,
        numFeatures: 16384,
        experiment: 'sentiment-analysis-pipeline-cv',
      },
    ],
    ['mlflow.experiment', 'sentiment-analysis-pipeline'],
    // Cluster (gcloud dataproc clusters create).
    ['cluster.name', 'sentiment-cluster'],
    ['cluster.zone', 'us-central1-a'],
    ['cluster.imageVersion', '2.1-debian11'],
    ['cluster.master', { machineType: 'n1-standard-4', bootDiskSizeGb: 100 }],
    ['cluster.workers', { count: 3, machineType: 'n1-standard-4', bootDiskSizeGb: 100 }],
    ['cluster.maxIdle', '3600s'],
    ['cluster.componentGateway', true],
    ['cluster.optionalComponents', ['JUPYTER']],
    ['cluster.properties', { 'spark:spark.executor.memory': '4g', 'spark:spark.executor.cores': '2' }],
    [
      'cluster.autoscaling',
      { name: 'sentiment-autoscaling', minWorkers: 2, maxWorkers: 10, cooldown: '2m', enabled: false },
    ],
    // Streaming job.
    ['serve.modelName', 'twitter-sentiment-model-best'],
    ['serve.modelStage', 'Production'],
    ['serve.modelFlavor', 'spark'],
    ['serve.batchIntervalSeconds', 30],
    ['serve.reloadIntervalSeconds', 300],
    ['serve.writeKafka', false],
    ['serve.http.port', 8081],
    ['kafka.inputTopic', 'sentiment-input'],
    ['kafka.outputTopic', 'sentiment-predictions'],
    // Canary and rollback.
    ['rollout.canary.steps', [10, 50, 100]],
    ['rollout.canary.bake', '30m'],
    ['rollout.rollback', { errorRateIncrease: '50%', p99IncreaseMs: 100, psi: 0.3, psiWindow: '1h' }],
    ['monitor.drift.warn', 0.1],
    ['monitor.drift.alert', 0.2],
    ['monitor.slo', { latencyP95Ms: 500, latencyP99Ms: 1000, errorRate: 0.01, availability: 0.995 }],
    // Dataset.
    ['dataset.ref', 'kazanova/sentiment140'],
    ['dataset.outputDir', 'data_raw/sentiment140'],
    ['dataset.gcsPrefix', 'data_raw/sentiment140'],
    ['dataset.format.columns', ['target', 'ids', 'date', 'flag', 'user', 'text']],
    ['dataset.format.labels', { '0': 0, '4': 1 }],
  ])('%s', (path, value) => {
    expect(getAt(defaults, parsePath(path))).toEqual(value);
  });

  it('stand alone: without a project file everything is in folders of this machine', () => {
    expect(defaults['backend']).toBe('local');
    expect(defaults['buckets']).toEqual({
      code: '.sentops/buckets/code',
      raw: '.sentops/buckets/raw',
      artifacts: '.sentops/buckets/artifacts',
      models: '.sentops/buckets/models',
      predictions: '.sentops/buckets/predictions',
      checkpoint: '.sentops/buckets/checkpoint',
      'streaming-input': '.sentops/buckets/streaming-input',
    });
  });

  it('download, upload and training share one path: nothing can be uploaded where training does not look', () => {
    expect(getAt(defaults, ['train', 'input'])).toBe('${buckets.raw}/${dataset.gcsPrefix}/${dataset.file}');
    expect(getAt(defaults, ['dataset', 'gcsBucket'])).toBe('${buckets.raw}');
  });

  it('pass their own check', () => {
    expect(checkValues(defaults, { stage: 'raw' })).toEqual([]);
  });

  it('are a fresh copy each time', () => {
    const first = defaultValues();
    (first['train'] as { models: string[] }).models.push('mine');
    expect(defaultValues()).toEqual(defaults);
  });

  it('no secret has a default, or a file for it would have two sources', () => {
    expect(defaults['secrets']).toEqual({});
    for (const { field } of listFields().filter(({ field }) => field.meta.secret))
      expect(field.meta.default).toBeUndefined();
  });
});

describe('driver arguments', () => {
  it('of training are the thirteen of the reference script, in its order', () => {
    const config = resolvedConfig({ 'train.enableCv': true, 'train.enableCaching': true });
    expect(driverArguments(config, TRAIN_DRIVER_PATHS)).toEqual(
      [
        '--input gs://b-raw/data.csv --output gs://b-models/ --mlflow-uri http://mlflow:5000',
        '--mlflow-experiment sentiment-analysis-pipeline --registered-model-name twitter-sentiment-model',
        '--num-features 32768 --train-ratio 0.8 --val-ratio 0.1 --sample-fraction 1 --enable-cv --cv-folds 2',
        '--enable-caching --max-rows 0',
      ]
        .join(' ')
        .split(' '),
    );
  });

  it('of training have no switch that is off and no empty server', () => {
    const given = driverArguments(resolvedConfig({ 'mlflow.trackingUri': '' }), TRAIN_DRIVER_PATHS);
    expect(given).not.toContain('--enable-cv');
    expect(given).not.toContain('--enable-caching');
    expect(given).not.toContain('--mlflow-uri');
    expect(given).toContain('--max-rows');
  });

  it('of serving write the Kafka switch with its value, as the reference does', () => {
    const on = driverArguments(resolvedConfig({ 'serve.writeKafka': true }), SERVE_DRIVER_PATHS);
    expect(on[on.indexOf('--write-kafka') + 1]).toBe('true');
    const off = driverArguments(resolvedConfig(), SERVE_DRIVER_PATHS);
    expect(off[off.indexOf('--write-kafka') + 1]).toBe('false');
  });

  it('of serving are the fifteen of the reference script', () => {
    const names = SERVE_DRIVER_PATHS.map(path => {
      const field = fieldAt(path);
      return field?.node === 'field' ? field.meta.driver : undefined;
    });
    expect(names.join(' ')).toBe(
      '--source-type --input-path --kafka-bootstrap --kafka-topic --output-path --checkpoint --mlflow-uri --model-name ' +
        '--model-stage --model-flavor --batch-interval-seconds --reload-interval-seconds --write-kafka ' +
        '--kafka-output-bootstrap --kafka-output-topic',
    );
    expect(driverArguments(resolvedConfig(), SERVE_DRIVER_PATHS)).toHaveLength(30);
  });

  it('of the download are those of the reference script', () => {
    expect(driverArguments(resolvedConfig(), DATASET_DRIVER_PATHS).join(' ')).toBe(
      '--dataset kazanova/sentiment140 --gcs-bucket sentiment-bucket-raw --output-dir data_raw/sentiment140 ' +
        '--gcs-prefix data_raw/sentiment140 --unzip',
    );
  });

  it('join lists and maps, and never show a secret', () => {
    const secret: Secret = {
      kind: 'secret',
      names: ['t'],
      reveal: async () => 'hidden',
      toString: () => '[secret t]',
      toJSON: () => '[secret t]',
    };
    const config = resolvedConfig({ 'cluster.optionalComponents': ['JUPYTER', 'FLINK'], 'cluster.zone': secret });
    expect(driverArguments(config, ['cluster.optionalComponents', 'cluster.properties', 'cluster.zone'])).toEqual([
      '--optional-components',
      'JUPYTER,FLINK',
      '--properties',
      'spark:spark.executor.memory=4g,spark:spark.executor.cores=2',
    ]);
  });

  it('exist only for fields that the script knows', () => {
    expect(driverArguments(resolvedConfig(), ['train.seed', 'nosuch.field', 'train'])).toEqual([]);
  });

  it('have the name of their flag', () => {
    for (const { field } of listFields()) {
      if (field.meta.driver) expect(`--${field.meta.flag}`).toBe(field.meta.driver);
    }
  });
});

describe('the table', () => {
  const all = [...everyField(FIELDS, [])];

  it('says in a sentence what each value is', () => {
    for (const { path, node } of all) {
      const doc = node.node === 'section' ? node.doc : node.meta.doc;
      expect(doc, path.join('.')).toMatch(/^\S.*[^.\s]\.?$/s);
    }
  });

  it('has defaults of the right type', () => {
    const faults = all.flatMap(({ path, node }) =>
      node.node === 'field' && node.meta.default !== undefined && !path.includes('<item>')
        ? checkValues(nest(path, node.meta.default), { stage: 'raw', allowPartial: true })
        : [],
    );
    expect(faults).toEqual([]);
  });

  it('has unions whose branches no value can confuse', () => {
    for (const { path, type } of everyType(all)) {
      if (type.kind !== 'union') continue;
      const kinds = type.of.map(branch =>
        'node' in branch ? 'map' : branch.kind.replace('integer', 'number').replace('enum', 'string'),
      );
      expect(new Set(kinds).size, path).toBe(kinds.length);
      expect(kinds, path).not.toContain('any');
    }
  });

  it('has patterns that compile and are anchored', () => {
    for (const { path, type } of everyType(all)) {
      const patterns = type.kind === 'string' ? [type.pattern] : type.kind === 'map' ? [type.keys] : [];
      for (const pattern of patterns.filter(text => text !== undefined)) {
        expect(() => new RegExp(pattern, 'u'), path).not.toThrow();
        expect(pattern, path).toMatch(/^\^.*\$$/s);
      }
    }
  });

  it('lets a target change everything but the files themselves', () => {
    const { type } = FIELDS.fields.targets;
    const overlayKeys = type.kind === 'map' && 'node' in type.of ? Object.keys(type.of.fields) : [];
    const top = Object.keys(FIELDS.fields).filter(key => !['version', 'requires', 'include', 'targets'].includes(key));
    expect(overlayKeys.sort()).toEqual(['default', 'mode', 'profile', ...top].sort());
  });
});

describe('types from the table', () => {
  it('a resolved project has the types of its fields', () => {
    expectTypeOf<Config['train']['numFeatures']>().toEqualTypeOf<number>();
    expectTypeOf<Config['serve']['sourceType']>().toEqualTypeOf<'file' | 'kafka' | 'stdin'>();
    expectTypeOf<Config['serve']['modelAlias']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Config['mlflow']['auth']['token']>().toEqualTypeOf<string | Secret | undefined>();
    expectTypeOf<Config['serve']['spark']['packages']>().toEqualTypeOf<string[]>();
    expectTypeOf<Config['train']['gate']['accuracy']>().toEqualTypeOf<string | number>();
    expectTypeOf<Config['dataset']['format']['labels']>().toEqualTypeOf<Record<string, number>>();
    expectTypeOf<NonNullable<Config['targets'][string]['train']>['numFeatures']>().toEqualTypeOf<number | undefined>();
  });

  it('builders derive the type from their options', () => {
    const example = section('Example.', {
      required: integer({ doc: 'a', default: 1 }),
      optional: string({ doc: 'b' }),
      choice: oneOf(['a', 'b'], { doc: 'c', default: 'a' }),
      items: list(section('d', { name: string({ doc: 'e' }) }), { doc: 'f', default: [] }),
      either: union([string({}), integer({})], { doc: 'g' }),
      part: map(overlay('h', { depth: integer({ doc: 'i', default: 1 }) }), { doc: 'j' }),
    });
    type Example = Infer<typeof example>;
    expectTypeOf<Example['required']>().toEqualTypeOf<number>();
    expectTypeOf<Example['optional']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Example['choice']>().toEqualTypeOf<'a' | 'b'>();
    expectTypeOf<Example['items'][number]['name']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Example['either']>().toEqualTypeOf<string | number | undefined>();
    expectTypeOf<NonNullable<Example['part']>[string]['depth']>().toEqualTypeOf<number | undefined>();
    expect(example.fields.choice.type).toEqual({ kind: 'enum', values: ['a', 'b'] });
    expect(example.fields.optional.meta).toEqual({ doc: 'b' });
  });
});

interface Entry {
  readonly path: readonly string[];
  readonly node: Field | Section;
}

function* everyField(section: Section, path: readonly string[]): Generator<Entry> {
  for (const [key, node] of Object.entries(section.fields)) {
    const here = [...path, key];
    yield { path: here, node };
    if (node.node === 'section') yield* everyField(node, here);
    else for (const inner of sectionsIn(node.type)) if (!inner.partial) yield* everyField(inner, [...here, '<item>']);
  }
}

function sectionsIn(type: ValueType): Section[] {
  const inner = type.kind === 'union' ? type.of : type.kind === 'list' || type.kind === 'map' ? [type.of] : [];
  return inner.flatMap(of => ('node' in of ? [of] : sectionsIn(of)));
}

function everyType(entries: readonly Entry[]): { path: string; type: ValueType }[] {
  const expand = (type: ValueType): ValueType[] => {
    const inner = type.kind === 'union' ? type.of : type.kind === 'list' || type.kind === 'map' ? [type.of] : [];
    return [type, ...inner.flatMap(of => ('node' in of ? [] : expand(of)))];
  };
  return entries.flatMap(({ path, node }) =>
    node.node === 'field' ? expand(node.type).map(type => ({ path: path.join('.'), type })) : [],
  );
}

function nest(path: readonly string[], value: unknown): unknown {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}

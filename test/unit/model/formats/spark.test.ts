import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import createSparkFormat from '../../../../src/lib/model/formats/spark/format.ts';
import { STAGE_FORMATS } from '../../../../src/lib/model/formats/spark/formats.ts';
import { readSpark } from '../../../../src/lib/model/formats/spark/read.ts';
import { SUPPORTED_STAGES } from '../../../../src/lib/model/formats/spark/supported.ts';
import { isSparkModel, writeSpark } from '../../../../src/lib/model/formats/spark/write.ts';
import type { LogisticRegressionStage, RandomForestStage, Stage } from '../../../../src/lib/model/stages.ts';
import type { FittedModel, ModelFiles } from '../../../../src/lib/model/types.ts';
import { readColumns } from '../../../../src/lib/parquet/read-columns.ts';
import { sampleModels } from '../../../helpers/sample-models.ts';
import { anyModel, bare } from './random-models.ts';

const samples = sampleModels();
const sample = (name: string) => samples[name] as FittedModel;

function textOf(files: ModelFiles, file: string): string {
  return Buffer.from(files.get(file) ?? []).toString();
}

function stageFile(files: ModelFiles, uid: string, rest: string): string {
  return [...files.keys()].find(file => file.includes(`_${uid}/`) && file.endsWith(rest)) ?? '';
}

/** The same model with changed fields in its last stage. */
function withLast(model: FittedModel, change: object): FittedModel {
  const last = model.stages.at(-1) as Stage;
  return { ...model, stages: [...model.stages.slice(0, -1), { ...last, ...change }] };
}

describe('written and read again', () => {
  test('random models of every kind of stage are the same', async () => {
    await fc.assert(
      fc.asyncProperty(anyModel, async model => {
        expect(bare(await readSpark(await writeSpark(model)))).toStrictEqual(model);
      }),
      { numRuns: 150 },
    );
  });

  test.each(Object.keys(samples))('a model of our own is the same: %s', async name => {
    const again = await readSpark(await writeSpark(sample(name)));
    const dense = bare(again).stages.map(asDense);
    expect(dense).toStrictEqual(bare(sample(name)).stages.map(asDense));
    expect({ ...again, stages: [] }).toStrictEqual({ ...sample(name), stages: [] });
  });

  test('the second time nothing changes at all, extras included', async () => {
    const once = await readSpark(await writeSpark(sample('logistic-three-sparse')));
    expect(await readSpark(await writeSpark(once))).toStrictEqual(once);
  });

  test('the same model gives the same bytes', async () => {
    const one = await writeSpark(sample('boosted'));
    const other = await writeSpark(structuredClone(sample('boosted')));
    expect([...other]).toEqual([...one]);
  });

  test('parameters that only training knows come back, a seed of 64 bits with all its digits', async () => {
    const extras = { seed: '-5311560406925087570', maxDepth: 7, subsamplingRate: 0.5, featureSubsetStrategy: 'all' };
    const files = await writeSpark(withLast(sample('forest'), { extras }));
    expect((await readSpark(files)).stages.at(-1)?.extras).toMatchObject(extras);
    const uid = sample('forest').stages.at(-1)?.uid ?? '';
    expect(textOf(files, stageFile(files, uid, 'metadata/part-00000'))).toContain('"seed":-5311560406925087570');
  });

  test('a parameter that Spark 3.3 does not know is left out: it would refuse the model', async () => {
    const files = await writeSpark(withLast(sample('forest'), { extras: { pruneTree: true, maxBins: 16 } }));
    const uid = sample('forest').stages.at(-1)?.uid ?? '';
    const metadata = textOf(files, stageFile(files, uid, 'metadata/part-00000'));
    expect(metadata).not.toContain('pruneTree');
    expect(metadata).toContain('"maxBins":16');
  });
});

/** Sparse and dense rows of a binomial model are the same numbers. */
function asDense(stage: Stage): unknown {
  if (stage.kind !== 'LogisticRegression' || stage.multinomial || stage.coefficients.type === 'dense') return stage;
  const { columns, indices, values } = stage.coefficients;
  const row = new Float64Array(columns);
  for (const [at, index] of indices.entries()) row[index] = values[at] ?? 0;
  return { ...stage, coefficients: { type: 'dense', rows: 1, columns, values: row, transposed: true } };
}

describe('the folder', () => {
  test('has one line of metadata for each stage, in a version that means what we mean', async () => {
    const files = await writeSpark(sample('ngrams'));
    const lines = [...files].filter(([file]) => file.includes('metadata/part-'));
    expect(lines.length).toBe(sample('ngrams').stages.length + 1);
    for (const [, bytes] of lines) {
      const text = Buffer.from(bytes).toString();
      expect(text.trimEnd()).not.toContain('\n');
      expect(JSON.parse(text)).toMatchObject({ sparkVersion: '3.3.0', uid: expect.any(String) });
    }
  });

  test('numbers its stages with as many digits as there are', async () => {
    const last = sample('svc').stages.at(-1) as Stage;
    const grams = Array.from({ length: 10 }, (_, index): Stage => {
      return { kind: 'NGram', uid: `NGram_${index}`, inputCol: 'a', outputCol: 'b', n: 2 };
    });
    const files = await writeSpark({ ...sample('svc'), stages: [...grams, last] });
    expect([...files.keys()].filter(file => file.includes('NGram_3'))).toEqual([
      'stages/03_NGram_3/metadata/part-00000',
    ]);
    expect((await readSpark(files)).stages.length).toBe(11);
  });

  test('writes doubles as doubles: a bare 0 would be an integer to Spark, which then refuses the model', async () => {
    const files = await writeSpark(
      withLast(sample('logistic'), { extras: { regParam: 2, tol: 1e-7, maxIter: 5 }, threshold: 1 }),
    );
    const uid = sample('logistic').stages.at(-1)?.uid ?? '';
    const text = textOf(files, stageFile(files, uid, 'metadata/part-00000'));
    expect(text).toContain('"regParam":0.0');
    expect(text).toContain('"regParam":2.0');
    expect(text).toContain('"tol":1e-7');
    expect(text).toContain('"threshold":1.0');
    expect(text).toContain('"maxIter":5');
  });

  test('infinite and undefined numbers are the words that Spark has for them', async () => {
    const model = withLast(sample('svc'), { threshold: Number.NEGATIVE_INFINITY });
    const files = await writeSpark(model);
    expect([...files].some(([, bytes]) => Buffer.from(bytes).includes('"threshold":"-Inf"'))).toBe(true);
    expect((await readSpark(files)).stages.at(-1)).toMatchObject({ threshold: Number.NEGATIVE_INFINITY });
  });

  test('a threshold that contradicts thresholds is left out: Spark refuses such a model', async () => {
    const both = { threshold: 0.3, thresholds: Float64Array.of(0.5, 0.5) };
    const contrary = await readSpark(await writeSpark(withLast(sample('logistic'), both)));
    expect(contrary.stages.at(-1)).toMatchObject({ threshold: 0.5, thresholds: both.thresholds });
    const agreeing = { threshold: 0.25, thresholds: Float64Array.of(0.75, 0.25) };
    const fine = await readSpark(await writeSpark(withLast(sample('logistic'), agreeing)));
    expect(fine.stages.at(-1)).toMatchObject(agreeing);
  });

  test('the hash of before Spark 3.0 is said by the version of that one stage', async () => {
    const stages = sample('svc').stages.map(stage =>
      stage.kind === 'HashingTF' ? { ...stage, hash: 'spark2' as const } : stage,
    );
    const files = await writeSpark({ ...sample('svc'), stages });
    const versions = [...files]
      .filter(([file]) => file.includes('metadata/part-'))
      .map(([, bytes]) => JSON.parse(Buffer.from(bytes).toString()) as { sparkVersion: string; class: string });
    const old = versions.filter(({ sparkVersion }) => sparkVersion.startsWith('2.'));
    expect(old.map(each => each.class)).toEqual(['org.apache.spark.ml.feature.HashingTF']);
  });

  test('a long coefficient vector is stored sparse where that is smaller, a multinomial matrix never', async () => {
    const size = 8192;
    const values = Float64Array.from({ length: size }, (_, index) => (index % 4 === 0 ? index + 1 : 0));
    const big = {
      numFeatures: size,
      coefficients: { type: 'dense', rows: 1, columns: size, values, transposed: true },
    };
    const read = (await readSpark(await writeSpark(withLast(sample('logistic'), big)))).stages.at(
      -1,
    ) as LogisticRegressionStage;
    expect(read.coefficients).toMatchObject({ type: 'sparse', transposed: true, starts: Int32Array.of(0, size / 4) });
    expect(asDense(read)).toMatchObject(big);
    const three = {
      numFeatures: size,
      coefficients: { type: 'dense', rows: 3, columns: size, values: new Float64Array(3 * size), transposed: true },
    };
    const kept = (await readSpark(await writeSpark(withLast(sample('logistic-three'), three)))).stages.at(-1);
    expect(kept).toMatchObject(three);
  });

  test('trees of a forest are named as Spark 3 names them, with their weights and a metadata each', async () => {
    const files = await writeSpark(sample('forest'));
    const file = [...files.keys()].find(each => each.includes('treesMetadata/')) ?? '';
    const table = await readColumns(files.get(file) ?? new Uint8Array());
    expect(table.names).toEqual(['treeID', 'metadata', 'weights']);
    const { values } = await table.read('metadata');
    const first = values.kind === 'bytes' ? Buffer.from(values.bytes.subarray(values.starts[0], values.ends[0])) : '';
    expect(JSON.parse(first.toString())).toMatchObject({
      class: 'org.apache.spark.ml.classification.DecisionTreeClassificationModel',
      defaultParamMap: { impurity: 'gini' },
    });
    expect(table.keyValues.get('org.apache.spark.sql.parquet.row.metadata')).toContain('"treeID"');
  });

  test('a model of a plugin has no place in it', async () => {
    const plugin = { ...sample('svc').stages.at(-1), kind: 'Plugin', trainer: 'mine' } as unknown as Stage;
    const model = { ...sample('svc'), stages: [plugin] };
    expect(isSparkModel(model)).toBe(false);
    await expect(writeSpark(model)).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining('mine'),
    });
  });

  test('a uid that would lead out of the folder is refused', async () => {
    for (const uid of ['../../evil', '..', 'a/b', 'a\nb']) {
      await expect(writeSpark(withLast(sample('svc'), { uid }))).rejects.toMatchObject({ code: 'DATA_INVALID' });
    }
  });
});

/** As Spark saves it: other names, markers, checksums, parts in any number. */
describe('folders that Spark writes', () => {
  const rename = (files: ModelFiles, change: (file: string) => string) =>
    new Map(Array.from(files, ([file, bytes]) => [change(file), bytes] as const));

  test('long names of part files, markers and checksums', async () => {
    const files = new Map(
      rename(await writeSpark(sample('forest')), file =>
        file.replace('part-00000', 'part-00000-0a1b2c3d-c000.txt').replace('.txt.parquet', '.snappy.parquet'),
      ),
    );
    for (const file of [...files.keys()]) {
      const folder = file.slice(0, file.lastIndexOf('/') + 1);
      files.set(`${folder}_SUCCESS`, new Uint8Array());
      files.set(`${folder}.${file.slice(folder.length)}.crc`, Uint8Array.of(1, 2, 3));
    }
    expect(bare(await readSpark(files))).toStrictEqual(bare(sample('forest')));
  });

  test('nodes of a forest in several files and in any order', async () => {
    const whole = sample('forest-three');
    const forest = whole.stages.at(-1) as RandomForestStage;
    const files = new Map(await writeSpark(whole));
    const one = await writeSpark(withLast(whole, { trees: firstTrees(forest, 1) }));
    const data = stageFile(files, forest.uid, 'data/part-00000.parquet');
    // All nodes in one file; the same file twice would be nodes twice.
    files.set(data.replace('part-00000', 'part-00001'), one.get(data) ?? new Uint8Array());
    await expect(readSpark(files)).rejects.toThrow(/tree 0, whose node 1 is missing/);
    const { rest, first } = splitTrees(forest);
    const later = await writeSpark(withLast(whole, { trees: rest }));
    const earlier = await writeSpark(withLast(whole, { trees: first }));
    files.set(data, later.get(data) ?? new Uint8Array());
    files.set(data.replace('part-00000', 'part-00001'), earlier.get(data) ?? new Uint8Array());
    expect(bare(await readSpark(files))).toStrictEqual(bare(whole));
  });

  test('a missing part of a forest is noticed', async () => {
    const whole = sample('forest-three');
    const forest = whole.stages.at(-1) as RandomForestStage;
    const files = new Map(await writeSpark(whole));
    const { rest } = splitTrees(forest);
    const data = stageFile(files, forest.uid, 'data/part-00000.parquet');
    files.set(data, (await writeSpark(withLast(whole, { trees: rest }))).get(data) ?? new Uint8Array());
    await expect(readSpark(files)).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining(forest.uid),
    });
  });

  test('the best model of a cross-validation', async () => {
    const inner = rename(await writeSpark(sample('svc')), file => `bestModel/${file}`);
    const files = new Map([...inner, ...metadata('', 'org.apache.spark.ml.tuning.CrossValidatorModel')]);
    expect((await readSpark(files)).stages.length).toBe(sample('svc').stages.length);
  });

  test('a pipeline within the pipeline is laid out flat', async () => {
    const inner = rename(await writeSpark(sample('svc')), file => `stages/0_PipelineModel_x/${file}`);
    const files = new Map([
      ...inner,
      ...metadata('', 'org.apache.spark.ml.PipelineModel', { stageUids: ['PipelineModel_x'] }),
    ]);
    expect((await readSpark(files)).stages.map(stage => stage.kind)).toEqual(
      sample('svc').stages.map(stage => stage.kind),
    );
  });

  test('without our own note classes are numbered, two are negative and positive', async () => {
    const strip = async (name: string) => {
      const files = new Map(await writeSpark(sample(name)));
      const json = JSON.parse(textOf(files, 'metadata/part-00000'));
      delete json.sentops;
      files.set('metadata/part-00000', Buffer.from(JSON.stringify({ ...json, timestamp: 86_400_000 })));
      return await readSpark(files);
    };
    expect((await strip('svc')).labels).toEqual(['negative', 'positive']);
    expect((await strip('forest-three')).labels).toEqual(['0', '1', '2']);
    expect((await strip('svc')).about).toEqual({ writtenBy: 'Spark 3.3.0', createdAt: '1970-01-02T00:00:00.000Z' });
  });

  test.each([
    ['an unfitted Pipeline', 'org.apache.spark.ml.Pipeline', 'not fitted'],
    ['an unfitted CrossValidator', 'org.apache.spark.ml.tuning.CrossValidator', 'not fitted'],
    ['a single stage', 'org.apache.spark.ml.classification.LinearSVCModel', 'single LinearSVCModel'],
  ])('%s is refused with the reason', async (_, className, reason) => {
    await expect(readSpark(metadata('', className))).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining(reason),
    });
  });

  test('a stage that is not supported is named with those that are', async () => {
    const files = new Map([
      ...metadata('', 'org.apache.spark.ml.PipelineModel', { stageUids: ['Word2Vec_1'] }),
      ...metadata('stages/0_Word2Vec_1/', 'org.apache.spark.ml.feature.Word2VecModel'),
    ]);
    await expect(readSpark(files)).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: 'stage 0_Word2Vec_1 is a Word2VecModel, which is not supported',
      hint: expect.stringContaining('HashingTF'),
    });
  });

  test.each([
    'SELECT *, concat(a, b) AS c FROM __THIS__ WHERE 1 = 0',
    'SELECT a, concat(a, b) AS c FROM __THIS__',
    'SELECT *, concat(a, upper(b)) AS c FROM __THIS__',
    'SELECT *, concat() AS c FROM __THIS__',
    'DROP TABLE x',
  ])('an SQLTransformer that does something else is refused: %s', async statement => {
    await expect(readSpark(withStatement(statement))).rejects.toMatchObject({
      message: expect.stringContaining('SQLTransformer'),
    });
  });

  test('an SQLTransformer may be written in other ways', async () => {
    const files = withStatement('select * , CONCAT( `a b`,b2 )\n as `x``y` from __THIS__ ;');
    // Read as far as the missing classifier.
    await expect(readSpark(files)).rejects.toMatchObject({ message: expect.stringContaining('without a classifier') });
  });

  function withStatement(statement: string): ModelFiles {
    return new Map([
      ...metadata('', 'org.apache.spark.ml.PipelineModel', { stageUids: ['S'] }),
      ...metadata('stages/0_S/', 'org.apache.spark.ml.feature.SQLTransformer', { statement }),
    ]);
  }
});

describe('the format', () => {
  test('recognises a saved pipeline by its metadata', async () => {
    const format = createSparkFormat();
    expect(format.recognises(await format.write(sample('svc')))).toBe(true);
    expect(format.recognises(new Map([['MLmodel', new Uint8Array()]]))).toBe(false);
    expect(format.recognises(new Map())).toBe(false);
  });

  test('the list of what is supported is complete', () => {
    const classes = Object.values(STAGE_FORMATS).map(format =>
      format.className.slice(format.className.lastIndexOf('.') + 1),
    );
    expect(SUPPORTED_STAGES.map(stage => stage.split(' ')[0]).toSorted()).toEqual(classes.toSorted());
  });
});

function metadata(path: string, className: string, paramMap: object = {}): Map<string, Uint8Array> {
  const json = { class: className, timestamp: 1, sparkVersion: '4.3.0', uid: 'x', paramMap, defaultParamMap: {} };
  return new Map([[`${path}metadata/part-00000`, Buffer.from(JSON.stringify(json))]]);
}

function firstTrees({ trees }: RandomForestStage, count: number): RandomForestStage['trees'] {
  const end = trees.starts[count] ?? 0;
  const width = trees.statsPerNode;
  return {
    ...trees,
    starts: trees.starts.slice(0, count + 1),
    feature: trees.feature.slice(0, end),
    threshold: trees.threshold.slice(0, end),
    left: trees.left.slice(0, end),
    right: trees.right.slice(0, end),
    prediction: trees.prediction.slice(0, end),
    impurity: trees.impurity.slice(0, end),
    gain: trees.gain.slice(0, end),
    rawCount: trees.rawCount.slice(0, end),
    stats: trees.stats.slice(0, end * width),
    categories: trees.categories.slice(0, trees.categoryStarts[end]),
    categoryStarts: trees.categoryStarts.slice(0, end + 1),
    numCategories: trees.numCategories.slice(0, end),
    weights: trees.weights.slice(0, count),
  };
}

/** The nodes of the first tree, and those of the others under their own tree numbers. */
function splitTrees(forest: RandomForestStage) {
  const first = firstTrees(forest, 1);
  const { trees } = forest;
  const from = trees.starts[1] ?? 0;
  const width = trees.statsPerNode;
  const cut = trees.categoryStarts[from] ?? 0;
  const rest: RandomForestStage['trees'] = {
    ...trees,
    starts: Int32Array.from([0, 0, ...Array.from(trees.starts.subarray(2), start => start - from)]),
    feature: trees.feature.slice(from),
    threshold: trees.threshold.slice(from),
    left: trees.left.slice(from),
    right: trees.right.slice(from),
    prediction: trees.prediction.slice(from),
    impurity: trees.impurity.slice(from),
    gain: trees.gain.slice(from),
    rawCount: trees.rawCount.slice(from),
    stats: trees.stats.slice(from * width),
    categories: trees.categories.slice(cut),
    categoryStarts: trees.categoryStarts.slice(from).map(start => start - cut),
    numCategories: trees.numCategories.slice(from),
  };
  return { first, rest };
}

import { describe, expect, test } from 'vitest';
import { writeSpark } from '../../../../../src/lib/model/formats/spark/write.ts';
import type { Stage } from '../../../../../src/lib/model/stages.ts';
import type { FittedModel, ModelFiles } from '../../../../../src/lib/model/types.ts';
import { sampleModels } from '../../../../helpers/sample-models.ts';

const samples = sampleModels();
const sample = (name: string) => samples[name] as FittedModel;

interface Line {
  readonly class: string;
  readonly uid: string;
  readonly timestamp: number;
  readonly sparkVersion: string;
  readonly paramMap: Readonly<Record<string, unknown>>;
  readonly defaultParamMap: Readonly<Record<string, unknown>>;
  readonly [extra: string]: unknown;
}

function linesOf(files: ModelFiles): Map<string, Line> {
  const lines = [...files].filter(([file]) => file.endsWith('metadata/part-00000'));
  return new Map(
    lines.map(([file, bytes]) => [
      file.replace(/\/?metadata\/part-00000$/, ''),
      JSON.parse(Buffer.from(bytes).toString()),
    ]),
  );
}

const write = async (model: FittedModel) => linesOf(await writeSpark(model));
const lastOf = (lines: Map<string, Line>, model: FittedModel) =>
  lines.get(`stages/${model.stages.length - 1}_${model.stages.at(-1)?.uid}`) as Line;

describe('the metadata of a pipeline that is written', () => {
  test('has the time at which the model was made, in every stage', async () => {
    const stamps = async (about: FittedModel['about']) =>
      new Set(Array.from((await write({ ...sample('forest'), about })).values(), line => line.timestamp));
    expect(await stamps({ createdAt: '2024-05-06T07:08:09.123Z' })).toEqual(new Set([1_714_979_289_123]));
    expect(await stamps({ createdAt: 'some day' })).toEqual(new Set([0]));
    expect(await stamps({})).toEqual(new Set([0]));
  });

  test('names its stages in their order; the pipeline’s own name comes from theirs', async () => {
    const model = sample('svc');
    const root = (await write(model)).get('') as Line;
    expect(root).toMatchObject({
      class: 'org.apache.spark.ml.PipelineModel',
      paramMap: { stageUids: model.stages.map(({ uid }) => uid) },
      defaultParamMap: {},
    });
    expect(root.uid).toMatch(/^PipelineModel_[0-9a-f]{12}$/);
    const renamed = { ...model, stages: model.stages.map(stage => ({ ...stage, uid: `${stage.uid}x` })) };
    expect((await write(renamed)).get('')?.uid).not.toBe(root.uid);
  });

  test('says what is no Spark’s business in a note', async () => {
    const model = { ...sample('svc-calibrated'), labels: ['no', 'yes'], about: { name: 'x', seed: 5 } };
    expect((await write(model)).get('')?.['sentops']).toEqual({
      labels: ['no', 'yes'],
      about: { name: 'x', seed: 5 },
      calibration: model.calibration,
    });
    expect((await write(sample('svc'))).get('')?.['sentops']).not.toHaveProperty('calibration');
  });

  test('an output column is the default where it is named as Spark would name it', async () => {
    const [first, ...rest] = sample('svc').stages as [Stage & { outputCol: string }, ...Stage[]];
    const named = {
      ...sample('svc'),
      stages: [{ ...first, outputCol: `${first.uid}__output` }, ...rest],
    } as FittedModel;
    const line = (await write(named)).get(`stages/0_${first.uid}`);
    expect(line?.paramMap).not.toHaveProperty('outputCol');
    expect(line?.defaultParamMap).toMatchObject({ outputCol: `${first.uid}__output` });
    expect((await write(sample('svc'))).get(`stages/0_${first.uid}`)?.paramMap).toMatchObject({
      outputCol: first.outputCol,
    });
  });

  test.each(Object.keys(samples))(
    'classes are those of the JVM, and no parameter is set that is no parameter: %s',
    async name => {
      const model = sample(name);
      const lines = await write(model);
      for (const [folder, line] of lines) {
        expect(line.class).toMatch(/^org\.apache\.spark\.ml\./);
        expect(folder === '' || folder.includes(line.uid) || /(model_\d|classifier)$/.test(folder)).toBe(true);
        for (const key of ['hash', 'kind', 'extras', 'numClasses', 'trees', 'coefficients'])
          expect(line.paramMap).not.toHaveProperty(key);
      }
    },
  );

  test('of forests and boosted trees counts features, classes and trees', async () => {
    const forest = lastOf(await write(sample('forest-three')), sample('forest-three'));
    expect(forest).toMatchObject({ numFeatures: 48, numClasses: 3, numTrees: 12, paramMap: { numTrees: 12 } });
    const boosted = lastOf(await write(sample('boosted')), sample('boosted'));
    expect(boosted).toMatchObject({ numFeatures: 48, numTrees: 8 });
    expect(boosted).not.toHaveProperty('numClasses');
  });

  test('of one-vs-rest has a folder for each model, and the estimator that Spark looks for', async () => {
    const lines = await write(sample('one-vs-rest'));
    const folder = `stages/${sample('one-vs-rest').stages.length - 1}_OneVsRest_9`;
    expect(lines.get(folder)).toMatchObject({ numClasses: 3, labelMetadata: '{}' });
    for (const index of [0, 1, 2])
      expect(lines.get(`${folder}/model_${index}`)).toMatchObject({
        class: 'org.apache.spark.ml.classification.LogisticRegressionModel',
        uid: `LogisticRegression_${index}`,
      });
    expect(lines.get(`${folder}/classifier`)).toMatchObject({
      class: 'org.apache.spark.ml.classification.LogisticRegression',
      uid: 'LogisticRegression_0',
    });
  });

  test('of joined columns quotes the names that need it', async () => {
    const stages = sample('ngrams').stages.map(stage =>
      stage.kind === 'ConcatTokens'
        ? { ...stage, inputCols: ['words', 'a b', 'x`y', '1st'], outputCol: 'tokens' }
        : stage,
    );
    const lines = await write({ ...sample('ngrams'), stages });
    expect(lines.get('stages/3_SQLTransformer_4')?.paramMap['statement']).toBe(
      'SELECT *, concat(words, `a b`, `x``y`, `1st`) AS tokens FROM __THIS__',
    );
    const none = sample('ngrams').stages.map(stage =>
      stage.kind === 'ConcatTokens' ? { ...stage, inputCols: [] } : stage,
    );
    await expect(write({ ...sample('ngrams'), stages: none })).rejects.toThrow(
      'stage SQLTransformer_4 joins no columns',
    );
  });
});

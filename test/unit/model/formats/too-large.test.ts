import { describe, expect, test } from 'vitest';
import { checkModel } from '../../../../src/lib/model/formats/check-model.ts';
import { readNative } from '../../../../src/lib/model/formats/native/read.ts';
import { writeNative } from '../../../../src/lib/model/formats/native/write.ts';
import { readSpark } from '../../../../src/lib/model/formats/spark/read.ts';
import { writeSpark } from '../../../../src/lib/model/formats/spark/write.ts';
import type {
  LinearSVCStage,
  LogisticRegressionStage,
  Matrix,
  NaiveBayesStage,
  OneVsRestStage,
  Stage,
} from '../../../../src/lib/model/stages.ts';
import type { FittedModel } from '../../../../src/lib/model/types.ts';
import { sampleModels } from '../../../helpers/sample-models.ts';

const sample = (name: string) => sampleModels()[name] as FittedModel;
const withLast = (name: string, change: (stage: never) => object): FittedModel => {
  const stages = [...sample(name).stages];
  const last = stages.pop();
  return { ...sample(name), stages: [...stages, { ...last, ...change(last as never) } as Stage] };
};

/** A matrix of no entries: a few bytes, whatever its shape. */
function empty(rows: number, columns: number): Matrix {
  const none = { indices: new Int32Array(0), values: new Float64Array(0) };
  return { type: 'sparse', rows, columns, transposed: true, starts: new Int32Array(rows + 1), ...none };
}

describe('a model of three kilobytes asked for terabytes when it was scored', () => {
  const regression = (rows: number, columns: number) => ({
    ...withLast(
      'logistic-three',
      () =>
        ({
          numClasses: rows,
          numFeatures: columns,
          coefficients: empty(rows, columns),
          intercepts: { type: 'dense', values: new Float64Array(rows) },
          thresholds: null,
        }) satisfies Partial<LogisticRegressionStage>,
    ),
    labels: Array.from({ length: rows }, (_, index) => String(index)),
  });

  test('as a file: it is refused when it is read, with the stage', () => {
    const bytes = writeNative(regression(200, 2 ** 28));
    expect(bytes.length).toBeLessThan(20_000);
    expect(() => readNative(bytes)).toThrow(/stage \S+: scoring it would need 200 × 268435456 numbers in memory/u);
  });

  test('up to the limit it is taken, one more is not', () => {
    expect(checkModel(regression(256, 2 ** 20))).toBeDefined();
    expect(() => checkModel(regression(257, 2 ** 20))).toThrow('at most 268435456');
  });

  test('of naive Bayes and of one model for each class, too', () => {
    const bayes = withLast(
      'bayes-three',
      () => ({ numFeatures: 2 ** 28, theta: empty(3, 2 ** 28) }) satisfies Partial<NaiveBayesStage>,
    );
    expect(() => checkModel(bayes)).toThrow('3 × 268435456');
    const many = withLast('one-vs-rest', (stage: OneVsRestStage) => {
      const coefficients = {
        type: 'sparse',
        size: 2 ** 28,
        indices: new Int32Array(0),
        values: new Float64Array(0),
      } as const;
      const svc = sample('svc').stages.at(-1) as LinearSVCStage;
      const model = { ...svc, numFeatures: 2 ** 28, coefficients };
      return { numFeatures: 2 ** 28, models: stage.models.map(() => model) };
    });
    expect(() => checkModel(many)).toThrow(/\d × 268435456 numbers/u);
  });
});

test('a number of classes of 2^28 in a damaged file made as many names until the memory was full', async () => {
  const files = new Map(await writeSpark(sample('forest')));
  const [name, bytes] = [...files].find(([file]) => /RandomForest[^/]*\/metadata\//u.test(file)) ?? [
    '',
    Buffer.alloc(0),
  ];
  const text = Buffer.from(bytes).toString();
  expect(text).toContain('"numClasses":2');
  files.set(name, Buffer.from(text.replace('"numClasses":2', `"numClasses":${2 ** 28 + 2}`)));
  // Names that are kept beside the model would be taken instead.
  const pipeline = JSON.parse(Buffer.from(files.get('metadata/part-00000') ?? []).toString());
  files.set('metadata/part-00000', Buffer.from(JSON.stringify({ ...pipeline, sentops: undefined })));
  await expect(readSpark(files)).rejects.toMatchObject({
    code: 'DATA_INVALID',
    message: expect.stringContaining('numClasses is not an integer from 1 to 100000'),
  });
});

import { compileModel } from '../../model/compile/compile.ts';
import type { FittedModel, ModelFormat } from '../../model/types.ts';
import { must, type Step } from './steps.ts';

const FEATURES = 8;
const TEXTS = ['a good one', 'a bad one', '', 'Ünï cödé 👍'];

/** Small, and of stages that every format should be able to hold. */
const MODEL: FittedModel = {
  stages: [
    { kind: 'Tokenizer', uid: 'Tokenizer_0', inputCol: 'text', outputCol: 'words' },
    {
      kind: 'HashingTF',
      uid: 'HashingTF_0',
      inputCol: 'words',
      outputCol: 'features',
      numFeatures: FEATURES,
      binary: false,
      hash: 'spark3',
    },
    {
      kind: 'LogisticRegression',
      uid: 'LogisticRegression_0',
      featuresCol: 'features',
      labelCol: 'label',
      predictionCol: 'prediction',
      rawPredictionCol: 'rawPrediction',
      probabilityCol: 'probability',
      numClasses: 2,
      numFeatures: FEATURES,
      thresholds: null,
      threshold: 0.5,
      multinomial: false,
      coefficients: {
        type: 'dense',
        rows: 1,
        columns: FEATURES,
        transposed: true,
        values: Float64Array.from({ length: FEATURES }, (_, index) => (index - 3) / 7),
      },
      intercepts: { type: 'dense', values: Float64Array.of(0.1) },
    },
  ],
  labels: ['negative', 'positive'],
  about: { name: 'under-test', createdAt: '2020-01-01T00:00:00.000Z' },
};

export async function checkModelFormat(format: ModelFormat, step: Step): Promise<void> {
  let files: Awaited<ReturnType<ModelFormat['write']>> = new Map();
  await step('writes a model', async () => {
    files = await format.write(MODEL);
    must(files.size > 0, 'it wrote no file');
  });
  await step('recognises what it wrote, and nothing else', async () => {
    must(format.recognises(files), 'it does not recognise the files that it wrote');
    must(!format.recognises(new Map([['notes.txt', new Uint8Array([104, 105])]])), 'it recognises a text file');
  });
  await step('reads it back to the same scores', async () => {
    const read = await format.read(files);
    must(read.labels.join() === MODEL.labels.join(), `the labels came back as ${read.labels.join()}`);
    const [wanted, found] = [compileModel(MODEL), compileModel(read)];
    for (const text of TEXTS) {
      const [want, got] = [wanted.score(text), found.score(text)];
      must(
        want.raw.every((value, index) => Object.is(value, got.raw[index])),
        `the text ${JSON.stringify(text)} has another score`,
      );
    }
  });
  await step('refuses damaged files', async () => {
    const damaged = new Map([...files].map(([name, bytes]) => [name, bytes.subarray(0, bytes.length >> 1)]));
    const outcome = await format.read(damaged).then(
      () => 'read',
      () => 'refused',
    );
    must(outcome === 'refused', 'it reads files that end half-way');
  });
}

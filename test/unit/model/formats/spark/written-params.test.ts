import { describe, expect, test } from 'vitest';
import { STAGE_FORMATS } from '../../../../../src/lib/model/formats/spark/formats.ts';
import { json, writeParams } from '../../../../../src/lib/model/formats/spark/params.ts';
import { readSpark } from '../../../../../src/lib/model/formats/spark/read.ts';
import { writeSpark } from '../../../../../src/lib/model/formats/spark/write.ts';
import type { FittedModel } from '../../../../../src/lib/model/types.ts';
import { sampleModels } from '../../../../helpers/sample-models.ts';

const sample = (name: string) => sampleModels()[name] as FittedModel;

describe('a parameter that is kept as JSON', () => {
  const set = (value: string) => writeParams({ bounds: json() }, { bounds: value }).set;

  test('comes back as the same object', () => {
    expect(set('{"type":1,"values":[0.5,-1]}')).toBe('{"bounds":{"type":1,"values":[0.5,-1]}}');
  });

  test.each(['{}, "threshold": 0.9', '{"a":1}}', 'not JSON', '"x"', '[1]', 'null', '', '['.repeat(10_000)])(
    'went into the metadata as it was, and wrote parameters of its own: %j is left out',
    value => {
      expect(set(value)).toBe('{}');
    },
  );

  test('loses its line ends: Spark reads the first line only', () => {
    expect(set('{\n"a": 1}')).toBe('{"bounds":{"a":1}}');
  });

  test('in a whole model: nothing that a model says of itself changes another of its stages', async () => {
    const model = sample('logistic');
    const stages = model.stages.map(stage =>
      stage.kind === 'LogisticRegression'
        ? { ...stage, extras: { lowerBoundsOnCoefficients: '{},"threshold":0.01,"x":{}' } }
        : stage,
    );
    const back = await readSpark(await writeSpark({ ...model, stages }));
    expect(back.stages.at(-1)).toMatchObject({ threshold: 0.5 });
    expect(back.stages.at(-1)?.extras).not.toHaveProperty('lowerBoundsOnCoefficients');
  });
});

test('OneVsRestModel was written with the parameter parallelism, which only its estimator has', () => {
  expect(Object.keys(STAGE_FORMATS.OneVsRest.params)).toEqual([
    'featuresCol',
    'labelCol',
    'predictionCol',
    'rawPredictionCol',
    'weightCol',
  ]);
});

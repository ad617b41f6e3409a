import { expect, test } from 'vitest';
import { describeModelParams } from '../../../../src/lib/train/track/describe-params.ts';
import { sampleModels } from '../../../helpers/sample-models.ts';

type Described = Parameters<typeof describeModelParams>[0];

function fitted(extras: Readonly<Record<string, number | string>>, params: Described['params'] = {}): Described {
  const stages = sampleModels()['logistic']?.stages ?? [];
  const last = stages.at(-1);
  if (last === undefined) throw new Error('no sample');
  return { stages: [...stages.slice(0, -1), { ...last, extras }], params };
}

test('what came out of a training is no parameter of it: loss, rate and features stood among the settings', () => {
  const params = describeModelParams(fitted({ passes: 3, loss: 0.2, rate: 0.08, features: 2018 }), {});
  expect(params).toMatchObject({ passes: '3' });
  expect(Object.keys(params).filter(name => ['loss', 'rate', 'features'].includes(name))).toEqual([]);
});

test('what the model says itself is stronger than what all models of the run share', () => {
  const params = describeModelParams(fitted({}, { numFeatures: 4096 }), {
    numFeatures: '32768',
    seed: '7',
    models: 'a,b',
  });
  expect(params).toMatchObject({ numFeatures: '4096', seed: '7' });
  expect(params).not.toHaveProperty('models');
});

import { describe, expect, test } from 'vitest';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import { registerVersion, versionTags } from '../../../../src/lib/train/track/register-models.ts';
import { registryName } from '../../../../src/lib/train/track/track-spec.ts';
import { memoryTracker } from './memory-tracker.ts';

const version = {
  name: 'mood',
  source: 'file:///runs/1/artifacts/model',
  runId: '1',
  key: 'train 1 mood',
  about: 'Ours.',
};

describe('a version', () => {
  test('makes the registered model where there is none, and leaves one alone that is there', async () => {
    const tracker = memoryTracker();
    expect((await registerVersion(tracker.models, version)).version).toBe(1);
    expect(tracker.registered.get('mood')?.description).toBe('Ours.');
    await registerVersion(tracker.models, { ...version, key: 'train 2 mood', about: 'Others.' });
    expect(tracker.registered.get('mood')?.description).toBe('Ours.');
    expect(tracker.versions).toHaveLength(2);
  });

  test('of the same key is made once', async () => {
    const tracker = memoryTracker();
    const first = await registerVersion(tracker.models, version);
    expect(await registerVersion(tracker.models, version)).toEqual(first);
    expect(tracker.versions).toHaveLength(1);
  });

  test('is not made where the registered model cannot be, for another reason than that it is there', async () => {
    const tracker = memoryTracker({
      before: event => {
        if (event.startsWith('models.create ')) throw new SentopsError('PERMISSION_DENIED', 'not you');
      },
    });
    await expect(registerVersion(tracker.models, version)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(tracker.versions).toEqual([]);
  });

  test('says what it is', () => {
    expect(versionTags({ kind: 'ngram', gate: 'passed', accuracy: 0.875, data: 'ab' })).toEqual({
      'sentops.model': 'ngram',
      'sentops.gate': 'passed',
      'sentops.accuracy': '0.875',
      'sentops.data': 'ab',
    });
  });
});

test.each([
  ['linearsvc', 'mood-linearsvc'],
  ['team/always', 'mood-team-always'],
  ['a:b', 'mood-a-b'],
])('the model %s is registered as %s', (model, name) => {
  expect(registryName('mood', model)).toBe(name);
});

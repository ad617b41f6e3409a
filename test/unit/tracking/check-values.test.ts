import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkAlias,
  checkDataset,
  checkKey,
  checkLoggedModelName,
  checkMetric,
  checkModelName,
  checkName,
  checkParam,
  checkTags,
} from '../../../src/lib/tracking/check-values.ts';
import { metric } from './embedded/stores.ts';

const REFUSED = expect.objectContaining({ code: 'FLAG_INVALID' });

function refuses(check: () => void): void {
  expect(check).toThrow(REFUSED);
}

describe('a key', () => {
  test.each(['a', 'a/b', 'a b', 'a:b', 'a-b_c.d', 'größe', 'точность', '精度', 'a..b', '٣'])('may be %s', key => {
    checkKey('metric', key);
  });

  test.each(['', '.', '..', '/a', 'a/', 'a//b', 'a/../b', './a', '..a', 'a,b', 'a"b', 'a\nb', 'a=b', '🙂', 'e\u0301'])(
    'cannot be %j',
    key => refuses(() => checkKey('metric', key)),
  );

  test('has at most 250 characters, of which those beyond the basic plane count once', () => {
    checkKey('tag', 'k'.repeat(250));
    checkKey('tag', '𝒦'.repeat(250));
    refuses(() => checkKey('tag', 'k'.repeat(251)));
    refuses(() => checkKey('tag', '𝒦'.repeat(251)));
  });
});

describe('a metric', () => {
  test('may be any number at any whole step', () => {
    for (const value of [0, -1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_VALUE])
      for (const step of [-3, 0, Number.MAX_SAFE_INTEGER]) checkMetric(metric('a', value, { step }));
  });

  test.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('cannot be at step %s', step =>
    refuses(() => checkMetric(metric('a', 1, { step }))),
  );

  test.each([-1, 1.5, Number.NaN])('cannot be of the time %s', timestamp =>
    refuses(() => checkMetric(metric('a', 1, { timestamp }))),
  );

  test('that is no number was a mistake of JavaScript', () => {
    refuses(() => checkMetric({ ...metric('a', 1), value: JSON.parse('null') }));
    refuses(() => checkMetric({ ...metric('a', 1), value: JSON.parse('"1"') }));
  });
});

describe('a value that is too long', () => {
  test('is never cut: the error names the key and both lengths', () => {
    checkParam('p', 'v'.repeat(6000));
    expect(() => checkParam('p', 'v'.repeat(6001))).toThrow(
      expect.objectContaining({
        code: 'FLAG_INVALID',
        message: 'parameter "p" has 6001 characters',
        details: { key: 'p', length: 6001, limit: 6000 },
      }),
    );
  });

  test.each([
    ['run', 8000],
    ['experiment', 20_000],
    ['registry', 100_000],
  ] as const)('as the tag of a %s is one of more than %i characters', (of, limit) => {
    checkTags(of, { k: 'v'.repeat(limit) });
    refuses(() => checkTags(of, { k: 'v'.repeat(limit + 1) }));
  });

  test('of a dataset is refused field by field', () => {
    const good = { name: 'n', digest: 'd', sourceType: 's', source: '{}', schema: null, profile: null, tags: {} };
    checkDataset(good);
    checkDataset({ ...good, digest: 'd'.repeat(36), name: 'n'.repeat(500), tags: { k: 'v'.repeat(500) } });
    refuses(() => checkDataset({ ...good, name: 'n'.repeat(501) }));
    refuses(() => checkDataset({ ...good, digest: 'd'.repeat(37) }));
    refuses(() => checkDataset({ ...good, sourceType: 's'.repeat(37) }));
    refuses(() => checkDataset({ ...good, source: 's'.repeat(65_536) }));
    refuses(() => checkDataset({ ...good, schema: 's'.repeat(1_048_576) }));
    refuses(() => checkDataset({ ...good, tags: { k: 'v'.repeat(501) } }));
    refuses(() => checkDataset({ ...good, tags: { ['k'.repeat(256)]: 'v' } }));
  });
});

describe('a name', () => {
  test.each(['', '  '])('is not %j', name => {
    refuses(() => checkName('experiment', name));
    refuses(() => checkModelName(name));
    refuses(() => checkAlias(name));
  });

  test.each(['a/b', 'a:b', '.', '..', '../a', '..a'])('of a model is not %j', name =>
    refuses(() => checkModelName(name)),
  );

  test.each(['a b', 'a.b', 'Größe 1', 'a-b_c'])('of a model may be %j', name => checkModelName(name));

  test.each([...'/:.%"\''])('of a logged model has no %s', bad => refuses(() => checkLoggedModelName(`a${bad}b`)));

  test.each(['latest', 'LATEST', 'v1', 'V22', 'a b', 'a.b', 'a/b'])('of an alias is not %j', alias =>
    refuses(() => checkAlias(alias)),
  );

  test.each(['champion', 'v1a', 'version', 'latest1', '1', 'a-b_C'])('of an alias may be %j', alias =>
    checkAlias(alias),
  );
});

test('a long key in a message is shortened', () => {
  fc.assert(
    fc.property(fc.integer({ min: 251, max: 5000 }), length => {
      try {
        checkParam('é'.repeat(length), 'v');
      } catch (error) {
        return error instanceof Error && error.message.length < 120;
      }
      return false;
    }),
    { numRuns: 10 },
  );
});

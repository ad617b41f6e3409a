import { describe, expect, it } from 'vitest';
import { checkValues } from '../../../src/lib/config/check.ts';
import { defaultValues } from '../../../src/lib/config/defaults.ts';
import { normalizeKeys } from '../../../src/lib/config/normalize.ts';
import type { Json } from '../../../src/lib/config/types.ts';

describe('normalizeKeys', () => {
  it('gives kebab and snake keys the name of the table, on every level', () => {
    const written = {
      train: {
        'num-features': 1,
        cv_folds: 3,
        variants: { 'my-variant': { 'enable-cv': true } },
        params: { linearsvc: { max_iter: 3 } },
      },
      buckets: { streamingInput: 'x', raw: 'y' },
      notify: [{ type: 'slack' }, { Type: 'x' }],
      targets: { prod: { serve: { http: { auth_token_file: 'f' } } } },
      profiles: { sa: { gcp: { 'quota-project': 'p' } } },
    };
    expect(normalizeKeys(written).values).toEqual({
      train: {
        numFeatures: 1,
        cvFolds: 3,
        variants: { 'my-variant': { enableCv: true } },
        params: { linearsvc: { maxIter: 3 } },
      },
      buckets: { 'streaming-input': 'x', raw: 'y' },
      notify: [{ type: 'slack' }, { Type: 'x' }],
      targets: { prod: { serve: { http: { authTokenFile: 'f' } } } },
      profiles: { sa: { gcp: { quotaProject: 'p' } } },
    });
  });

  it('leaves names alone that are the users own', () => {
    const written = {
      variables: { my_var: { default: 1 } },
      cluster: { properties: { 'spark:spark.num-cores': 1 }, api: { num_instances: 1 } },
      train: { params: { my_trainer: { 'n-trees': 1 } }, grid: { my_trainer: { n_trees: [1] } } },
      secrets: { 'my-secret': { env: 'X' } },
    };
    expect(normalizeKeys(written).values).toEqual(written);
    expect(normalizeKeys(written).findings).toEqual([]);
  });

  it('expands the short form of a variable, so that a target can change the default alone', () => {
    const written: Json = {
      variables: { a: 'x', b: 2, c: [1], d: { default: 1 }, e: null },
      targets: { t: { variables: { a: false } } },
    };
    expect(normalizeKeys(written).values).toEqual({
      variables: { a: { default: 'x' }, b: { default: 2 }, c: { default: [1] }, d: { default: 1 }, e: null },
      targets: { t: { variables: { a: { default: false } } } },
    });
  });

  it('knows where each value is written', () => {
    const { writtenPath } = normalizeKeys({
      train: { params: { linearsvc: { max_iter: 3 } } },
      buckets: { streaming_input: 'x' },
      variables: { a: 'x' },
      targets: { t: { serve: { http: { text_field: ['a'] } } } },
    });
    expect(writtenPath(['train', 'params', 'linearsvc', 'maxIter'])).toEqual([
      'train',
      'params',
      'linearsvc',
      'max_iter',
    ]);
    expect(writtenPath(['buckets', 'streaming-input'])).toEqual(['buckets', 'streaming_input']);
    expect(writtenPath(['variables', 'a', 'default'])).toEqual(['variables', 'a']);
    expect(writtenPath(['targets', 't', 'serve', 'http', 'textField', '0'])).toEqual([
      'targets',
      't',
      'serve',
      'http',
      'text_field',
      '0',
    ]);
    expect(writtenPath(['train', 'seed'])).toEqual(['train', 'seed']);
    expect(writtenPath([])).toEqual([]);
  });

  it('says what was renamed, as the checker does', () => {
    const written = { train: { 'num-features': 1, numFeatures: 2, 'cv-folds': 3 } };
    const { values, findings } = normalizeKeys(written);
    expect(values).toEqual({ train: { numFeatures: 2, cvFolds: 3 } });
    expect(findings).toEqual(checkValues(written, { stage: 'raw' }));
    expect(findings.map(finding => `${finding.severity} ${finding.code}`)).toEqual([
      'error KEY_REPEATED',
      'warning KEY_SPELLING',
    ]);
  });

  it('does nothing to a tree that is spelt right, and nothing more the second time', () => {
    expect(normalizeKeys(defaultValues()).values).toEqual(defaultValues());
    const once = normalizeKeys({ train: { num_features: 1 }, variables: { a: 1 } }).values;
    expect(normalizeKeys(once).values).toEqual(once);
  });

  it.each<[Json]>([[null], ['text'], [[1]], [{ train: [1], variables: 'x', notify: { a: 1 }, targets: [null] }]])(
    'passes %j on to the checker',
    values => {
      expect(normalizeKeys(values).values).toEqual(values);
    },
  );

  it('a key named __proto__ stays a key', () => {
    const values = normalizeKeys(
      JSON.parse('{"train":{"__proto__":{"polluted":1}},"variables":{"__proto__":{"default":1}}}'),
    ).values;
    expect(JSON.stringify(values)).toBe(
      '{"train":{"__proto__":{"polluted":1}},"variables":{"__proto__":{"default":1}}}',
    );
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

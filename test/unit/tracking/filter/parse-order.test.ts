import { describe, expect, test } from 'vitest';
import { parseOrder } from '../../../../src/lib/tracking/filter/parse-order.ts';
import type { LanguageName } from '../../../../src/lib/tracking/filter/types.ts';

describe('what MLflow accepts as an order', () => {
  test.each<[LanguageName, string, string, string, boolean]>([
    ['runs', 'metrics.a', 'metric', 'a', true],
    ['runs', 'metrics.a DESC', 'metric', 'a', false],
    ['runs', 'metric.a desc', 'metric', 'a', false],
    ['runs', 'metrics.`a b` DESC', 'metric', 'a b', false],
    ['runs', 'metrics."a b" asc', 'metric', 'a b', true],
    ['runs', 'metrics.a.b\tDESC', 'metric', 'a.b', false],
    ['runs', 'params.x', 'param', 'x', true],
    ['runs', 'tags.`mlflow.runName` DESC', 'tag', 'mlflow.runName', false],
    ['runs', 'attributes.start_time ASC', 'attribute', 'start_time', true],
    ['runs', 'created DESC', 'attribute', 'start_time', false],
    ['runs', 'run.status', 'attribute', 'status', true],
    ['experiments', 'name DESC', 'attribute', 'name', false],
    ['experiments', 'attribute.`name`', 'attribute', 'name', true],
    ['registeredModels', 'timestamp DESC', 'attribute', 'last_updated_timestamp', false],
    ['registeredModels', 'name', 'attribute', 'name', true],
    ['modelVersions', 'version_number DESC', 'attribute', 'version_number', false],
    ['modelVersions', 'attribute.creation_timestamp', 'attribute', 'creation_timestamp', true],
    ['loggedModels', 'metrics.a DESC', 'metric', 'a', false],
    ['loggedModels', 'creation_time', 'attribute', 'creation_timestamp', true],
  ])('%s: %s', (language, text, kind, key, ascending) => {
    expect(parseOrder(language, [text])).toEqual([{ kind, key, ascending }]);
  });
});

describe('what it refuses', () => {
  test.each<[LanguageName, string, number, string]>([
    ['runs', 'run name', 1, 'did you mean run_'],
    ['runs', 'accuracy DESC', 1, 'a metric is called metrics.accuracy'],
    ['runs', 'metrics.a DOWN', 11, 'ASC or DESC'],
    ['runs', 'metrics.a DESC NULLS LAST', 16, 'one field an entry'],
    ['runs', 'metrics.a, metrics.b', 10, 'one field an entry'],
    ['runs', '-metrics.a', 1, 'a filter is'],
    ['runs', '1', 1, 'for instance'],
    ['runs', "'a'", 1, 'for instance'],
    ['runs', '', 1, 'for instance'],
    ['runs', 'dataset.name', 1, 'order by run_id'],
    ['runs', 'Metrics.a', 1, 'metric'],
    ['experiments', 'tags.a', 1, 'order by name'],
    ['experiments', 'attributes.name', 1, 'did you mean attribute?'],
    ['registeredModels', 'creation_timestamp', 1, 'what there is'],
    ['registeredModels', 'attribute.name', 1, 'what there is'],
    ['modelVersions', 'version', 1, 'version_number'],
    ['loggedModels', 'params.a', 1, 'metrics'],
  ])('%s: %s', (language, text, column, hint) => {
    expect(() => parseOrder(language, [text])).toThrow(
      expect.objectContaining({
        code: 'FLAG_INVALID',
        message: expect.stringContaining(`order, column ${column}: `),
        hint: expect.stringContaining(hint),
        details: { order: text, column },
      }),
    );
  });

  test('a field twice, under whatever names', () => {
    expect(() => parseOrder('runs', ['start_time', 'created DESC'])).toThrow('start_time is ordered by twice');
    expect(() => parseOrder('registeredModels', ['timestamp', 'last_updated_timestamp'])).toThrow('twice');
    expect(parseOrder('runs', ['metrics.a', 'params.a'])).toHaveLength(2);
    expect(parseOrder('experiments', ['name', 'name DESC'])).toHaveLength(2);
  });
});

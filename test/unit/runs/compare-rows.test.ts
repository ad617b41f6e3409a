import { describe, expect, test } from 'vitest';
import { compareRows, labelRuns } from '../../../src/lib/runs/compare-rows.ts';
import { row } from './runs-fixture.ts';

const data = (digest: string, context: string | null = 'training') => ({ name: 'reviews', digest, context });

describe('compareRows', () => {
  const a = row({
    name: 'a',
    seconds: 10,
    metrics: { accuracy: 0.7, loss: 0.5, rows: 5, auc: 0.9 },
    params: { seed: '42', regParam: '0.1' },
    tags: { team: 'x', 'mlflow.user': 'ann' },
    datasets: [data('1')],
  });
  const b = row({
    name: 'b',
    seconds: 20,
    metrics: { accuracy: 0.8, loss: 0.6, rows: 6, auc: 0.9 },
    params: { seed: '42' },
    tags: { team: 'y', 'mlflow.user': 'bob' },
    datasets: [data('2')],
  });

  test('shows what differs and marks what is better, whichever way that is', () => {
    const { values, same } = compareRows([a, b]);
    expect(values.map(({ kind, key, values: cells, best }) => [kind, key, cells, best])).toEqual([
      ['run', 'seconds', [10, 20], [0]],
      ['metric', 'accuracy', [0.7, 0.8], [1]],
      ['metric', 'loss', [0.5, 0.6], [0]],
      ['metric', 'rows', [5, 6], []],
      ['param', 'regParam', ['0.1', null], []],
      ['dataset', 'training', ['reviews (1)', 'reviews (2)'], []],
    ]);
    expect(same).toBe(3);
  });

  test('shows everything where that is asked for, and nothing is best where all are equal', () => {
    const { values } = compareRows([a, b], { all: true });
    const auc = values.find(({ key }) => key === 'auc');
    expect(auc).toMatchObject({ differs: false, best: [] });
    expect(values.map(({ key }) => key)).toContain('seed');
  });

  test('tags are compared on request, but never those that MLflow sets', () => {
    const { values } = compareRows([a, b], { tags: true });
    expect(values.filter(({ kind }) => kind === 'tag').map(({ key }) => key)).toEqual(['team']);
  });

  test('several may be best; NaN and nothing never are', () => {
    const runs = [
      row({ name: 'a', metrics: { f1: 0.5 } }),
      row({ name: 'b', metrics: { f1: null } }),
      row({ name: 'c', metrics: { f1: 0.5 } }),
      row({ name: 'd' }),
    ];
    expect(compareRows(runs).values).toMatchObject([{ key: 'f1', values: [0.5, 'NaN', 0.5, null], best: [0, 2] }]);
  });

  test('several datasets for one use are one value', () => {
    const runs = [row({ name: 'a', datasets: [data('1'), data('2'), data('3', null)] }), row({ name: 'b' })];
    expect(compareRows(runs).values.map(({ key, values }) => [key, values[0]])).toEqual([
      ['data', 'reviews (3)'],
      ['training', 'reviews (1), reviews (2)'],
    ]);
  });

  test('runs that say the same have nothing to show', () => {
    expect(compareRows([a, { ...a, runId: 'other' }])).toMatchObject({ values: [], same: 9 });
  });
});

test('runs of one name are told apart by their ids', () => {
  const runs = [
    row({ name: 'trial', runId: 'a'.repeat(32) }),
    row({ name: 'trial', runId: 'b'.repeat(32) }),
    row({ name: 'c' }),
  ];
  expect(labelRuns(runs)).toEqual(['trial aaaaaaaa', 'trial bbbbbbbb', 'c']);
  expect(labelRuns([row({ name: '', runId: 'c'.repeat(32) })])).toEqual(['cccccccc']);
});

import { describe, expect, test } from 'vitest';
import type { ReadInput } from '../../../../src/lib/train/describe.ts';
import { describeDatasets } from '../../../../src/lib/train/track/dataset-inputs.ts';
import { trainSpec } from '../train-world.ts';

const SHA = 'ab'.repeat(32);

/** As many rows of each class in each part as `counts` says. */
function readInput(location: string, counts: number[][], sha256 = SHA): ReadInput {
  const statistics = () => ({ sha256, bytes: 99, rows: 10, badRows: 1 });
  const table = { statistics, layout: { textColumn: 'text', labelColumn: 'label' } };
  const mapping = { classes: ['bad', 'good'], classOf: Int32Array.of(0, 1) };
  return { input: { location, table }, rows: { counts }, mapping } as unknown as ReadInput;
}

const main = (location = '/data/rows.csv') =>
  readInput(location, [
    [3, 3],
    [1, 1],
    [1, 1],
  ]);
const spec = trainSpec('/project');

describe('data of a run', () => {
  test('count the rows of their part only', () => {
    const { train, validation, test: tested } = describeDatasets(spec, main(), null);
    const rowsOf = (input: { profile: string | null } | undefined) => JSON.parse(input?.profile ?? '').num_rows;
    expect([train, validation, tested].map(rowsOf)).toEqual([6, 2, 2]);
    expect(JSON.parse(train?.profile ?? '')).toMatchObject({ classes: { bad: 3, good: 3 }, bytes: 99, bad_rows: 1 });
  });

  test('have a digest that fits MLflow, and that another seed changes for what was drawn', () => {
    const first = describeDatasets(spec, main(), null);
    const second = describeDatasets({ ...spec, seed: 2 }, main(), null);
    for (const { digest } of Object.values(first)) expect(digest).toMatch(/^[0-9a-f]{36}$/);
    expect(second.train?.digest).toBe(first.train?.digest);
    expect(second.test?.digest).not.toBe(first.test?.digest);
    expect(describeDatasets(spec, main(), null)).toEqual(first);
  });

  test('are of the test file where there is one; a part without rows is none', () => {
    const tested = readInput(
      '/data/test.csv',
      [
        [0, 0],
        [0, 0],
        [4, 5],
      ],
      'cd'.repeat(32),
    );
    const found = describeDatasets(spec, readInput('/data/rows.csv', [[3, 3], [], []]), tested);
    expect(Object.keys(found).sort()).toEqual(['test', 'train']);
    expect(found.test).toMatchObject({ name: 'test.csv', digest: 'cd'.repeat(18) });
  });

  test.each([
    ['/data/rows.csv', 'local', { uri: '/data/rows.csv' }],
    ['gs://bucket/rows.csv', 'gs', { uri: 'gs://bucket/rows.csv' }],
    ['https://example.org/rows.csv', 'http', { url: 'https://example.org/rows.csv' }],
    ['standard input', 'local', { uri: 'standard input' }],
  ])('%s is a source of MLflow', (location, sourceType, source) => {
    const { train } = describeDatasets(spec, main(location), null);
    expect([train?.sourceType, JSON.parse(train?.source ?? '')]).toEqual([sourceType, source]);
  });
});

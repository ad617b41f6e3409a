import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseColumns } from '../../../src/lib/runs/choose-columns.ts';
import { row } from './runs-fixture.ts';

const names = (columns: readonly { key: string }[]) => columns.map(({ key }) => key);

describe('chooseColumns', () => {
  test('what varies is a column, metrics first; what does not is told once', () => {
    const runs = [
      row({ name: 'a', metrics: { f1: 0.5, accuracy: 0.7, rows: 100 }, params: { seed: '42', regParam: '0.1' } }),
      row({ name: 'b', metrics: { f1: 0.6, accuracy: 0.8, rows: 100 }, params: { seed: '42', regParam: '0.2' } }),
    ];
    const { varying, same } = chooseColumns(runs);
    expect(names(varying)).toEqual(['accuracy', 'f1', 'regParam']);
    expect(same).toEqual([
      { kind: 'metric', key: 'rows', value: 100 },
      { kind: 'param', key: 'seed', value: '42' },
    ]);
  });

  test('a parent that measured nothing does not make all of its children differ', () => {
    const runs = [
      row({ name: 'parent', tags: { note: 'x' } }),
      row({ name: 'a', metrics: { accuracy: 0.7 }, params: { seed: '42' } }),
      row({ name: 'b', metrics: { accuracy: 0.7 }, params: { seed: '42' } }),
    ];
    expect(chooseColumns(runs)).toEqual({
      varying: [],
      same: [
        { kind: 'metric', key: 'accuracy', value: 0.7 },
        { kind: 'param', key: 'seed', value: '42' },
      ],
    });
  });

  test('a parameter that only some have varies, behind those that more have', () => {
    const runs = [
      row({ name: 'a', params: { numTrees: '10', depth: '1', seed: '1' } }),
      row({ name: 'b', params: { depth: '2', seed: '1' } }),
    ];
    const { varying, same } = chooseColumns(runs);
    expect(names(varying)).toEqual(['depth', 'numTrees']);
    expect(names(same)).toEqual(['seed']);
  });

  test('four metrics that most have, then the parameters that changed, then the rest', () => {
    const measured = { accuracy: 0.7, val_accuracy: 0.7, auc: 0.7, f1: 0.7, precision: 0.7 };
    const changed = Object.fromEntries(Object.keys(measured).map(key => [key, 0.8]));
    const { varying } = chooseColumns([
      row({ name: 'parent', metrics: { best_accuracy: 0.8 }, params: { seed: '1' } }),
      row({ name: 'a', metrics: measured, params: { seed: '1', regParam: '0.1' } }),
      row({ name: 'b', metrics: changed, params: { seed: '2', regParam: '0.2', alpha: '3' } }),
    ]);
    expect(names(varying)).toEqual([
      ...['accuracy', 'val_accuracy', 'auc', 'f1'],
      ...['seed', 'regParam'],
      ...['precision', 'alpha', 'best_accuracy'],
    ]);
  });

  test('NaN is a value like others', () => {
    const { varying } = chooseColumns([
      row({ name: 'a', metrics: { loss: null } }),
      row({ name: 'b', metrics: { loss: 1 } }),
    ]);
    expect(names(varying)).toEqual(['loss']);
  });

  test('of a single run the metrics are shown', () => {
    const { varying, same } = chooseColumns([row({ name: 'a', metrics: { f1: 1 }, params: { seed: '1' } })]);
    expect(names(varying)).toEqual(['f1']);
    expect(names(same)).toEqual(['seed']);
  });

  test('no run, no column', () => {
    expect(chooseColumns([])).toEqual({ varying: [], same: [] });
  });

  test('every metric and parameter is told exactly once, and only what is equal is called so', () => {
    const values = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'toString'), fc.constantFrom('1', '2'));
    const metrics = fc.dictionary(fc.constantFrom('a', 'loss', 'f1'), fc.constantFrom(1, 2, null));
    fc.assert(
      fc.property(fc.array(fc.record({ params: values, metrics }), { maxLength: 5 }), given => {
        const runs = given.map((some, index) => row({ name: `r${index}`, ...some }));
        const { varying, same } = chooseColumns(runs);
        const all = [...varying, ...same].map(({ kind, key }) => `${kind} ${key}`);
        const wanted = runs.flatMap(run => [
          ...Object.keys(run.metrics).map(key => `metric ${key}`),
          ...Object.keys(run.params).map(key => `param ${key}`),
        ]);
        expect(all.toSorted()).toEqual([...new Set(wanted)].sort());
        for (const { kind, key, value } of same) {
          const told = runs.map(run => (kind === 'metric' ? run.metrics : run.params));
          for (const some of told) if (Object.keys(some).length > 0) expect(some[key]).toBe(value);
        }
      }),
    );
  });
});

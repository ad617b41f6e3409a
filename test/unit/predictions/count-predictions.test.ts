import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countPredictions } from '../../../src/lib/predictions/count-predictions.ts';
import { lines, openPredictionsWorld, sparkFile } from './predictions-world.ts';

describe('counting predictions', () => {
  test('by label, version and day, whatever the format', async () => {
    const { put, call } = await openPredictionsWorld();
    const good = { prediction: 1, sentiment: 'positive', confidence: 0.9, model_version: '9' };
    const bad = { prediction: 0, sentiment: 'negative', confidence: 0.7, model_version: '10' };
    const none = { prediction: null, sentiment: null, probability: null, confidence: null, error: 'no text' };
    put('date=2026-11-20/a.jsonl', lines(good, good, bad, none));
    const spark = { text: 'x', prediction: 2, probability: [0.1, 0.3, 0.6], version: '10' };
    put('date=2026-11-21/a.parquet', sparkFile([spark]));
    const stats = await countPredictions(call());
    expect(stats).toMatchObject({ location: 'out/', files: 2, unreadable: 0, rows: 5, withoutPrediction: 1 });
    expect(stats.meanConfidence).toBeCloseTo((0.9 + 0.9 + 0.7 + 0.6) / 4, 12);
    expect(stats.byLabel).toEqual([
      { value: 'positive', rows: 2, share: 0.5, meanConfidence: 0.9 },
      { value: '2', rows: 1, share: 0.25, meanConfidence: 0.6 },
      { value: 'negative', rows: 1, share: 0.25, meanConfidence: 0.7 },
    ]);
    expect(stats.byModelVersion.map(({ value, rows }) => [value, rows])).toEqual([
      ['10', 2],
      ['9', 2],
    ]);
    expect(stats.byDate.map(({ value, rows }) => [value, rows])).toEqual([
      ['2026-11-21', 1],
      ['2026-11-20', 3],
    ]);
  });

  test('files without confidence or version say so; no files are no rows', async () => {
    const { put, call } = await openPredictionsWorld();
    expect(await countPredictions(call())).toMatchObject({ files: 0, rows: 0, meanConfidence: null, byLabel: [] });
    put('a.jsonl', lines({ prediction: 1 }, { prediction: 1, probability: 0.8 }));
    const stats = await countPredictions(call());
    expect(stats.byLabel).toEqual([{ value: '1', rows: 2, share: 1, meanConfidence: 0.8 }]);
    expect(stats.byModelVersion).toMatchObject([{ value: null, rows: 2 }]);
    expect(stats.byDate).toMatchObject([{ value: null, rows: 2 }]);
  });

  test('a file that turns out to be damaged counts as none of its rows', async () => {
    const { put, call, warnings } = await openPredictionsWorld();
    put('a.jsonl', lines({ prediction: 1 }));
    put('b.jsonl', `${lines({ prediction: 1 }).repeat(20_000)}{"prediction":1,`);
    expect(await countPredictions(call())).toMatchObject({ files: 2, unreadable: 1, rows: 1 });
    expect(warnings()).toEqual([expect.stringContaining('b.jsonl: line 20001 is not JSON')]);
  });

  test('counts add up however rows are spread over files', { timeout: 60_000 }, async () => {
    const row = fc.record({
      prediction: fc.constantFrom(0, 1),
      confidence: fc.option(fc.double({ min: 0.5, max: 1, noNaN: true })),
      model_version: fc.constantFrom('1', '2'),
    });
    const files = fc.array(fc.array(row, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(files, async all => {
        const { put, call } = await openPredictionsWorld();
        for (const [index, rows] of all.entries()) put(`date=2026-11-0${index + 1}/a.jsonl`, lines(...rows));
        const rows = all.flat();
        const stats = await countPredictions(call());
        expect(stats.rows).toBe(rows.length);
        for (const groups of [stats.byLabel, stats.byModelVersion, stats.byDate]) {
          expect(groups.reduce((sum, group) => sum + group.rows, 0)).toBe(rows.length);
          expect(groups.reduce((sum, group) => sum + group.share, 0)).toBeCloseTo(1, 9);
        }
        const told = rows.flatMap(({ confidence }) => confidence ?? []);
        const mean = told.reduce((sum, one) => sum + one, 0) / told.length;
        if (told.length === 0) expect(stats.meanConfidence).toBeNull();
        else expect(stats.meanConfidence).toBeCloseTo(mean, 9);
      }),
      { numRuns: 15 },
    );
  });
});

import { describe, expect, test } from 'vitest';
import { showPredictions } from '../../../src/lib/predictions/show-predictions.ts';
import { lines, openPredictionsWorld, sparkFile } from './predictions-world.ts';

describe('some predictions', () => {
  test('from the newest file on, and not more than asked for', async () => {
    const { put, call } = await openPredictionsWorld();
    const row = (text: string) => ({ text, prediction: 1 });
    put('date=2026-11-20/a.jsonl', lines(row('old')));
    put('date=2026-11-21/a.jsonl', lines(row('first'), row('second')), 1_763_000_100);
    put('date=2026-11-21/b.jsonl', lines(row('newest')), 1_763_000_200);
    const texts = async (head: number) => (await showPredictions({ ...call(), head })).map(({ text }) => text);
    expect(await texts(2)).toEqual(['newest', 'first']);
    expect(await texts(10)).toEqual(['newest', 'first', 'second', 'old']);
    expect(await texts(3)).toEqual(['newest', 'first', 'second']);
  });

  test('what our own scoring writes', async () => {
    const { put, call } = await openPredictionsWorld();
    const row = {
      text: 'Good.',
      label: '4',
      prediction: 0,
      sentiment: 'negative',
      probability: 0.1,
      confidence: 0.9,
      model_version: '7',
      prediction_timestamp: '2026-11-21T10:00:00Z',
    };
    put('date=2026-11-21/a.jsonl', lines(row));
    expect(await showPredictions({ ...call(), head: 5 })).toEqual([
      {
        date: '2026-11-21',
        text: 'Good.',
        label: '4',
        prediction: 'negative',
        confidence: 0.9,
        probability: 0.1,
        modelVersion: '7',
        timestamp: '2026-11-21T10:00:00Z',
        file: 'out/date=2026-11-21/a.jsonl',
      },
    ]);
  });

  test('vectors, as Spark has them in Parquet and in JSON', async () => {
    const { put, call } = await openPredictionsWorld();
    put('a.parquet', sparkFile([{ text: 'x', prediction: 1, probability: [0.25, 0.75], version: '2' }]), 1_763_000_100);
    put('b.json', lines({ prediction: 2.0, probability: { type: 1, values: [0.1, 0.2, 0.7] }, model_version: 2 }));
    expect(await showPredictions({ ...call(), head: 5 })).toMatchObject([
      { prediction: '1', probability: [0.25, 0.75], confidence: 0.75, modelVersion: '2', label: null, date: null },
      { prediction: '2', probability: [0.1, 0.2, 0.7], confidence: 0.7, modelVersion: '2', text: null },
    ]);
  });

  test('one probability of two classes is read either way, that of many as it is', async () => {
    const { put, call } = await openPredictionsWorld();
    const rows = [
      { prediction: 0, probability: 0.25 },
      { prediction: 0, probability: 0.75 },
      { prediction: 3, probability: 0.4 },
      { prediction: 1, probability: 'high' },
      { prediction: 1 },
    ];
    put('a.jsonl', lines(...rows));
    const shown = await showPredictions({ ...call(), head: 5 });
    expect(shown.map(({ confidence }) => confidence)).toEqual([0.75, 0.75, 0.4, null, null]);
  });

  test('a damaged file is passed over and told; where there is no other, it is the error', async () => {
    const { put, call, warnings } = await openPredictionsWorld();
    put('date=2026-11-21/a.jsonl', `${lines({ prediction: 1, text: 'good' })}{"prediction":`, 1_763_000_100);
    put('date=2026-11-21/b.jsonl', lines({ text: 'no prediction in it' }), 1_763_000_900);
    const work = showPredictions({ ...call(), head: 5 });
    await expect(work).rejects.toMatchObject({ code: 'DATA_INVALID', message: expect.stringContaining('b.jsonl') });
    put('date=2026-11-20/c.jsonl', lines({ prediction: 0, text: 'older' }));
    expect((await showPredictions({ ...call(), head: 5 })).map(({ text }) => text)).toEqual(['older']);
    expect(warnings().at(-1)).toMatch(/^2 files left out: .*b\.jsonl/);
    const one = showPredictions({ ...call({ location: 'out/date=2026-11-21/a.jsonl' }), head: 5 });
    await expect(one).rejects.toMatchObject({ message: expect.stringContaining('line 2 is not JSON') });
  });
});

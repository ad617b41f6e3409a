import { beforeAll, describe, expect, test } from 'vitest';
import { allPages } from '../../../src/lib/tracking/all-pages.ts';
import type { RunQuery } from '../../../src/lib/tracking/types.ts';
import { codeOf, newExperiment, type Open } from './opened.ts';

interface Row {
  readonly name: string;
  readonly f1?: number;
  readonly model: string;
  readonly start: number;
}

const ROWS: readonly Row[] = [
  { name: 'middle', f1: 0.5, model: 'lr', start: 1_700_000_001_000 },
  { name: 'best', f1: 0.9, model: 'rf', start: 1_700_000_002_000 },
  { name: 'nothing', model: 'lr', start: 1_700_000_003_000 },
  { name: 'none', f1: Number.NaN, model: 'svc', start: 1_700_000_004_000 },
  { name: 'worst', f1: 0.3, model: "o'brien", start: 1_700_000_005_000 },
];

export function describeSearch(open: Open): void {
  describe('searching runs', () => {
    let experimentId: string;
    let other: string;
    beforeAll(async () => {
      const tracker = open();
      experimentId = await newExperiment(tracker);
      other = await newExperiment(tracker);
      for (const { name, f1, model, start } of ROWS) {
        const { runId } = await tracker.runs.create({ experimentId, name, startTime: start, tags: { 'a.b c': name } });
        await tracker.runs.log(runId, {
          params: { model, depth: String(start % 7) },
          metrics: f1 === undefined ? [] : [{ key: 'f1', value: f1, step: 0, timestamp: 1 }],
        });
        await tracker.runs.update(runId, { status: name === 'worst' ? 'FAILED' : 'FINISHED' });
      }
      await tracker.runs.create({ experimentId: other, name: 'elsewhere', startTime: 1_700_000_000_000 });
      const gone = await tracker.runs.create({ experimentId, name: 'gone', startTime: 1_700_000_000_500 });
      await tracker.runs.delete(gone.runId);
    }, 120_000);

    const names = async (query: Partial<RunQuery>) => {
      const { items } = await open().runs.search({ experimentIds: [experimentId], limit: 100, ...query });
      return items.map(({ name }) => name);
    };

    test('the newest come first', async () => {
      expect(await names({})).toEqual(['worst', 'none', 'nothing', 'best', 'middle']);
    });

    test.each([
      ["metrics.f1 > 0.4 and params.model != 'svc'", ['best', 'middle']],
      ["params.model = 'lr'", ['nothing', 'middle']],
      ["params.model LIKE 'L%'", []],
      ["params.model ILIKE 'L%'", ['nothing', 'middle']],
      [`params.model = "o'brien"`, ['worst']],
      ["attributes.status = 'FAILED'", ['worst']],
      ["attributes.status != 'FINISHED'", ['worst']],
      ["run_name = 'best'", ['best']],
      ["tags.`a.b c` = 'none'", ['none']],
      ['attributes.start_time >= 1700000004000', ['worst', 'none']],
    ])('%s', async (filter, expected) => {
      expect(await names({ filter }).catch(error => String(error))).toEqual(expected);
    });

    test('by a metric, NaN and those without it come last both ways', async () => {
      expect(await names({ orderBy: ['metrics.f1 DESC'] })).toEqual(['best', 'middle', 'worst', 'none', 'nothing']);
      expect(await names({ orderBy: ['metrics.f1 ASC'] })).toEqual(['worst', 'middle', 'best', 'none', 'nothing']);
    });

    test('by several things', async () => {
      expect(await names({ orderBy: ['params.model ASC', 'attributes.start_time ASC'] })).toEqual([
        'middle',
        'nothing',
        'worst',
        'best',
        'none',
      ]);
    });

    test('every page is read, and no run twice', async () => {
      const found = await allPages(pageToken =>
        open().runs.search({
          experimentIds: [experimentId],
          orderBy: ['metrics.f1 DESC'],
          limit: 2,
          ...(pageToken === undefined ? {} : { pageToken }),
        }),
      );
      expect(found.map(({ name }) => name)).toEqual(['best', 'middle', 'worst', 'none', 'nothing']);
    });

    test('in several experiments, and among the deleted', async () => {
      expect(await names({ experimentIds: [experimentId, other] })).toHaveLength(6);
      expect(await names({ view: 'deleted' })).toEqual(['gone']);
      expect(await names({ view: 'all' })).toHaveLength(6);
    });

    test('what is found comes with everything', async () => {
      const { items } = await open().runs.search({
        experimentIds: [experimentId],
        filter: "run_name = 'best'",
        limit: 1,
      });
      expect(items[0]).toMatchObject({
        params: { model: 'rf' },
        metrics: [{ key: 'f1', value: 0.9, step: 0, timestamp: 1 }],
        tags: { 'a.b c': 'best' },
        status: 'FINISHED',
      });
    });

    test.each([
      "metrics.f1 > 0.4 OR params.model = 'lr'",
      'metrics.f1 >> 0.4',
      'metrcs.f1 > 0.4',
      "metrics.f1 > 'high'",
      'params.model = 3',
      "attributes.stat = 'FAILED'",
      "params.model = 'lr",
    ])('refuses %s', async filter => {
      expect(await codeOf(open().runs.search({ experimentIds: [experimentId], filter, limit: 10 }))).toBe(
        'FLAG_INVALID',
      );
    });

    test('refuses an order that is none, a page that is none, and to search nowhere', async () => {
      const { runs } = open();
      const query = { experimentIds: [experimentId], limit: 10 };
      expect(await codeOf(runs.search({ ...query, orderBy: ['metrics.f1 DOWN'] }))).toBe('FLAG_INVALID');
      expect(await codeOf(runs.search({ ...query, pageToken: 'nonsense' }))).toBe('FLAG_INVALID');
      expect(await codeOf(runs.search({ experimentIds: [], limit: 10 }))).toBe('FLAG_INVALID');
    });
  });
}

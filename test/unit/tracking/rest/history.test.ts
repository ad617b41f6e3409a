import { describe, expect, test } from 'vitest';
import { allPages } from '../../../../src/lib/tracking/all-pages.ts';
import { API, errorOf, sendError, withRest } from './stand-in.ts';

const row = (step: number, timestamp: number, value: number | string) => ({ key: 'm', step, timestamp, value });

describe('the history of a metric', () => {
  /** As the server orders: by time. Two pages of its own. */
  const pages = [
    { metrics: [row(5, 1, 0.5), row(0, 2, 'NaN'), row(0, 2, 1)], next_page_token: 'next' },
    { metrics: [row(0, 2, -1), row(3, 9, 0.1)] },
  ];
  const ordered = [
    [0, -1],
    [0, 1],
    [0, Number.NaN],
    [3, 0.1],
    [5, 0.5],
  ];

  test('comes by step, then time, then value, however it is cut', async () => {
    for (const limit of [1, 2, 3, 100]) {
      await withRest(
        ({ query }) => pages[query.get('page_token') === 'next' ? 1 : 0],
        async (tracker, { requests }) => {
          const found = await allPages(pageToken =>
            tracker.runs.history('r', 'm', { limit, ...(pageToken === undefined ? {} : { pageToken }) }),
          );
          expect(found.map(({ step, value }) => [step, value])).toEqual(ordered);
          expect(requests.map(({ query }) => query.get('max_results'))).toEqual(['25000', '25000']);
        },
      );
    }
  });

  test('is asked for anew from the first page on', async () => {
    let asked = 0;
    await withRest(
      () => ({ metrics: Array.from({ length: ++asked }, (_, step) => row(step, 1, 1)) }),
      async tracker => {
        expect((await tracker.runs.history('r', 'm', { limit: 10 })).items).toHaveLength(1);
        expect((await tracker.runs.history('r', 'm', { limit: 10 })).items).toHaveLength(2);
      },
    );
  });

  test('a later page can be asked for alone', async () => {
    await withRest(
      () => ({ metrics: [row(0, 1, 1), row(1, 1, 1), row(2, 1, 1)] }),
      async tracker => {
        const page = await tracker.runs.history('r', 'm', { limit: 1, pageToken: '1' });
        expect(page).toMatchObject({ items: [{ step: 1 }], nextPageToken: '2' });
      },
    );
  });

  test('a server that sends empty pages for ever is left', async () => {
    await withRest(
      ({ path }) =>
        path === `${API}runs/get`
          ? { run: { info: { run_id: 'r', experiment_id: '1', status: 'RUNNING' } } }
          : { next_page_token: 'again' },
      async tracker => {
        expect(await tracker.runs.history('r', 'm', { limit: 5 })).toEqual({ items: [], nextPageToken: null });
      },
    );
  });

  test('whose pages lead back to the first one has no end, and that is said', async () => {
    await withRest(
      ({ query }) => ({ metrics: [row(0, 1, 1)], next_page_token: query.get('page_token') === 'a' ? 'b' : 'a' }),
      async (tracker, { requests }) => {
        expect((await errorOf(tracker.runs.history('r', 'm', { limit: 5 }))).code).toBe('DATA_INVALID');
        expect(requests).toHaveLength(3);
      },
    );
  });

  test('of a run that is not there is NOT_FOUND, though the server says that it is empty', async () => {
    await withRest(
      ({ path }, response) =>
        path === `${API}runs/get` ? sendError(response, 404, 'RESOURCE_DOES_NOT_EXIST', 'nothing') : {},
      async tracker => {
        expect(await errorOf(tracker.runs.history('r', 'm', { limit: 5 }))).toMatchObject({ code: 'NOT_FOUND' });
      },
    );
  });
});

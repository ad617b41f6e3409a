import { SentopsError } from '../../core/errors.ts';
import { allPages } from '../all-pages.ts';
import type { Metric, Run } from '../entities.ts';
import type { Runs } from '../types.ts';
import { metricFromWire } from '../wire/metric.ts';
import { nextToken, readAnswer } from './answers.ts';
import type { Api } from './api.ts';

/** The most that the server gives at once. */
const SERVER_PAGE = 25_000;

/**
 * Pages of a metric's history. The server orders by time, the port by step: so all of it is fetched with the first
 * page and kept until the last one was asked for.
 */
export function createHistory(api: Api, getRun: (runId: string) => Promise<Run | null>): Runs['history'] {
  const kept = new Map<string, readonly Metric[]>();
  return async (runId, key, { limit, pageToken }) => {
    const start = pageToken === undefined ? 0 : readToken(pageToken);
    const id = JSON.stringify([runId, key]);
    const all = (start > 0 ? kept.get(id) : undefined) ?? (await fetchAll(api, runId, key));
    // A run that is not there answers as one without the metric.
    if (all.length === 0 && (await getRun(runId)) === null)
      throw new SentopsError('NOT_FOUND', `there is no run ${runId} in ${api.shown}`, { details: { runId } });
    const end = start + Math.max(1, limit);
    if (end < all.length) kept.set(id, all);
    else kept.delete(id);
    return { items: all.slice(start, end), nextPageToken: end < all.length ? String(end) : null };
  };
}

function readToken(token: string): number {
  if (/^\d{1,15}$/.test(token)) return Number(token);
  throw new SentopsError('FLAG_INVALID', `${JSON.stringify(token)} is no token of a page`, {
    hint: 'give nextPageToken of the page before, or none for the first page',
  });
}

async function fetchAll(api: Api, runId: string, key: string): Promise<Metric[]> {
  const metrics = await allPages(async token => {
    const query = { run_id: runId, metric_key: key, max_results: SERVER_PAGE, page_token: token };
    const json = await api.get('metrics/get-history', query);
    return readAnswer(api, json, answer => {
      const items = answer.list('metrics', metricFromWire);
      return { items, nextPageToken: items.length === 0 ? null : nextToken(answer) };
    });
  });
  return metrics.sort((a, b) => a.step - b.step || a.timestamp - b.timestamp || compare(a.value, b.value));
}

/** NaN after every number. */
function compare(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a - b;
}

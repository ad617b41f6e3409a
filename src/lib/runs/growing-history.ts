import type { Metric } from '../tracking/entities.ts';
import type { Tracker } from '../tracking/types.ts';

const PAGE = 1000;

/**
 * The history of a metric that is still being written. Values come by step, so that new ones stand at the end: only
 * the last page is asked for again, and nothing at all while the latest value is the one that is known.
 */
export class GrowingHistory {
  readonly #tracker: Tracker;
  readonly #runId: string;
  readonly #key: string;
  readonly #seen = new Set<string>();
  #points: Metric[] = [];
  /** Where the last page begins: its token, and how many values stand before it. */
  #lastPage: { readonly token: string | undefined; readonly before: number } = { token: undefined, before: 0 };
  #latest = '';

  constructor(tracker: Tracker, runId: string, key: string) {
    this.#tracker = tracker;
    this.#runId = runId;
    this.#key = key;
  }

  get points(): readonly Metric[] {
    return this.#points;
  }

  /** Returns the values that are new, given what the run says is the latest one. */
  async update(latest: Metric): Promise<Metric[]> {
    if (identify(latest) === this.#latest) return [];
    let { token, before } = this.#lastPage;
    let points = this.#points.slice(0, before);
    for (;;) {
      const { items, nextPageToken } = await this.#tracker.runs.history(this.#runId, this.#key, {
        limit: PAGE,
        ...(token === undefined ? {} : { pageToken: token }),
      });
      this.#lastPage = { token, before };
      points = points.concat(items);
      if (nextPageToken === null) break;
      token = nextPageToken;
      before = points.length;
    }
    this.#points = points;
    this.#latest = identify(latest);
    const fresh = points.filter(point => !this.#seen.has(identify(point)));
    for (const point of fresh) this.#seen.add(identify(point));
    return fresh;
  }
}

function identify({ step, timestamp, value }: Metric): string {
  return `${step} ${timestamp} ${value}`;
}

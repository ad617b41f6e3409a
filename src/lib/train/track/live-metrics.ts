import type { Metric } from '../../tracking/entities.ts';
import type { Runs } from '../../tracking/types.ts';
import type { LiveMetric } from '../learner.ts';

/** How long a value waits for others: often enough for an eye, seldom enough for a server. */
const INTERVAL_MS = 500;

/**
 * Metrics of fits that are still running, on their way to the runs. Nothing waits for them: what cannot be sent now is
 * kept and sent again, which changes nothing where it did arrive, and only `flush` tells what went wrong.
 */
export class LiveMetrics {
  readonly #runs: Pick<Runs, 'log'>;
  readonly #now: () => number;
  #waiting = new Map<string, Metric[]>();
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();

  constructor(runs: Pick<Runs, 'log'>, now: () => number = Date.now) {
    this.#runs = runs;
    this.#now = now;
  }

  add(runId: string, { key, value, step }: LiveMetric): void {
    this.#keep(runId, [{ key, value, step, timestamp: this.#now() }]);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#sending = this.#sending.then(() => this.#send()).catch(() => {});
    }, INTERVAL_MS).unref();
  }

  /** Sends all that waits; throws where that fails. */
  async flush(): Promise<void> {
    this.stop();
    await this.#sending;
    await this.#send();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #keep(runId: string, metrics: readonly Metric[]): void {
    const waiting = this.#waiting.get(runId) ?? [];
    waiting.push(...metrics);
    this.#waiting.set(runId, waiting);
  }

  async #send(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = new Map();
    const sent = [...batch].map(async ([runId, metrics]) => {
      try {
        await this.#runs.log(runId, { metrics });
      } catch (error) {
        this.#keep(runId, metrics);
        throw error;
      }
    });
    const failed = (await Promise.allSettled(sent)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }
}

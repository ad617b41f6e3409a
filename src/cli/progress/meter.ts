import { formatAmount, formatTime } from './amounts.ts';
import type { Clock, ProgressEvent } from './sink.ts';

/** The rate is that of the last seconds: a slow start must not make every later estimate too long. */
const WINDOW_MS = 10_000;
const SHORTEST_MS = 500;

export interface Reading {
  /** Between 0 and 1; undefined where nobody knows how much there is. */
  readonly fraction: number | undefined;
  /** `1.2 GB of 3.4 GB`. */
  readonly amount: string;
  /** `12 MB/s`; undefined while there is too little to tell. */
  readonly rate: string | undefined;
  readonly timeLeft: string | undefined;
}

export interface Meter {
  update(event: ProgressEvent): void;
  read(): Reading;
  readonly complete: boolean;
}

/** Follows one piece of work: how far, how fast, how long yet. */
export function createMeter(first: ProgressEvent, now: Clock): Meter {
  const samples: { readonly at: number; readonly done: number }[] = [];
  let event = first;
  const update = (next: ProgressEvent) => {
    event = next;
    const at = now();
    samples.push({ at, done: next.done });
    while (samples.length > 2 && at - (samples[1]?.at ?? at) > WINDOW_MS) samples.shift();
  };
  update(first);
  const perMs = () => {
    const oldest = samples[0];
    const elapsed = oldest ? now() - oldest.at : 0;
    return oldest && elapsed >= SHORTEST_MS ? Math.max(0, (event.done - oldest.done) / elapsed) : undefined;
  };
  return {
    update,
    get complete() {
      return event.total !== undefined && event.done >= event.total;
    },
    read() {
      const { done, total, unit } = event;
      const speed = perMs();
      const amount = formatAmount(done, unit);
      return {
        fraction: total === undefined ? undefined : total <= 0 ? 1 : Math.min(1, Math.max(0, done / total)),
        amount: total === undefined ? amount : `${amount} of ${formatAmount(total, unit)}`,
        rate: speed ? `${formatAmount(speed * 1000, unit)}/s` : undefined,
        timeLeft:
          speed && total !== undefined && total > done ? formatTime(Math.max(1000, (total - done) / speed)) : undefined,
      };
    },
  };
}

/** `45% 1.2 GB of 3.4 GB, 12 MB/s, 3m05s left` */
export function describeReading({ fraction, amount, rate, timeLeft }: Reading): string {
  const percent = fraction === undefined ? '' : `${Math.floor(fraction * 100)}% `;
  return percent + [amount, rate, timeLeft && `${timeLeft} left`].filter(Boolean).join(', ');
}

import type { ReportEvent } from '../../lib/core/report.ts';
import type { OutputSettings } from '../output/settings.ts';
import { writeNow } from '../output/write.ts';
import { formatTime } from './amounts.ts';
import type { Item } from './item.ts';
import { createMeter } from './meter.ts';
import type { Painter } from './painter.ts';
import { type Clock, monotonic, type ProgressEvent, type Sink, type StepEvent } from './sink.ts';
import { createWording, type Wording } from './wording.ts';

/** What is done within this time is not worth a drawing. */
const DELAY_MS = 150;
/** A line about something that took longer says how long. */
const WORTH_TELLING_MS = 1_000;

/**
 * The drawing at a terminal: a line for everything that goes on, redrawn in place, and lines that stay for what ended.
 * The spinner library is loaded only for work that lasts.
 */
export function createLive(settings: OutputSettings, proc: NodeJS.Process, now: Clock = monotonic): Sink {
  return new LiveSink(settings, proc, now);
}

class LiveSink implements Sink {
  readonly #settings: OutputSettings;
  readonly #proc: NodeJS.Process;
  readonly #now: Clock;
  readonly #wording: Wording;
  readonly #items = new Map<string, Item>();
  #painter: Painter | undefined;
  #starting: NodeJS.Timeout | undefined;
  #suspended = 0;
  #stopped = false;
  readonly #onExit = () => this.stop();

  constructor(settings: OutputSettings, proc: NodeJS.Process, now: Clock) {
    this.#settings = settings;
    this.#proc = proc;
    this.#now = now;
    this.#wording = createWording(settings);
  }

  take(event: ReportEvent): void {
    // A remark may come after the work; everything else is about work that nobody watches any more.
    if (this.#stopped && event.type !== 'note') return;
    if (event.type === 'note') this.#say(this.#wording.note(event));
    else if (event.type === 'progress') this.#progress(event);
    else if (event.state === 'start') this.#items.set(event.id, this.#createItem(event.label, true));
    else this.#finish(event);
    this.#refresh();
  }

  async suspend<T>(run: () => Promise<T>): Promise<T> {
    this.#suspended += 1;
    this.#refresh();
    try {
      return await run();
    } finally {
      this.#suspended -= 1;
      this.#refresh();
    }
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#starting);
    this.#painter?.hide();
    this.#proc.off('exit', this.#onExit);
    this.#items.clear();
  }

  #createItem(label: string, isStep: boolean): Item {
    return { label, since: this.#now(), isStep, meter: undefined };
  }

  #progress(event: ProgressEvent): void {
    const item = this.#items.get(event.id) ?? this.#createItem(event.label, false);
    this.#items.set(event.id, item);
    if (item.meter) item.meter.update(event);
    else item.meter = createMeter(event, this.#now);
    if (item.isStep || !item.meter.complete) return;
    this.#items.delete(event.id);
    const amount = item.meter.read().amount.replace(/ of .*/, '');
    this.#say(this.#wording.done(item.label, `${amount}, ${formatTime(this.#now() - item.since)}`));
  }

  #finish(event: StepEvent): void {
    const item = this.#items.get(event.id);
    this.#items.delete(event.id);
    const took = item ? this.#now() - item.since : 0;
    const detail = [event.detail, took >= WORTH_TELLING_MS ? formatTime(took) : undefined].filter(Boolean).join(', ');
    this.#say(this.#wording.step({ ...event, ...(detail ? { detail } : {}) }));
  }

  /** The drawing is brought up to date first: it is redrawn below the line. */
  #say(line: string): void {
    this.#refresh();
    writeNow(this.#proc.stderr, `${line}\n`);
  }

  #refresh(): void {
    if (this.#stopped) return;
    if (this.#painter && this.#items.size > 0 && this.#suspended === 0) this.#painter.show();
    else if (this.#painter) this.#painter.hide();
    else if (this.#items.size > 0) this.#starting ??= setTimeout(() => void this.#start(), DELAY_MS).unref();
  }

  async #start(): Promise<void> {
    const { createPainter } = await import('./painter.ts');
    this.#painter = await createPainter(this.#settings, this.#proc, this.#items, this.#now);
    if (this.#stopped) return;
    // Also when the process is ended from elsewhere: no broken line, no hidden cursor.
    this.#proc.once('exit', this.#onExit);
    this.#refresh();
  }
}

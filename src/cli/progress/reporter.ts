import type { Report, ReportEvent } from '../../lib/core/report.ts';
import { LOG_LEVELS, type OutputSettings } from '../output/settings.ts';
import type { Sink } from './sink.ts';

export interface Reporter {
  readonly report: Report;
  /** Takes the drawing away while somebody else writes on the terminal. */
  suspend<T>(run: () => Promise<T>): Promise<T>;
  /** Clears whatever is drawn and says what is still unsaid; may be called twice. */
  stop(): Promise<void>;
}

/** Nothing is loaded before the first event; those that come meanwhile wait for it in their order. */
export function createReporter(settings: OutputSettings, proc: NodeJS.Process): Reporter {
  const waiting: ReportEvent[] = [];
  let sink: Sink | undefined;
  let loading: Promise<void> | undefined;
  const load = async () => {
    const { chooseSink } = await import('./choose-sink.ts');
    sink = chooseSink(settings, proc);
    for (const event of waiting.splice(0)) sink.take(event);
  };
  return {
    report(event) {
      if (settings.json || settings.quiet || !isWanted(event, settings)) return;
      if (sink) return sink.take(event);
      waiting.push(event);
      loading ??= load();
    },
    async suspend(run) {
      await loading;
      return sink ? sink.suspend(run) : run();
    },
    async stop() {
      await loading;
      sink?.stop();
    },
  };
}

/** Steps and progress are news of level info; a step that failed is never hidden. */
function isWanted(event: ReportEvent, { logLevel }: OutputSettings): boolean {
  const level =
    event.type === 'note' ? event.level : event.type === 'step' && event.state === 'fail' ? 'error' : 'info';
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(logLevel);
}

import type { Report } from '../../lib/core/report.ts';
import type { OutputSettings } from '../output/settings.ts';

export interface Reporter {
  readonly report: Report;
  /** Clears whatever is drawn; may be called twice. */
  stop(): void;
}

export function createReporter(settings: OutputSettings, stream: NodeJS.WriteStream): Reporter {
  return {
    report: event => {
      if (!settings.json && !settings.quiet && event.type === 'note') stream.write(`${event.message}\n`);
    },
    stop() {},
  };
}

import type { OutputSettings } from '../output/settings.ts';
import { createLines } from './lines.ts';
import { createLive } from './live.ts';
import { createLog } from './log.ts';
import type { Sink } from './sink.ts';

/** A log where one was asked for, a drawing where it can be drawn, lines elsewhere. */
export function chooseSink(settings: OutputSettings, proc: NodeJS.Process): Sink {
  if (settings.logFormat === 'json') return createLog(proc);
  return settings.animated ? createLive(settings, proc) : createLines(settings, proc);
}

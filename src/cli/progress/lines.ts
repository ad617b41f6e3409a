import type { SourcePlace } from '../../lib/core/errors.ts';
import { annotate } from '../ci/annotate.ts';
import { cleanText } from '../output/cell.ts';
import type { OutputSettings } from '../output/settings.ts';
import { writeNow } from '../output/write.ts';
import { createMeter, describeReading, type Meter } from './meter.ts';
import { type Clock, monotonic, type NoteEvent, type ProgressEvent, type Sink } from './sink.ts';
import { createThrottle, runAsIs } from './throttle.ts';
import { createWording } from './wording.ts';

/** Plain lines, for pipes, files and CI logs: what begins, what ended, and now and then how far it is. */
export function createLines(settings: OutputSettings, proc: NodeJS.Process, now: Clock = monotonic): Sink {
  const throttle = createThrottle(now);
  const wording = createWording(settings);
  const meters = new Map<string, Meter>();
  const write = (line: string) => writeNow(proc.stderr, `${line}\n`);

  const progress = (event: ProgressEvent) => {
    const meter = meters.get(event.id) ?? createMeter(event, now);
    meters.set(event.id, meter);
    meter.update(event);
    throttle.progress(event, () => write(`${cleanText(event.label, false)}: ${describeReading(meter.read())}`));
    if (meter.complete) meters.delete(event.id);
  };
  return {
    take(event) {
      if (event.type === 'progress') return progress(event);
      if (event.type === 'note')
        return settings.ci === 'github' && event.level === 'warn'
          ? writeNow(proc.stderr, warning(event, proc))
          : write(wording.note(event));
      if (event.state !== 'start') throttle.flush(event.id);
      write(wording.step(event));
    },
    suspend: runAsIs,
    stop: () => throttle.flush(),
  };
}

/** GitHub puts a warning beside the line of the file that it is about. */
function warning({ message, data }: NoteEvent, proc: NodeJS.Process): string {
  const { place, hint } = (data ?? {}) as { place?: SourcePlace; hint?: string };
  return annotate(
    { level: 'warning', message, ...(place ? { place } : {}), ...(hint ? { hint } : {}) },
    proc.env,
    proc.cwd(),
  );
}

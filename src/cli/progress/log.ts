import type { ReportEvent } from '../../lib/core/report.ts';
import { toJson } from '../output/formats/json.ts';
import { writeNow } from '../output/write.ts';
import { type Clock, monotonic, type Sink } from './sink.ts';
import { createThrottle, runAsIs } from './throttle.ts';

/** One JSON object a line: `{"time","level","msg",…}`. */
export function createLog(proc: NodeJS.Process, now: Clock = monotonic): Sink {
  const throttle = createThrottle(now);
  const write = (event: ReportEvent) =>
    writeNow(proc.stderr, `${toJson({ time: new Date().toISOString(), ...fieldsOf(event) })}\n`);
  return {
    take(event) {
      if (event.type === 'progress') return throttle.progress(event, () => write(event));
      if (event.type === 'step' && event.state !== 'start') throttle.flush(event.id);
      write(event);
    },
    suspend: runAsIs,
    stop: () => throttle.flush(),
  };
}

function fieldsOf(event: ReportEvent): Record<string, unknown> {
  switch (event.type) {
    case 'note':
      return { level: event.level, msg: event.message, ...(event.data ? { data: event.data } : {}) };
    case 'step': {
      const { id, label, state, detail } = event;
      return {
        level: state === 'fail' ? 'error' : 'info',
        msg: label,
        step: id,
        state,
        ...(detail === undefined ? {} : { detail }),
      };
    }
    case 'progress': {
      const { id, label, done, total, unit } = event;
      return {
        level: 'info',
        msg: label,
        progress: id,
        done,
        ...(total === undefined ? {} : { total }),
        ...(unit ? { unit } : {}),
      };
    }
  }
}

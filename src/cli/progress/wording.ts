import { cleanText } from '../output/cell.ts';
import type { OutputSettings } from '../output/settings.ts';
import { chooseMarks, createPaint } from '../output/style.ts';
import type { NoteEvent, StepEvent } from './sink.ts';

export interface Wording {
  step(event: StepEvent): string;
  note(event: NoteEvent): string;
  done(label: string, detail: string): string;
}

/** How events read as lines. */
export function createWording({ stderr, unicode }: OutputSettings): Wording {
  const paint = createPaint(stderr.color);
  const marks = chooseMarks(unicode);
  const line = (mark: string, label: string, detail: string | undefined) =>
    `${mark} ${cleanText(label, stderr.color)}${detail ? paint('dim', `: ${cleanText(detail, false)}`) : ''}`;
  const stepMarks = {
    start: paint('dim', marks.more),
    done: paint('green', marks.ok),
    fail: paint('red', marks.bad),
    skip: paint('dim', marks.skip),
  };
  const heads = {
    debug: paint('dim', 'debug: '),
    info: '',
    warn: paint('yellow', 'warning: '),
    error: paint('red', 'error: '),
  };
  return {
    step: ({ label, state, detail }) => line(stepMarks[state], label, detail),
    note: ({ level, message }) => `${heads[level]}${cleanText(message, stderr.color)}`,
    done: (label, detail) => line(stepMarks.done, label, detail),
  };
}

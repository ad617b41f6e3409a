import { writeNow } from '../output/write.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface LiveScreen {
  /** Draws now, after each change of size, and every second. */
  show(draw: (size: Size) => readonly string[]): void;
  /** The terminal is as it was before. */
  close(): void;
}

const OPEN = '\x1b[?1049h\x1b[?25l';
const CLOSE = '\x1b[?25h\x1b[?1049l';
/** Terminals that know these draw a frame as a whole; others ignore them. */
const [BEGIN, END] = ['\x1b[?2026h', '\x1b[?2026l'];
const TICK_MS = 1000;

/**
 * Frames on the other screen of the terminal, which every terminal has and gives back untouched: no count of lines to
 * get wrong when the window changes. A line is written over, never cleared first, so that nothing flickers.
 */
export function openLiveScreen(proc: NodeJS.Process, size: Size): LiveScreen {
  const stream = proc.stderr;
  let draw: ((size: Size) => readonly string[]) | undefined;
  let shown = '';
  let clear = '';
  let isOpen = true;
  const paint = () => {
    if (draw === undefined || !isOpen) return;
    const now = { width: stream.columns || size.width, height: stream.rows || size.height };
    const lines = draw(now).slice(0, now.height);
    const frame = lines.map(line => `${line}\x1b[K`).join('\r\n');
    if (frame === shown) return;
    shown = frame;
    writeNow(stream, `${BEGIN}${clear}\x1b[H${frame}\x1b[J${END}`);
    clear = '';
  };
  const resize = () => {
    // What stood in columns that are gone would come back with them.
    clear = '\x1b[2J';
    shown = '';
    paint();
  };
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    clearInterval(timer);
    stream.off('resize', resize);
    proc.off('exit', close);
    writeNow(stream, CLOSE);
  };
  writeNow(stream, OPEN);
  const timer = setInterval(paint, TICK_MS).unref();
  stream.on('resize', resize);
  // Also when the process is ended from elsewhere.
  proc.once('exit', close);
  return {
    show(next) {
      draw = next;
      paint();
    },
    close,
  };
}

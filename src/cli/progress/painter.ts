import { loadUnicodeRuler } from '../output/ruler.ts';
import type { OutputSettings } from '../output/settings.ts';
import { drawItems } from './bars.ts';
import type { Item } from './item.ts';
import type { Clock } from './sink.ts';

export interface Painter {
  show(): void;
  hide(): void;
}

const FRAME_MS = 100;
const DOTS = { interval: FRAME_MS, frames: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] };
const ASCII = { interval: FRAME_MS, frames: ['-', '\\', '|', '/'] };

/** Draws the items at the bottom of the terminal; what others write meanwhile is put above. */
export async function createPainter(
  settings: OutputSettings,
  proc: NodeJS.Process,
  items: ReadonlyMap<string, Item>,
  now: Clock,
): Promise<Painter> {
  const [{ default: ora }, ruler] = await Promise.all([import('ora'), loadUnicodeRuler()]);
  const spinner = ora({
    stream: proc.stderr,
    spinner: settings.unicode ? DOTS : ASCII,
    color: settings.stderr.color ? 'cyan' : false,
    isEnabled: true,
    // Reading the keyboard is the business of prompts, and Ctrl-C that of the abort listener.
    discardStdin: false,
  });
  let timer: NodeJS.Timeout | undefined;
  const redraw = () => {
    spinner.text = drawItems([...items.values()], {
      width: proc.stderr.columns || settings.stderr.width,
      unicode: settings.unicode,
      ruler,
      now: now(),
    });
  };
  return {
    show() {
      redraw();
      timer ??= setInterval(redraw, FRAME_MS).unref();
      spinner.start();
    },
    hide() {
      clearInterval(timer);
      timer = undefined;
      if (spinner.isSpinning) spinner.stop();
    },
  };
}

import { cleanText } from '../output/cell.ts';
import type { Ruler } from '../output/ruler.ts';
import { formatTime } from './amounts.ts';
import type { Item } from './item.ts';
import type { Reading } from './meter.ts';

export interface Paper {
  readonly width: number;
  readonly unicode: boolean;
  readonly ruler: Ruler;
  readonly now: number;
}

const WIDEST_BAR = 30;
const NARROWEST_BAR = 8;
/** The spinner and a space before the first line; the others are indented alike. */
const INDENT = 2;
/** A step that lasts shows for how long it has. */
const WORTH_TELLING_MS = 3_000;

/** One line for each item, none wider than the terminal: a line that wraps could not be cleared again. */
export function drawItems(items: readonly Item[], paper: Paper): string {
  return items
    .map(item => cut(drawItem(item, paper), paper.width - INDENT - 1, paper.ruler))
    .join(`\n${' '.repeat(INDENT)}`);
}

function drawItem(item: Item, paper: Paper): string {
  const label = cleanText(item.label, false).replaceAll('\n', ' ');
  if (!item.meter) {
    const elapsed = paper.now - item.since;
    return elapsed < WORTH_TELLING_MS ? label : `${label} ${formatTime(elapsed)}`;
  }
  const reading = item.meter.read();
  const tail = [reading.amount, reading.rate, reading.timeLeft && `${reading.timeLeft} left`]
    .filter(Boolean)
    .join('  ');
  const room = paper.width - INDENT - 1 - paper.ruler.width(label) - tail.length - '   100%  '.length;
  return [label, drawBar(reading, Math.min(room, WIDEST_BAR), paper.unicode), tail]
    .filter(part => part !== '')
    .join('  ');
}

function drawBar({ fraction }: Reading, length: number, unicode: boolean): string {
  if (fraction === undefined) return '';
  const percent = `${String(Math.floor(fraction * 100)).padStart(3)}%`;
  if (length < NARROWEST_BAR) return percent.trim();
  const [full, empty] = unicode ? ['━', '╌'] : ['#', '.'];
  const filled = Math.round(fraction * length);
  return `${full.repeat(filled)}${empty.repeat(length - filled)} ${percent}`;
}

function cut(line: string, width: number, ruler: Ruler): string {
  if (ruler.width(line) <= width) return line;
  let text = '';
  let used = 0;
  for (const unit of ruler.units(line)) {
    if (used + unit.width > width) break;
    text += unit.text;
    used += unit.width;
  }
  return text;
}

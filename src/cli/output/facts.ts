import { cleanText } from './cell.ts';
import { chooseRuler } from './ruler.ts';
import { createPaint } from './style.ts';
import type { Page } from './table.ts';
import { wrapText } from './wrap.ts';

/** Below this width a value is put on the line after its name. */
const NARROWEST_VALUE = 16;

/** `name: value` lines with the values below each other; a long value goes on under its beginning. */
export async function drawFacts(pairs: readonly (readonly [string, string])[], page: Page): Promise<string> {
  const paint = createPaint(page.color);
  const clean = pairs.map(([key, value]) => [`${cleanText(key, false)}:`, cleanText(value, page.color)] as const);
  const ruler = await chooseRuler(clean.flat());
  const longest = Math.max(...clean.map(([label]) => ruler.width(label))) + 1;
  const room = page.width === undefined ? Number.POSITIVE_INFINITY : page.width - longest;
  const indent = room < NARROWEST_VALUE ? 2 : longest;
  const lines = clean.flatMap(([label, value]) => {
    const width = page.width === undefined ? Number.POSITIVE_INFINITY : Math.max(page.width - indent, 1);
    const wrapped = wrapText(value, width, ruler);
    const rest = wrapped.map(line => ' '.repeat(indent) + line);
    if (room < NARROWEST_VALUE) return [paint('dim', label), ...rest];
    const gap = ' '.repeat(longest - ruler.width(label));
    return [`${paint('dim', label)}${gap}${wrapped[0] ?? ''}`, ...rest.slice(1)];
  });
  return lines.join('\n');
}

import type { Ruler } from '../output/ruler.ts';

/** The beginning of a text, as much of it as so many columns hold. */
export function cut(text: string, width: number, ruler: Ruler): string {
  let used = 0;
  let kept = '';
  for (const unit of ruler.units(text)) {
    if (used + unit.width > width) break;
    used += unit.width;
    kept += unit.text;
  }
  return kept;
}

import type { Ruler, Unit } from './ruler.ts';

const OFF = '\x1b[0m';

/** Breaks text into lines of at most `width` columns, at spaces where it can; colour is closed and reopened at each break. */
export function wrapText(text: string, width: number, ruler: Ruler): string[] {
  return carryColor(text.split('\n').flatMap(line => wrapLine(line, width, ruler)));
}

function wrapLine(line: string, width: number, ruler: Ruler): string[] {
  if (ruler.width(line) <= width) return [line];
  const lines: string[] = [];
  let current: Unit[] = [];
  for (const unit of ruler.units(line)) {
    if (widthOf(current) + unit.width > width && widthOf(current) > 0) {
      const space = unit.text === ' ' ? current.length : current.findLastIndex(({ text }) => text === ' ');
      const hasWordBefore = space > 0 && widthOf(current.slice(0, space)) > 0;
      lines.push(join(hasWordBefore ? current.slice(0, space) : current));
      current = hasWordBefore ? current.slice(space + 1) : [];
      if (unit.text === ' ') continue;
    }
    current.push(unit);
  }
  if (widthOf(current) > 0 || lines.length === 0) lines.push(join(current));
  else lines.push(`${lines.pop() ?? ''}${join(current)}`);
  return lines;
}

function widthOf(units: readonly Unit[]): number {
  return units.reduce((sum, unit) => sum + unit.width, 0);
}

function join(units: readonly Unit[]): string {
  return units
    .map(unit => unit.text)
    .join('')
    .trimEnd();
}

function carryColor(lines: readonly string[]): string[] {
  let open = '';
  return lines.map(line => {
    const start = open;
    for (const [code] of line.matchAll(/\x1b\[[0-9;]*m/g)) open = isClosing(code) ? '' : open + code;
    const text = start + line;
    return open === '' ? text : text + OFF;
  });
}

/** The codes with which our styles end: bold and dim off, colour off, everything off. */
function isClosing(code: string): boolean {
  return code === OFF || code === '\x1b[22m' || code === '\x1b[39m' || code === '\x1b[m';
}

const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII = ['_', '.', '-', '=', '^'];

/** Values as a row of small columns, the smallest the lowest; a gap where there is no number. */
export function sparkline(values: readonly (number | null)[], unicode: boolean): string {
  const levels = unicode ? BLOCKS : ASCII;
  const known = values.filter(isNumber);
  const low = Math.min(...known);
  const extent = Math.max(...known) - low;
  return values
    .map(value => {
      if (!isNumber(value)) return ' ';
      const share = extent > 0 ? (value - low) / extent : 0.5;
      return levels[Math.min(levels.length - 1, Math.floor(share * levels.length))];
    })
    .join('');
}

function isNumber(value: number | null): value is number {
  return value !== null && Number.isFinite(value);
}

/** A bar of up to `width` columns; the smallest share above nothing is still to be seen. */
export function bar(share: number, width: number, unicode: boolean): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  if (!unicode) return '#'.repeat(Math.max(share > 0 ? 1 : 0, Math.round(eighths / 8)));
  const rest = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths % 8] ?? '';
  const whole = '█'.repeat(Math.floor(eighths / 8)) + rest;
  return whole === '' && share > 0 ? '▏' : whole;
}

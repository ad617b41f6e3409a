import type { ComparedValue, RunComparison } from '../../lib/runs/compare-rows.ts';
import { chooseRuler, type Ruler } from '../output/ruler.ts';
import type { View } from '../output/view.ts';
import { cut } from './cut.ts';
import { formatNumber } from './run-format.ts';
import { bar } from './spark.ts';

const MOST_PLOTTED = 6;
const BAR = 24;
const MARKS = { unicode: '★', plain: '*' };

/** What differs between runs: runs as columns, or as rows where there are too many for the page. */
export async function renderComparison(result: RunComparison, view: View, unicode: boolean): Promise<void> {
  const { runs, values, same, plot } = result;
  if (values.length === 0) view.line(`The ${runs.length} runs say the same in all ${same} things.`);
  else if (fitsAside(result, view.width)) drawAside(result, view, unicode);
  else drawBelow(result, view, unicode);
  if (values.length > 0 && same > 0 && values.every(({ differs }) => differs))
    view.line(view.style.dim(`${same} more are the same in all (--all)`));
  drawBars(result, view, unicode, await chooseRuler(runs.map(({ label }) => label)));
  if (plot !== null) {
    view.line();
    view.line(`${view.style.ok()} Plot in ${plot}`);
  }
}

function fitsAside({ runs, values }: RunComparison, width: number): boolean {
  const names = Math.max(...values.map(({ key }) => key.length)) + 10;
  const columns = runs.map(({ label }, index) =>
    Math.max(label.length, ...values.map(value => showCell(value, index, '*').length)),
  );
  return names + columns.reduce((sum, column) => sum + column + 2, 0) <= width;
}

function drawAside({ runs, values }: RunComparison, view: View, unicode: boolean): void {
  view.table(values, [
    { title: '', value: ({ kind }) => view.style.dim(kind) },
    { title: 'what', value: ({ key }) => key },
    ...runs.map(({ label }, index) => ({
      title: label,
      value: (value: ComparedValue) => styled(value, index, view, unicode),
      align: 'right' as const,
    })),
  ]);
}

/** One row for each run. What does not fit is told one below the other by the table itself. */
function drawBelow({ runs, values }: RunComparison, view: View, unicode: boolean): void {
  view.table(
    [...runs.keys()],
    [
      { title: 'run', value: index => runs[index]?.label },
      ...values.map(value => ({
        title: value.key,
        value: (index: number) => styled(value, index, view, unicode),
        align: 'right' as const,
      })),
    ],
  );
}

function styled(value: ComparedValue, index: number, view: View, unicode: boolean): string {
  const text = showCell(value, index, unicode ? MARKS.unicode : MARKS.plain);
  return value.best.includes(index) ? view.style.bold(text) : text;
}

function showCell(value: ComparedValue, index: number, mark: string): string {
  const cell = value.values[index] ?? null;
  const text = cell === null ? '-' : typeof cell === 'number' ? formatNumber(cell) : cell;
  return value.best.includes(index) ? `${text} ${mark}` : text;
}

/** The metrics that say which way is better, as bars on a scale that starts at 0 where it can. */
function drawBars({ runs, values }: RunComparison, view: View, unicode: boolean, ruler: Ruler): void {
  const judged = values.filter(({ kind, differs, better }) => kind === 'metric' && differs && better !== null);
  if (judged.length === 0 || runs.length > 20) return;
  const mark = unicode ? MARKS.unicode : MARKS.plain;
  const room = Math.max(8, Math.min(BAR, view.width - 40));
  for (const value of judged.slice(0, MOST_PLOTTED)) {
    view.heading(`${value.key} (${value.better === 'more' ? 'more' : 'less'} is better)`);
    const most = Math.max(...value.values.map(cell => (typeof cell === 'number' ? Math.abs(cell) : 0)));
    const names = runs.map(({ label }) => cut(label, 24, ruler));
    const wide = Math.max(...names.map(name => ruler.width(name)));
    const numbers = runs.map((_, index) => showCell(value, index, mark));
    const longest = Math.max(...numbers.map(text => text.length));
    for (const [index, name] of names.entries()) {
      const number = (numbers[index] ?? '').padEnd(longest);
      const isBest = value.best.includes(index);
      const drawn = drawBar(value.values[index] ?? null, most, room, unicode);
      const gap = ' '.repeat(wide - ruler.width(name));
      view.line(`${name}${gap}  ${isBest ? view.style.bold(number) : number}  ${drawn}`.trimEnd());
    }
  }
}

function drawBar(cell: string | number | null, most: number, room: number, unicode: boolean): string {
  return typeof cell === 'number' && most > 0 ? bar(Math.abs(cell) / most, room, unicode) : '';
}

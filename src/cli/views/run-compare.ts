import type { ComparedValue, RunComparison } from '../../lib/runs/compare-rows.ts';
import { chooseRuler, type Ruler } from '../output/ruler.ts';
import type { View } from '../output/view.ts';
import { cut } from './cut.ts';
import { formatNumber, shortId } from './run-format.ts';
import { bar } from './spark.ts';

const MOST_PLOTTED = 6;
const BAR = 24;
/** No cell is wider: paths and digests would push the runs apart. */
const CELL = 14;
const NAME = 24;
const GAP = 2;

interface Pen {
  readonly view: View;
  readonly unicode: boolean;
  readonly ruler: Ruler;
}

/** What differs between runs: a column for each run, in blocks of as many as the page has room for. */
export async function renderComparison(result: RunComparison, view: View, unicode: boolean): Promise<void> {
  const { runs, values, same, plot } = result;
  const texts = values.flatMap(({ key, values: cells }) => [key, ...cells.map(String)]);
  const pen = { view, unicode, ruler: await chooseRuler([...runs.map(({ label }) => label), ...texts]) };
  if (values.length === 0) view.line(`The ${runs.length} runs say the same in all ${same} things.`);
  else drawBlocks(result, pen);
  if (values.length > 0 && same > 0 && values.every(({ differs }) => differs))
    view.line(view.style.dim(`${same} more are the same in all (--all)`));
  drawBars(result, pen);
  if (plot !== null) {
    view.line();
    view.line(`${view.style.ok()} Plot in ${plot}`);
  }
}

function drawBlocks(result: RunComparison, pen: Pen): void {
  const { values, runs } = result;
  const { view, ruler } = pen;
  const kinds = Math.max(...values.map(({ kind }) => kind.length));
  const keys = Math.max(...values.map(({ key }) => ruler.width(shorten(key, pen, NAME))));
  const cells = (index: number) => values.map(value => ruler.width(showCell(value, index, pen)));
  const widths = runs.map(
    (_, index) => GAP + Math.max(ruler.width(titleOf(result, index, pen, CELL)), ...cells(index)),
  );
  const room = view.width - kinds - GAP - keys;
  for (let from = 0; from < runs.length; ) {
    let to = from + 1;
    for (let used = widths[from] ?? 0; to < runs.length; to += 1) {
      used += widths[to] ?? 0;
      if (used > room) break;
    }
    if (from > 0) view.line();
    drawBlock(result, [...runs.keys()].slice(from, to), pen);
    from = to;
  }
}

function drawBlock(result: RunComparison, shown: readonly number[], pen: Pen): void {
  const { view } = pen;
  // What only runs of other blocks have says nothing here.
  const said = result.values.filter(({ values }) => shown.some(index => (values[index] ?? null) !== null));
  view.table(said, [
    { title: '', value: ({ kind }) => view.style.dim(kind) },
    { title: 'what', value: ({ key }) => shorten(key, pen, NAME) },
    ...shown.map(index => ({
      title: titleOf(result, index, pen, CELL),
      value: (value: ComparedValue) => {
        const text = showCell(value, index, pen);
        return value.best.includes(index) ? view.style.bold(text) : text;
      },
      align: 'right' as const,
    })),
  ]);
}

/** The name of a run, or as much of it as leaves room for its id. */
function titleOf({ runs }: RunComparison, index: number, pen: Pen, most: number): string {
  const { label = '', name = '', runId = '' } = runs[index] ?? {};
  if (pen.ruler.width(label) <= most) return label;
  const id = shortId(runId);
  return `${shorten(name, pen, most - id.length - 1)} ${id}`;
}

function showCell(value: ComparedValue, index: number, pen: Pen): string {
  const cell = value.values[index] ?? null;
  const text = cell === null ? '-' : typeof cell === 'number' ? formatNumber(cell) : showText(value.kind, cell, pen);
  return value.best.includes(index) ? `${text} ${pen.unicode ? '★' : '*'}` : text;
}

/** Of data the beginning of the digest is left: whether two runs read the same is what counts. */
function showText(kind: ComparedValue['kind'], text: string, pen: Pen): string {
  const digest = /\(([0-9a-f]{8})[0-9a-f]*\)$/.exec(text)?.[1];
  if (kind === 'dataset' && digest !== undefined && pen.ruler.width(text) > CELL) return digest;
  return shorten(text, pen, CELL);
}

/** The whole of it is in the JSON. */
function shorten(text: string, { ruler, unicode }: Pen, most: number): string {
  const mark = unicode ? '…' : '..';
  return ruler.width(text) <= most ? text : `${cut(text, most - mark.length, ruler)}${mark}`;
}

/** The metrics that say which way is better, as bars on a scale that starts at 0 where it can. */
function drawBars(result: RunComparison, pen: Pen): void {
  const { runs, values } = result;
  const { view, unicode, ruler } = pen;
  const judged = values.filter(({ kind, differs, better }) => kind === 'metric' && differs && better !== null);
  if (judged.length === 0 || runs.length > 20) return;
  const room = Math.max(8, Math.min(BAR, view.width - 40));
  const names = runs.map((_, index) => titleOf(result, index, pen, NAME));
  const wide = Math.max(...names.map(name => ruler.width(name)));
  for (const value of judged.slice(0, MOST_PLOTTED)) {
    view.heading(`${value.key} (${value.better === 'more' ? 'more' : 'less'} is better)`);
    const most = Math.max(...value.values.map(cell => (typeof cell === 'number' ? Math.abs(cell) : 0)));
    const numbers = runs.map((_, index) => showCell(value, index, pen));
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

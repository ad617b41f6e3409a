import { cleanText, formatValue } from './cell.ts';
import { fitWidths } from './fit-widths.ts';
import { chooseRuler, type Ruler } from './ruler.ts';
import { createPaint } from './style.ts';
import type { Column } from './view.ts';
import { wrapText } from './wrap.ts';

export interface Page {
  /** Columns of the terminal; unlimited for pipes and files, where nothing is cut or wrapped. */
  readonly width: number | undefined;
  readonly color: boolean;
}

interface Cells {
  readonly head: string[];
  readonly rows: string[][];
  readonly aligns: ('left' | 'right')[];
}

const GAP = '  ';

/** A table without borders, one line per row where the page is wide enough. */
export async function drawTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  page: Page,
): Promise<string> {
  const cells = fillCells(rows, columns, page);
  const ruler = await chooseRuler([...cells.head, ...cells.rows.flat()]);
  const natural = cells.head.map((title, index) =>
    Math.max(...[title, ...cells.rows.map(row => row[index] ?? '')].map(text => widestLine(text, ruler))),
  );
  const room = page.width === undefined ? Number.POSITIVE_INFINITY : page.width - GAP.length * (columns.length - 1);
  const widths = fitWidths(natural, room);
  if (widths === undefined) return drawRecords(cells, page, ruler);
  const wrapped = {
    ...cells,
    head: wrapRow(cells.head, widths, ruler),
    rows: cells.rows.map(row => wrapRow(row, widths, ruler)),
  };
  return layOut(wrapped, widths, page, ruler);
}

function fillCells<Row>(rows: readonly Row[], columns: readonly Column<Row>[], page: Page): Cells {
  const clean = (text: string) => {
    const safe = cleanText(text, page.color);
    // A line break inside a cell would make two records of one for whoever reads the pipe.
    return page.width === undefined ? safe.replaceAll('\n', ' ') : safe;
  };
  const values = rows.map(row => columns.map(column => column.value(row)));
  return {
    head: columns.map(column => clean(column.title)),
    rows: values.map(row => row.map(value => clean(formatValue(value)))),
    aligns: columns.map(
      ({ align }, index) => align ?? (holdsNumbers(values.map(row => row[index])) ? 'right' : 'left'),
    ),
  };
}

function holdsNumbers(values: readonly unknown[]): boolean {
  const given = values.filter(value => value !== null && value !== undefined);
  return given.length > 0 && given.every(value => typeof value === 'number' || typeof value === 'bigint');
}

function widestLine(text: string, ruler: Ruler): number {
  return Math.max(...text.split('\n').map(line => ruler.width(line)));
}

function wrapRow(row: readonly string[], widths: readonly number[], ruler: Ruler): string[] {
  return row.map((text, index) => wrapText(text, widths[index] ?? text.length, ruler).join('\n'));
}

async function layOut({ head, rows, aligns }: Cells, colWidths: number[], page: Page, ruler: Ruler): Promise<string> {
  const { default: Table } = await import('cli-table3');
  const paint = createPaint(page.color);
  const cover = createCover(ruler);
  const table = new Table({
    head: head.map(title => cover.hide(paintLines(title, line => paint('bold', line)))),
    colWidths,
    colAligns: aligns,
    chars: { ...NO_BORDER, middle: GAP },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map(row => row.map(text => cover.hide(text))));
  const lines = table.toString().split('\n');
  return lines.map(line => cover.show(line).replace(/\s+$/, '')).join('\n');
}

const NO_BORDER = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
  ].map(name => [name, '']),
);

function paintLines(text: string, paint: (line: string) => string): string {
  return text.split('\n').map(paint).join('\n');
}

const FIRST_COVER = 0xf0000;
const FILLER = '\u{10fffd}';

/**
 * The table library measures with an old table of widths and is wrong about newer emoji. While it lays out, every
 * character that is not ASCII is replaced by as many one-column private ones as it takes columns on the screen.
 */
function createCover(ruler: Ruler) {
  const hidden: string[] = [];
  const codes = new Map<string, string>();
  const codeOf = (text: string) => {
    const known = codes.get(text) ?? String.fromCodePoint(FIRST_COVER + hidden.length);
    if (!codes.has(text)) hidden.push(text);
    codes.set(text, known);
    return known;
  };
  return {
    hide: (text: string) =>
      text
        .split('\n')
        .map(line =>
          ruler
            .units(line)
            .map(unit =>
              isAscii(unit.text)
                ? unit.text
                : unit.width === 0
                  ? ''
                  : codeOf(unit.text) + FILLER.repeat(unit.width - 1),
            )
            .join(''),
        )
        .join('\n'),
    show: (line: string) =>
      line
        .replaceAll(FILLER, '')
        .replace(/[\u{f0000}-\u{ffffd}]/gu, code => hidden[(code.codePointAt(0) ?? FIRST_COVER) - FIRST_COVER] ?? ''),
  };
}

function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}

/** For a page too narrow for columns: one block per row, `title: value` on each line. */
function drawRecords({ head, rows }: Cells, page: Page, ruler: Ruler): string {
  const paint = createPaint(page.color);
  const width = Math.max(page.width ?? 0, 8);
  const record = (row: readonly string[]) =>
    row.flatMap((text, index) => {
      const [first = '', ...rest] = wrapText(`${head[index]}: ${text}`, width, ruler);
      const label = `${head[index]}:`;
      return [first.startsWith(label) ? paint('bold', label) + first.slice(label.length) : first, ...rest];
    });
  return rows.map(row => record(row).join('\n')).join('\n\n');
}

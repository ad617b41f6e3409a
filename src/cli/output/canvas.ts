import { redactor } from '../../lib/core/redact.ts';
import { cleanText, formatValue } from './cell.ts';
import type { OutputSettings } from './settings.ts';
import { createPaint, createStyle } from './style.ts';
import type { Column, View } from './view.ts';

export interface Canvas {
  readonly view: View;
  /** Everything drawn, as text. Nothing is printed before: a render that fails half-way leaves no half result. */
  compose(): Promise<{ readonly text: string; readonly asides: string }>;
}

type Block = () => string | Promise<string>;

/** Records what a command draws; the heavy parts of layout are loaded at the end, and only when a block needs them. */
export function createCanvas(settings: OutputSettings): Canvas {
  const blocks: Block[] = [];
  const asides: string[] = [];
  const paint = createPaint(settings.color);
  const page = { width: settings.terminal ? settings.width : undefined, color: settings.color };
  const clean = (text: string) => cleanText(text, settings.color);
  const view: View = {
    width: settings.width,
    style: createStyle(settings.color, settings.unicode),
    line: (text = '') => void blocks.push(() => clean(text)),
    verbatim: text => void blocks.push(() => redactor.redact(text)),
    heading(text) {
      const gap = blocks.length > 0 ? '\n' : '';
      blocks.push(() => gap + paint('bold', clean(text)));
    },
    table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]) {
      blocks.push(async () => (await import('./table.ts')).drawTable(rows, columns, page));
    },
    facts(pairs) {
      const given = Object.entries(pairs).filter(([, value]) => value !== undefined);
      if (given.length > 0)
        blocks.push(async () =>
          (await import('./facts.ts')).drawFacts(
            given.map(([key, value]) => [key, formatValue(value)]),
            page,
          ),
        );
    },
    next(commands) {
      if (commands.length === 0) return;
      const gap = blocks.length > 0 ? '\n' : '';
      blocks.push(() =>
        [`${gap}${paint('bold', 'Next:')}`, ...commands.map(command => `  ${paint('cyan', clean(command))}`)].join(
          '\n',
        ),
      );
    },
    aside: text => void asides.push(cleanText(text, false)),
  };
  return {
    view,
    async compose() {
      const texts: string[] = [];
      for (const block of blocks) texts.push(`${await block()}\n`);
      const text = texts.join('');
      return {
        text: settings.ci === 'github' ? breakCommands(text) : text,
        asides: asides.map(text => `${text}\n`).join(''),
      };
    },
  };
}

/** GitHub takes a line that begins with two colons for an order, wherever it came from: a name, a file, a model. */
function breakCommands(text: string): string {
  return text.replace(/^(\s*):(?=:)/gm, '$1:\u200B');
}

import { SentopsError } from '../../core/errors.ts';

/** What was read: a filter, or one entry of an order. */
export interface Source {
  readonly what: 'filter' | 'order';
  readonly text: string;
}

const WIDEST = 100;

/**
 * An error that points at a place of a filter. Columns count characters from 1. The hint shows the text with a mark
 * below the place, cut where it is long, and what to do.
 */
export function placeError(
  { what, text }: Source,
  index: number,
  problem: string,
  options: { readonly advice?: string | undefined; readonly length?: number } = {},
): SentopsError {
  const column = [...text.slice(0, index)].length + 1;
  const mark = markPlace(text, column, options.length ?? 1);
  return new SentopsError('FLAG_INVALID', `${what}, column ${column}: ${problem}`, {
    hint: options.advice === undefined ? mark : `${options.advice}\n${mark}`,
    details: { [what]: text, column },
  });
}

function markPlace(text: string, column: number, length: number): string {
  const characters = [...text.replace(/\s/g, ' ')];
  const start =
    characters.length <= WIDEST ? 0 : Math.max(0, Math.min(column - 1 - WIDEST / 2, characters.length - WIDEST));
  const shown = characters.slice(start, start + WIDEST).join('');
  const width = Math.max(1, Math.min(length, WIDEST - (column - 1 - start)));
  return `  ${shown}\n  ${' '.repeat(column - 1 - start)}${'^'.repeat(width)}`;
}

import { SentopsError } from '../../lib/core/errors.ts';
import type { OutputSettings } from '../output/settings.ts';
import { isTerminal } from '../output/streams.ts';

type Form = 'items' | 'jsonl' | 'csv' | 'labels';

/**
 * In which form scored rows leave: as one result that is drawn at the end, or line by line. JSON lines are the usual
 * form; texts typed at a terminal get something to read.
 */
export function chooseForm(
  settings: OutputSettings,
  asked: string | undefined,
  isTyped: boolean,
  file: string | undefined,
): { readonly form: Form; readonly isChosen: boolean } {
  const { format, quiet, json } = settings;
  const isFile = file !== undefined && file !== '-';
  if (format === 'csv' || format === 'jsonl') return { form: format, isChosen: true };
  if (isFile) return { form: 'jsonl', isChosen: false };
  if (!json && (quiet || format === 'ids')) return { form: 'labels', isChosen: true };
  if (format !== 'table' || asked === 'table') return { form: 'items', isChosen: true };
  return { form: isTyped && settings.terminal ? 'items' : 'jsonl', isChosen: false };
}

/** Somebody at a terminal who gives no text would wait for ever; from a pipe the rows are asked for with -i -. */
export function refuseNothing(texts: readonly string[], input: string | undefined): void {
  if (texts.length > 0 && input !== undefined)
    throw new SentopsError('USAGE', 'texts and --input cannot be scored together', {
      hint: 'give the texts, or the file with -i',
    });
  if (texts.length > 0 || (input !== undefined && (input !== '-' || !isTerminal(0, process)))) return;
  const message =
    input === '-' ? 'standard input is a terminal: there are no rows to read' : 'there is nothing to score';
  throw new SentopsError('USAGE', message, {
    hint: 'give texts as arguments, a file with -i FILE, or rows from a pipe with -i -',
  });
}

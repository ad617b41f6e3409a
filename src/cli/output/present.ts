import { redactor } from '../../lib/core/redact.ts';
import { toJson } from './formats/json.ts';
import type { ReadyColumn, Rows, Table } from './records.ts';
import type { OutputSettings } from './settings.ts';
import type { View } from './view.ts';
import { writeOutput, writeText } from './write.ts';

export interface Presentation {
  /** The object that --json prints. */
  readonly envelope: object;
  /** Columns of a list for CSV and Markdown; what its rows hold where absent. */
  readonly columns?: readonly ReadyColumn[];
  /** What CSV and Markdown hold where the result is no list but about several things. */
  readonly rows?: Rows;
  /** The result stands on standard output already, line by line: only what is said beside it is left. */
  readonly streamed?: boolean;
  render(view: View): void | Promise<void>;
  ids(): readonly string[];
}

/** Prints a result in the format that was asked for; resolves when the reader has all of it. */
export async function present(
  result: object,
  settings: OutputSettings,
  proc: NodeJS.Process,
  how: Presentation,
): Promise<void> {
  if (how.streamed) return settings.quiet ? undefined : draw(settings, proc, how);
  if (!settings.json && (settings.quiet || settings.format === 'ids')) return writeOutput(proc, listIds(how));
  if (settings.format === 'table') return draw(settings, proc, how);
  await writeOutput(proc, await encode(result, settings, how));
}

function listIds(how: Presentation): string {
  return how
    .ids()
    .map(id => `${id}\n`)
    .join('');
}

async function draw(settings: OutputSettings, proc: NodeJS.Process, how: Presentation): Promise<void> {
  const { createCanvas } = await import('./canvas.ts');
  const canvas = createCanvas(settings);
  await how.render(canvas.view);
  const { text, asides } = await canvas.compose();
  await writeOutput(proc, text);
  if (asides !== '') await writeText(proc.stderr, asides);
}

async function encode(result: object, settings: OutputSettings, how: Presentation): Promise<string> {
  switch (settings.format) {
    case 'yaml':
      return (await import('./formats/yaml.ts')).toYaml(hideSecrets(how.envelope));
    case 'csv':
    case 'md':
      return encodeTable(result, settings.format, how);
    case 'jsonl': {
      const { isList } = await import('./records.ts');
      const rows = isList(how.envelope) ? how.envelope.items : [how.envelope];
      return rows.map(row => `${toJson(row)}\n`).join('');
    }
    default:
      return `${toJson(how.envelope, 2)}\n`;
  }
}

async function encodeTable(result: object, format: 'csv' | 'md', how: Presentation): Promise<string> {
  const { isList, readyColumns, tabulate, transpose } = await import('./records.ts');
  if (how.rows) {
    const columns = readyColumns(Object.fromEntries(how.rows.columns.map(key => [key, {}])));
    return drawTable(tabulate(hideSecrets({ items: how.rows.items }) as object, columns), format);
  }
  const table = tabulate(hideSecrets(result) as object, how.columns);
  return drawTable(format === 'csv' || isList(result) ? table : transpose(table), format);
}

async function drawTable(table: Table, format: 'csv' | 'md'): Promise<string> {
  if (format === 'csv') return (await import('./formats/csv.ts')).toCsv(table);
  return (await import('./formats/markdown.ts')).toMarkdown(table);
}

/** Before quoting, for a format whose quoting would change a secret so that it is no longer found in the text. */
function hideSecrets(value: unknown): unknown {
  if (typeof value === 'string') return redactor.redact(value);
  if (Array.isArray(value)) return value.map(hideSecrets);
  if (typeof value !== 'object' || value === null || value instanceof Date || 'toJSON' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hideSecrets(item)]));
}

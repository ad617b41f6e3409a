import type { TableFormat } from '../lib/data/write/table-kind.ts';
import type { Context } from './base-command.ts';
import { SentopsError } from './errors.ts';
import { Flags } from './framework.ts';
import { worldOf } from './world.ts';

const FORMATS = ['csv', 'jsonl', 'parquet'] as const;

/** Flags of the commands that read rows and write rows. */
export const rowToolFlags = {
  to: Flags.string({
    summary: 'Type of what is written; by its name where absent.',
    options: [...FORMATS],
  }),
  'text-column': Flags.string({ summary: 'Column of the text; found by its name where absent.', helpValue: 'NAME' }),
  'label-column': Flags.string({ summary: 'Column of the label; found by its name where absent.', helpValue: 'NAME' }),
  header: Flags.boolean({ summary: 'Begin a CSV with the names of its columns.', allowNo: true }),
  force: Flags.boolean({ summary: 'Replace files that are there.' }),
};

export const rowsOutput = Flags.string({
  char: 'o',
  summary:
    'File or URI to write: .csv or .jsonl, with .gz or .zst behind it to compress, or .parquet; - for standard output.',
  helpValue: 'FILE',
  required: true,
});

type RowToolContext = Pick<Context, 'request' | 'signal' | 'report' | 'stream' | 'output' | 'loadProject'> & {
  readonly args: { readonly input: string };
  readonly flags: {
    readonly to?: string | undefined;
    readonly 'text-column'?: string | undefined;
    readonly 'label-column'?: string | undefined;
    readonly header?: boolean | undefined;
    readonly force?: boolean | undefined;
    readonly 'dry-run'?: boolean | undefined;
    readonly output?: string | undefined;
  };
};

/** What the library is asked with, without what is particular to one command. */
export function rowToolRequest(context: RowToolContext) {
  const { args, flags } = context;
  const format = flags.output === '-' ? rowsOnly(context.output.format) : undefined;
  return {
    input: args.input,
    to: formatOf(flags.to) ?? format,
    textColumn: flags['text-column'],
    labelColumn: flags['label-column'],
    header: flags.header,
    force: flags.force === true,
    dryRun: flags['dry-run'] === true,
    ...worldOf(context),
    loadProject: (sections: readonly string[]) => context.loadProject(sections),
    stream: context.stream,
  };
}

function formatOf(name: string | undefined): TableFormat | undefined {
  return FORMATS.find(format => format === name);
}

/** Rows on standard output leave no room for a result beside them. */
function rowsOnly(format: string): TableFormat | undefined {
  if (format === 'csv' || format === 'jsonl') return format;
  if (format !== 'json' && format !== 'yaml' && format !== 'md') return undefined;
  throw new SentopsError(
    'USAGE',
    `--output - prints the rows themselves: there is no place for a result as ${format}`,
    {
      hint: 'leave the format out, say --to jsonl for JSON lines, or write to a file',
    },
  );
}

export function readShare(flag: string, value: string): number {
  const share = value.trim() === '' ? Number.NaN : Number(value);
  if (share >= 0 && share <= 1) return share;
  throw new SentopsError('FLAG_INVALID', `--${flag}: ${value} is no share`, {
    hint: 'give a number from 0 to 1, such as 0.3',
    details: { flag: `--${flag}`, value },
  });
}

import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { SentopsError } from '../../cli/errors.ts';
import { Flags } from '../../cli/framework.ts';
import type { View } from '../../cli/output/view.ts';
import type { GeneratedReviews } from '../../lib/data/generate/write-reviews.ts';

export type Result = GeneratedReviews;

export default class DatasetGenerate extends SentopsCommand<Result> {
  static override summary = 'Write a set of synthetic labelled reviews, for trials and tests.';
  static override description =
    `The reviews are made up by a program: products, aspects, opinions, negations, contradictions and typing errors put together by chance. They show that a pipeline works; how well a model does on them says nothing about real texts.
The same seed gives the same rows, and fewer rows are the beginning of more.`;
  static override examples = [
    '<%= config.bin %> dataset generate --rows 10000 --output reviews.csv',
    '<%= config.bin %> dataset generate --rows 1000000 --seed 7 --classes 3 --output reviews.jsonl.gz',
    '<%= config.bin %> dataset generate --rows 20 --output -',
  ];
  static override flags = {
    rows: Flags.integer({ summary: 'Number of reviews.', default: 10_000, min: 1, helpValue: 'N' }),
    seed: Flags.integer({ summary: 'Seed of the chance that makes them.', default: 42, min: 0, helpValue: 'N' }),
    classes: Flags.integer({ summary: 'Number of labels, 2 to 5.', default: 2, min: 2, max: 5, helpValue: 'N' }),
    output: Flags.string({
      char: 'o',
      summary: 'File to write, .csv or .jsonl, with .gz or .zst behind it to compress; - for standard output.',
      helpValue: 'FILE',
      required: true,
    }),
    type: Flags.string({ summary: 'Type of the file; by its name where absent.', options: ['csv', 'jsonl'] }),
    'label-noise': Flags.string({ summary: 'Share of rows that get a wrong label (default 0).', helpValue: 'SHARE' }),
    'positive-share': Flags.string({
      summary: 'Share of the most positive label; all labels are equally frequent where absent.',
      helpValue: 'SHARE',
    }),
    force: Flags.boolean({ summary: 'Replace a file that is there.' }),
  };

  protected async work(context: Context<typeof DatasetGenerate>): Promise<Result> {
    const { flags, output, request, signal, report, stream } = context;
    const type = flags.type ?? (flags.output === '-' ? rowsOnly(output.format) : undefined);
    const { writeReviews } = await import('../../lib/data/generate/write-reviews.ts');
    const labelNoise = readShare('label-noise', flags['label-noise']);
    const positiveShare = readShare('positive-share', flags['positive-share']);
    return writeReviews({
      rows: flags.rows,
      seed: flags.seed,
      classes: flags.classes,
      output: flags.output,
      force: flags.force === true,
      dryRun: flags['dry-run'] === true,
      cwd: request.cwd,
      signal,
      report,
      stream,
      ...(type === 'csv' || type === 'jsonl' ? { type } : {}),
      ...(labelNoise === undefined ? {} : { labelNoise }),
      ...(positiveShare === undefined ? {} : { positiveShare }),
    });
  }

  protected render({ path, rows, labels, written }: Result, view: View): void {
    const counts = Object.entries(labels).map(([name, count]) => `${count} ${name}`);
    const line = `${written ? 'wrote' : 'would write'} ${rows} synthetic reviews (${counts.join(', ')})`;
    if (path === '-') view.aside(line);
    else view.line(`${line} to ${path}`);
  }

  protected override ids({ path }: Result): readonly string[] {
    return path === '-' ? [] : [path];
  }
}

/** Rows on standard output leave no room for a result beside them. */
function rowsOnly(format: string): string | undefined {
  if (format === 'csv' || format === 'jsonl') return format;
  if (format !== 'json' && format !== 'yaml' && format !== 'md') return undefined;
  throw new SentopsError(
    'USAGE',
    `--output - prints the rows themselves: there is no place for a result as ${format}`,
    {
      hint: 'leave the format out for CSV, add --type jsonl for JSON lines, or write to a file',
    },
  );
}

function readShare(flag: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const share = value.trim() === '' ? Number.NaN : Number(value);
  if (share >= 0 && share < 1) return share;
  throw new SentopsError('FLAG_INVALID', `--${flag}: ${value} is no share`, {
    hint: 'give a number from 0 up to, not including, 1',
    details: { flag: `--${flag}`, value },
  });
}

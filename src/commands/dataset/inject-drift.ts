import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { readShare, rowsOutput, rowToolFlags, rowToolRequest } from '../../cli/row-tool-flags.ts';
import type { DriftKind, InjectedDrift } from '../../lib/data/inject-drift/inject-drift.ts';

export type Result = InjectedDrift;

const KINDS: readonly DriftKind[] = ['vocabulary', 'length', 'label', 'noise'];

export default class DatasetInjectDrift extends SentopsCommand<Result> {
  static override summary = 'Change a data set as the world might, to see whether monitoring notices.';
  static override description =
    `vocabulary: that share of the words becomes words nobody has used; the same word always the same one. length: texts are cut to their first words, at full strength to a tenth of them. noise: that share of the words gets a typing error. label: that share of the rows with any label but the rarest is left out, so that the balance shifts while texts and labels stay true.
The same seed changes the same rows in the same way.`;
  static override examples = [
    '<%= config.bin %> dataset inject-drift reviews.csv --kind vocabulary --strength 0.3 -o drifted.csv',
    '<%= config.bin %> dataset inject-drift reviews.parquet --kind label --strength 0.5 -o drifted.parquet',
  ];
  static override args = {
    input: requiredArg({ description: 'File, folder of part files or URI; - for standard input.' }),
  };
  static override flags = {
    kind: Flags.string({ summary: 'What changes.', options: [...KINDS], required: true }),
    strength: Flags.string({ summary: 'How much, from 0 to 1.', default: '0.5', helpValue: 'SHARE' }),
    seed: Flags.integer({ summary: 'Seed of the chance that changes rows.', default: 42, min: 0, helpValue: 'N' }),
    ...rowToolFlags,
    output: rowsOutput,
  };

  protected async work(context: Context<typeof DatasetInjectDrift>): Promise<Result> {
    const { flags } = context;
    const { injectDrift } = await import('../../lib/data/inject-drift/inject-drift.ts');
    return injectDrift({
      ...rowToolRequest(context),
      output: flags.output,
      kind: KINDS.find(kind => kind === flags.kind) ?? 'vocabulary',
      strength: readShare('strength', flags.strength),
      seed: flags.seed,
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderDrift } = await import('../../cli/views/row-tools.ts');
    renderDrift(result, view);
  }

  protected override ids({ path }: Result): readonly string[] {
    return path === '-' ? [] : [path];
  }

  protected override rows({ before, after }: Result): Rows {
    const items = [
      { side: 'before', ...before },
      { side: 'after', ...after },
    ];
    return { columns: ['side', 'rows', 'textLength', 'wordCount'], items };
  }
}

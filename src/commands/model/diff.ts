import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { ModelDifference } from '../../lib/model/diff.ts';

export type Result = ModelDifference;

export default class ModelDiff extends SentopsCommand<Result> {
  static override summary = 'Compare two models: stages, parameters, coefficients, and what they predict.';
  static override description =
    'With --data both judge the texts of a file: how many predictions change, which way, with examples. Numbers are compared bit by bit, whichever way each folder stores them.';
  static override examples = [
    '<%= config.bin %> model diff models/ngram spark-model',
    '<%= config.bin %> model diff models:/reviews/3 models:/reviews@champion',
    '<%= config.bin %> model diff old-model new-model --data reviews.csv --json',
  ];
  static override args = {
    from: requiredArg({ description: 'Model folder, or a models:/ or runs:/ URI, to compare from.' }),
    to: requiredArg({ description: 'Model folder, or a models:/ or runs:/ URI, to compare with.' }),
  };
  static override flags = {
    data: Flags.string({
      char: 'i',
      aliases: ['input'],
      summary: 'File with texts to let both judge.',
      helpValue: 'FILE',
    }),
    ...fieldFlags(['mlflow.trackingUri']),
    'text-column': Flags.string({ summary: 'Column of the text; found by its name where absent.', helpValue: 'NAME' }),
  };

  protected async work(context: Context<typeof ModelDiff>): Promise<Result> {
    const { args, flags } = context;
    const { fetchNamed } = await import('../../lib/score/find-model.ts');
    const { runDiff } = await import('../../lib/model/run-diff.ts');
    const choice = { loadProject: (sections: readonly string[]) => context.loadProject(sections), ...worldOf(context) };
    return runDiff({
      from: (await fetchNamed(args.from, choice)).place,
      to: (await fetchNamed(args.to, choice)).place,
      input: flags.data,
      textColumn: flags['text-column'],
      math: 'hotspot-x64',
      ...choice,
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderDifference } = await import('../../cli/views/model.ts');
    renderDifference(result, view);
  }

  protected override rows({ stages }: Result): Rows {
    return { columns: ['index', 'from', 'to', 'params', 'arrays'], items: stages };
  }

  protected override ids({ stages }: Result): readonly string[] {
    return stages.map(({ index }) => String(index));
  }
}

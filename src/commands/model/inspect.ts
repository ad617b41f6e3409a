import { optionalArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { Flags } from '../../cli/framework.ts';
import { modelFlags, registeredChoice } from '../../cli/model-flags.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { Inspection } from '../../lib/model/inspect.ts';

export type Result = Inspection;

export default class ModelInspect extends SentopsCommand<Result> {
  static override summary = 'Show what a model is made of: stages, sizes, labels, origin and weightiest features.';
  static override description =
    `Takes a folder that sentops train, Spark or MLflow wrote. Hashed features have no names: --data or --vocabulary gives words to find them by.`;
  static override examples = [
    '<%= config.bin %> model inspect',
    '<%= config.bin %> model inspect models/ngram --data reviews.csv --top 20',
    '<%= config.bin %> model inspect spark-model --vocabulary words.txt --json',
  ];
  static override args = {
    model: optionalArg({
      description: 'Model folder, or a models:/ or runs:/ URI; the best model of the project where absent.',
    }),
  };
  static override flags = {
    ...modelFlags,
    top: Flags.integer({ summary: 'Features to show for each class.', min: 0, max: 1000, default: 10 }),
    data: Flags.string({
      char: 'i',
      aliases: ['input'],
      summary: 'File with texts whose words give names to hashed features.',
      helpValue: 'FILE',
    }),
    'text-column': Flags.string({ summary: 'Column of the text; found by its name where absent.', helpValue: 'NAME' }),
    vocabulary: Flags.string({
      summary: 'File with words, one a line, that give names to features.',
      helpValue: 'FILE',
    }),
  };

  protected async work(context: Context<typeof ModelInspect>): Promise<Result> {
    const { args, flags } = context;
    const { chooseModel } = await import('../../lib/score/find-model.ts');
    const { runInspect } = await import('../../lib/model/run-inspect.ts');
    const { place } = await chooseModel({
      modelPath: args.model,
      registered: registeredChoice(flags),
      loadProject: sections => context.loadProject(sections),
      ...worldOf(context),
    });
    return runInspect({
      place,
      top: flags.top,
      input: flags.data,
      textColumn: flags['text-column'],
      vocabulary: flags.vocabulary,
      ...worldOf(context),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderInspection } = await import('../../cli/views/model.ts');
    renderInspection(result, view);
  }

  protected override rows({ stages }: Result): Rows {
    return { columns: ['index', 'kind', 'uid', 'params', 'arrays'], items: stages };
  }

  protected override ids({ path }: Result): readonly string[] {
    return [path];
  }
}

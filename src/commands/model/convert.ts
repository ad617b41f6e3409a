import { optionalArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { Flags } from '../../cli/framework.ts';
import { modelFlags, registeredChoice } from '../../cli/model-flags.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { Conversion } from '../../lib/model/convert.ts';
import type { FormatName } from '../../lib/model/load.ts';

export type Result = Conversion;

export default class ModelConvert extends SentopsCommand<Result> {
  static override summary = 'Write a model as a Spark pipeline, in our own form, or as an MLflow folder.';
  static override description =
    `The folder is written as a whole or not at all. A stage that a format cannot express is named and nothing is written.
A Spark pipeline loads in Spark 3.3 and later; an MLflow folder holds our own form and, where possible, the Spark pipeline, and serves as pyfunc without Spark.`;
  static override examples = [
    '<%= config.bin %> model convert spark-model --to mlflow --output model',
    '<%= config.bin %> model convert --to spark --output spark-model --force',
    '<%= config.bin %> model convert spark-model --to native --output model --dry-run',
  ];
  static override args = {
    model: optionalArg({
      description: 'Model folder, or a models:/ or runs:/ URI; the best model of the project where absent.',
    }),
  };
  static override flags = {
    ...modelFlags,
    to: Flags.string({ required: true, summary: 'Form to write.', options: ['spark', 'native', 'mlflow'] }),
    output: Flags.string({ char: 'o', required: true, summary: 'Folder to write.', helpValue: 'DIR' }),
    force: Flags.boolean({ summary: 'Replace a model that is there.' }),
  };

  protected async work(context: Context<typeof ModelConvert>): Promise<Result> {
    const { args, flags, request, signal } = context;
    const { chooseModel } = await import('../../lib/score/find-model.ts');
    const { convertModel } = await import('../../lib/model/convert.ts');
    const { place } = await chooseModel({
      modelPath: args.model,
      registered: registeredChoice(flags),
      loadProject: sections => context.loadProject(sections),
      ...worldOf(context),
    });
    return convertModel({
      place,
      output: flags.output,
      cwd: request.cwd,
      format: flags.to as FormatName,
      force: flags.force === true,
      dryRun: flags['dry-run'] === true,
      signal,
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderConversion } = await import('../../cli/views/model.ts');
    renderConversion(result, view);
  }

  protected override rows({ files }: Result): Rows {
    return { columns: ['path', 'bytes'], items: files };
  }

  protected override ids({ to }: Result): readonly string[] {
    return [to.path];
  }
}

import { optionalArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { SentopsError } from '../../cli/errors.ts';
import { Flags } from '../../cli/framework.ts';
import { modelFlags, registeredChoice } from '../../cli/model-flags.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { Verification } from '../../lib/model/verify.ts';

export type Result = Verification;

export default class ModelVerify extends SentopsCommand<Result> {
  static override summary = 'Check that a model scores here what it scores in Spark, bit by bit.';
  static override description =
    `With --against pyspark a real PySpark on this machine scores the rows ($PYSPARK_PYTHON, else python3). With a file, its columns text, prediction, rawPrediction, probability or probabilities are compared: what sentops score --vectors or Spark wrote, or columns as JSON.
The exit code is 9 when any double differs in any bit.`;
  static override examples = [
    '<%= config.bin %> model verify models/logisticregression --against pyspark',
    '<%= config.bin %> model verify models/logisticregression --against pyspark --data reviews.csv',
    '<%= config.bin %> model verify models/ngram --against scored.jsonl --json',
  ];
  static override args = {
    model: optionalArg({
      description: 'Model folder, or a models:/ or runs:/ URI; the best model of the project where absent.',
    }),
  };
  static override flags = {
    ...modelFlags,
    against: Flags.string({ required: true, summary: 'File with scores, or pyspark.', helpValue: 'FILE|pyspark' }),
    data: Flags.string({
      char: 'i',
      aliases: ['input'],
      summary: 'Rows for PySpark to score; built-in ones where absent.',
      helpValue: 'FILE',
    }),
    'text-column': Flags.string({ summary: 'Column of the text; found by its name where absent.', helpValue: 'NAME' }),
    math: Flags.string({
      summary: 'Which exp makes the probabilities: as Spark on x86-64 computes it, or as aarch64 does.',
      options: ['hotspot-x64', 'fdlibm'],
      default: 'hotspot-x64',
    }),
  };

  protected async work(context: Context<typeof ModelVerify>): Promise<Result> {
    const { args, flags } = context;
    const { chooseModel } = await import('../../lib/score/find-model.ts');
    const { verifyModel } = await import('../../lib/model/run-verify.ts');
    const { place } = await chooseModel({
      modelPath: args.model,
      registered: registeredChoice(flags),
      loadProject: sections => context.loadProject(sections),
      ...worldOf(context),
    });
    return verifyModel({
      place,
      against: flags.against,
      input: flags.data,
      textColumn: flags['text-column'],
      math: flags.math === 'fdlibm' ? 'fdlibm' : 'hotspot-x64',
      ...worldOf(context),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderVerification } = await import('../../cli/views/model.ts');
    renderVerification(result, view);
  }

  protected override rows({ parity }: Result): Rows {
    return { columns: ['name', 'rows', 'mismatches', 'maxUlp'], items: parity.columns };
  }

  protected override verdict({ parity, against }: Result): SentopsError | undefined {
    if (parity.mismatches === 0) return undefined;
    const { rows, mismatches, maxUlp } = parity;
    const size = maxUlp === null ? '' : `, by at most ${maxUlp} units in the last place`;
    return new SentopsError('DATA_INVALID', `${mismatches} of ${rows} rows differ from ${against}${size}`, {
      hint: 'look at the examples; on aarch64 Spark has another exp: --math fdlibm',
      details: { rows, mismatches, maxUlp },
    });
  }
}

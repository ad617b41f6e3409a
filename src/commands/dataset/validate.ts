import { optionalArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { SentopsError } from '../../cli/errors.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { profileFlags } from '../../cli/profile-flags.ts';
import { worldOf } from '../../cli/world.ts';
import type { ValidationReport } from '../../lib/data/profile/run-profile.ts';

export type Result = ValidationReport;

/** Checks that the message names; the details have all of them. */
const MOST_SAID = 5;

export default class DatasetValidate extends SentopsCommand<Result> {
  static override summary =
    'Check a file of labelled texts before it costs anything: exit 9 when it is not what it should be.';
  static override description =
    `Thresholds come from dataset.checks of the project file and from flags. The defaults are those of Sentiment140 and hold for that dataset alone: a file given by name is held to what somebody wrote down, and what else is odd about it is a warning.
Without a name the dataset of the project is checked. --strict counts warnings as failures. The report is written in any case.`;
  static override examples = [
    '<%= config.bin %> dataset validate',
    '<%= config.bin %> dataset validate reviews.csv --min-rows 1000 --max-null 0.01 --label-balance 0.3',
    '<%= config.bin %> dataset validate gs://bucket/data_raw/reviews.csv --output checks.html',
    '<%= config.bin %> dataset validate test.csv --against train.csv --max-leak 0 --json',
  ];
  static override args = {
    file: optionalArg({ description: 'File, folder of part files, or URI; - for standard input.' }),
  };
  static override flags = {
    ...fieldFlags(
      [
        'minRows',
        'maxNullFraction',
        'minLabelFraction',
        'maxBadFraction',
        'maxDuplicateFraction',
        'maxLeakFraction',
      ].map(key => `dataset.checks.${key}`),
    ),
    strict: Flags.boolean({ summary: 'Warnings count as failures.' }),
    ...profileFlags,
  };

  protected async work(context: Context<typeof DatasetValidate>): Promise<Result> {
    const { args, flags } = context;
    const { runValidation } = await import('../../lib/data/profile/run-profile.ts');
    return runValidation({
      location: args.file,
      textColumn: flags['text-column'],
      labelColumn: flags['label-column'],
      against: flags.against,
      output: flags.output,
      strict: flags.strict === true,
      dryRun: flags['dry-run'] === true,
      ...worldOf(context),
      loadProject: sections => context.loadProject(sections),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderValidation } = await import('../../cli/views/dataset-profile.ts');
    renderValidation(result, view);
  }

  protected override ids({ sha256 }: Result): readonly string[] {
    return [sha256];
  }

  protected override rows({ checks }: Result): Rows {
    return { columns: ['id', 'status', 'expected', 'found', 'origin', 'hint'], items: checks };
  }

  protected override verdict({ ok, checks, location, failed }: Result): SentopsError | undefined {
    if (ok) return undefined;
    const bad = checks.filter(({ status }) => status === (failed > 0 ? 'fail' : 'warn'));
    const said = bad
      .slice(0, MOST_SAID)
      .map(({ id, expected, found }) => `${id}: expected ${expected}, found ${found}`);
    const more = bad.length > MOST_SAID ? `; and ${bad.length - MOST_SAID} more` : '';
    return new SentopsError('DATA_INVALID', `${location}: ${said.join('; ')}${more}`, {
      hint:
        bad.find(({ hint }) => hint !== null)?.hint ?? 'mend the data, or change dataset.checks of the project file',
      details: { checks: bad },
    });
  }
}

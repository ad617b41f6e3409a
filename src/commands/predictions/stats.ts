import { optionalArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { STORAGE_SECTIONS } from '../../cli/storage-flags.ts';
import { worldOf } from '../../cli/world.ts';
import type { PredictionStats } from '../../lib/predictions/count-predictions.ts';

export type Result = PredictionStats;

export default class PredictionsStats extends SentopsCommand<Result> {
  static override summary = 'Count predictions by label, by version of the model and by day.';
  static override description =
    'The mean confidence is that of the chosen label, where the files tell it or a probability. Every row is read; of Parquet only the columns that are needed.';
  static override examples = [
    '<%= config.bin %> predictions stats',
    '<%= config.bin %> predictions stats --date 2026-11-21',
    '<%= config.bin %> predictions stats gs://my-bucket-predictions/predictions --format csv',
  ];
  static override args = { location: optionalArg({ description: 'Folder or file of predictions.' }) };
  static override flags = {
    date: Flags.string({ summary: 'Only of this day.', helpValue: 'YYYY-MM-DD' }),
    ...fieldFlags(['serve.outputPath', 'storage.userProject']),
  };

  protected async work(context: Context<typeof PredictionsStats>): Promise<Result> {
    const { args, flags } = context;
    const { countPredictions } = await import('../../lib/predictions/count-predictions.ts');
    const project = await context.loadProject([...STORAGE_SECTIONS, 'serve']);
    return countPredictions({ ...worldOf(context), project, location: args.location, date: flags.date });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderPredictionStats } = await import('../../cli/views/predictions.ts');
    renderPredictionStats(result, view);
  }

  protected override rows({ byLabel, byModelVersion, byDate }: Result): Rows {
    const items = Object.entries({ label: byLabel, modelVersion: byModelVersion, date: byDate }).flatMap(
      ([by, groups]) => groups.map(group => ({ by, ...group })),
    );
    return { columns: ['by', 'value', 'rows', 'share', 'meanConfidence'], items };
  }

  protected override ids({ byLabel }: Result): readonly string[] {
    return byLabel.map(({ value }) => value ?? '');
  }
}

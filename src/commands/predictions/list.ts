import { optionalArg } from '../../cli/args.ts';
import type { Context } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import { ListCommand, type ListResult, listColumns } from '../../cli/list-command.ts';
import { showMoment } from '../../cli/output/moment.ts';
import { formatAmount } from '../../cli/progress/amounts.ts';
import { STORAGE_SECTIONS } from '../../cli/storage-flags.ts';
import { worldOf } from '../../cli/world.ts';
import type { PredictionDay } from '../../lib/predictions/list-predictions.ts';

export type Result = ListResult<PredictionDay>;

export default class PredictionsList extends ListCommand<PredictionDay> {
  static override summary = 'List the predictions that were written, by day.';
  static override description =
    'Looks where the project writes them (serve.outputPath), or at a folder, a file, a gs:// URI or a role such as predictions:old. Parquet and JSON lines count; what Spark keeps for itself does not.';
  static override examples = [
    '<%= config.bin %> predictions list',
    '<%= config.bin %> predictions list gs://my-bucket-predictions/predictions --limit 7',
    '<%= config.bin %> predictions list --format csv',
  ];
  static override args = { location: optionalArg({ description: 'Folder or file of predictions.' }) };
  static override flags = {
    date: Flags.string({ summary: 'Only of this day.', helpValue: 'YYYY-MM-DD' }),
    ...fieldFlags(['serve.outputPath', 'storage.userProject']),
  };
  static override columns = listColumns<PredictionDay>({
    date: { id: true, value: ({ date }) => date ?? 'no day' },
    files: { align: 'right' },
    rows: { align: 'right' },
    bytes: { title: 'size', show: ({ bytes }) => formatAmount(bytes, 'bytes'), align: 'right' },
    newest: { show: ({ newest }) => showMoment(newest) },
    unreadable: { align: 'right', extra: true },
  });
  static override empty = 'There are no predictions.';

  protected async work(context: Context<typeof PredictionsList>): Promise<Result> {
    const { args, flags } = context;
    const { listPredictions } = await import('../../lib/predictions/list-predictions.ts');
    const project = await context.loadProject([...STORAGE_SECTIONS, 'serve']);
    const { days } = await listPredictions({
      ...worldOf(context),
      project,
      location: args.location,
      date: flags.date,
    });
    return { items: days, nextPageToken: null };
  }
}

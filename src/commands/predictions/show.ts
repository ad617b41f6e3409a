import { optionalArg } from '../../cli/args.ts';
import type { Context } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import { ListCommand, type ListResult, listColumns } from '../../cli/list-command.ts';
import { STORAGE_SECTIONS } from '../../cli/storage-flags.ts';
import { worldOf } from '../../cli/world.ts';
import type { PredictionRow } from '../../lib/predictions/show-predictions.ts';

export type Result = ListResult<PredictionRow>;

export default class PredictionsShow extends ListCommand<PredictionRow> {
  static override summary = 'Show some predictions, the newest files first.';
  static override description =
    'Rows come from the newest file of the newest day on, in the order in which they were written.';
  static override examples = [
    '<%= config.bin %> predictions show --head 20',
    '<%= config.bin %> predictions show --date 2026-11-21 --columns text,prediction,confidence',
    '<%= config.bin %> predictions show scored.jsonl --json',
  ];
  static override args = { location: optionalArg({ description: 'Folder or file of predictions.' }) };
  static override flags = {
    date: Flags.string({ summary: 'Only of this day.', helpValue: 'YYYY-MM-DD' }),
    head: Flags.integer({ summary: 'So many rows.', default: 10, min: 1 }),
    ...fieldFlags(['serve.outputPath', 'storage.userProject']),
  };
  static override columns = listColumns<PredictionRow>({
    date: {},
    prediction: {},
    confidence: { align: 'right', show: ({ confidence }) => confidence?.toFixed(4) ?? null },
    label: {},
    modelVersion: { title: 'version' },
    text: { id: true },
    timestamp: { extra: true },
    probability: { extra: true },
    file: { extra: true },
  });
  static override empty = 'There are no predictions.';

  protected async work(context: Context<typeof PredictionsShow>): Promise<Result> {
    const { args, flags } = context;
    const { showPredictions } = await import('../../lib/predictions/show-predictions.ts');
    const project = await context.loadProject([...STORAGE_SECTIONS, 'serve']);
    const items = await showPredictions({
      ...worldOf(context),
      project,
      location: args.location,
      date: flags.date,
      head: flags.head ?? 10,
    });
    return { items, nextPageToken: null };
  }
}

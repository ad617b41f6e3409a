import { restArgs } from '../../cli/args.ts';
import type { Context } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import { ListCommand, listColumns } from '../../cli/list-command.ts';
import type { View } from '../../cli/output/view.ts';
import { formatAmount } from '../../cli/progress/amounts.ts';
import { STORAGE_SECTIONS, timeFlags } from '../../cli/storage-flags.ts';
import { worldOf } from '../../cli/world.ts';
import type { Usage, UsageList } from '../../lib/storage/operate/measure-usage.ts';

export type Result = UsageList;

export default class StorageDu extends ListCommand<Usage, Result> {
  static override summary = 'Show how much is stored, by folder.';
  static override description =
    'Each location follows the folders in it. Without a location all buckets of the project are measured. Locations and patterns are those of storage ls.';
  static override examples = [
    '<%= config.bin %> storage du',
    '<%= config.bin %> storage du gs://my-bucket/predictions --depth 2 --sort -bytes',
    '<%= config.bin %> storage du -s raw: models: --json',
  ];
  static override strict = false;
  static override args = { locations: restArgs({ description: 'URIs, paths or patterns.' }) };
  static override flags = {
    depth: Flags.integer({
      summary: 'Levels of folders with a line of their own.',
      default: 1,
      min: 0,
      helpValue: 'N',
    }),
    summarize: Flags.boolean({ char: 's', summary: 'Only a line for each location.', exclusive: ['depth'] }),
    ...timeFlags,
    ...fieldFlags(['storage.userProject']),
  };
  static override columns = listColumns<Usage>({
    bytes: { title: 'size', show: ({ bytes }) => formatAmount(bytes, 'bytes'), align: 'right' },
    objects: { align: 'right' },
    uri: { id: true },
  });
  static override empty = 'There is nothing in it.';

  protected async work(context: Context<typeof StorageDu>): Promise<Result> {
    const { args, flags } = context;
    const { measureUsage } = await import('../../lib/storage/operate/measure-usage.ts');
    return measureUsage({
      ...worldOf(context),
      project: await context.loadProject(STORAGE_SECTIONS),
      locations: args.locations ?? [],
      depth: flags.summarize === true ? 0 : flags.depth,
      newer: flags.newer,
      date: flags.date,
    });
  }

  protected override async render(result: Result, view: View): Promise<void> {
    await super.render(result, view);
    const { renderTotal } = await import('../../cli/views/storage.ts');
    renderTotal(result.total, view);
  }
}

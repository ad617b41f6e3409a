import { restArgs } from '../../cli/args.ts';
import type { Context } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import { ListCommand, listColumns } from '../../cli/list-command.ts';
import { showMoment } from '../../cli/output/moment.ts';
import type { View } from '../../cli/output/view.ts';
import { formatAmount } from '../../cli/progress/amounts.ts';
import { recursiveFlag, STORAGE_SECTIONS, timeFlags } from '../../cli/storage-flags.ts';
import { worldOf } from '../../cli/world.ts';
import type { ListedObject, ObjectList } from '../../lib/storage/operate/list-objects.ts';

export type Result = ObjectList;

export default class StorageLs extends ListCommand<ListedObject, Result> {
  static override summary = 'List objects and folders.';
  static override description =
    `Locations are gs:// URIs, paths, or a role of the project: raw:reviews is the path reviews in its bucket for raw data. Without one the buckets of the project are listed.
In patterns * and ? stop at a slash, ** does not; [a-z] and {a,b} work, too. Quote them, so that the shell leaves them alone. Nothing at a location is exit code 5.`;
  static override examples = [
    '<%= config.bin %> storage ls raw:',
    '<%= config.bin %> storage ls -l gs://my-bucket/predictions/',
    '<%= config.bin %> storage ls -r "gs://my-bucket/predictions/date=2026-11-*/"',
    '<%= config.bin %> storage ls -l "predictions:**/*.parquet" --newer 2d --sort -updated',
  ];
  static override strict = false;
  static override args = { locations: restArgs({ description: 'URIs, paths or patterns.' }) };
  static override flags = {
    recursive: recursiveFlag('All objects below, not only what lies there directly.'),
    long: Flags.boolean({ char: 'l', summary: 'With sizes, times and totals.' }),
    ...timeFlags,
    ...fieldFlags(['storage.userProject']),
  };
  static override columns = listColumns<ListedObject>({
    bytes: {
      title: 'size',
      show: ({ bytes }) => (bytes === null ? null : formatAmount(bytes, 'bytes')),
      align: 'right',
    },
    updated: { show: ({ updated }) => showMoment(updated) },
    uri: { id: true },
    type: { extra: true },
    generation: { extra: true },
    crc32c: { extra: true },
    contentType: { extra: true },
  });
  static override empty = 'There is nothing in it.';

  private isLong = false;

  protected async work(context: Context<typeof StorageLs>): Promise<Result> {
    const { args, flags } = context;
    this.isLong = flags.long === true;
    const { listObjects } = await import('../../lib/storage/operate/list-objects.ts');
    return listObjects({
      ...worldOf(context),
      project: await context.loadProject(STORAGE_SECTIONS),
      locations: args.locations ?? [],
      recursive: flags.recursive === true,
      newer: flags.newer,
      date: flags.date,
    });
  }

  protected override async render(result: Result, view: View): Promise<void> {
    if (result.items.length === 0 || this.query?.projected) return super.render(result, view);
    const { renderObjects } = await import('../../cli/views/storage.ts');
    renderObjects(result.items, this.isLong, view);
  }
}

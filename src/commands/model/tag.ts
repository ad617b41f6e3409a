import { requiredArg, restArgs } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { SentopsError } from '../../cli/errors.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { untagFlag } from '../../cli/run-flags.ts';
import { worldOf } from '../../cli/world.ts';
import type { TaggedModel } from '../../lib/registry/tag-model.ts';

export type Result = TaggedModel;

export default class ModelTag extends SentopsCommand<Result> {
  static override summary = 'Set and delete tags of a registered model or of one of its versions.';
  static override examples = [
    '<%= config.bin %> model tag reviews team=search owner=ann',
    '<%= config.bin %> model tag reviews --version 4 validated=yes',
    '<%= config.bin %> model tag reviews --version 4 --delete validated',
  ];
  static override args = {
    name: requiredArg({ description: 'Registered model.' }),
    tags: restArgs({ description: 'Tags to set, as key=value.' }),
  };
  static override flags = {
    version: Flags.integer({ summary: 'Tag this version.', min: 1, helpValue: 'N' }),
    delete: untagFlag,
    ...fieldFlags(['mlflow.trackingUri']),
  };

  protected async work(context: Context<typeof ModelTag>): Promise<Result> {
    const { args, flags } = context;
    const [texts, remove] = [args.tags ?? [], flags.delete ?? []];
    if (texts.length + remove.length === 0)
      throw new SentopsError('USAGE', 'there is no tag to set or to delete', {
        hint: 'write key=value, or --delete KEY',
      });
    const { tagModel } = await import('../../lib/registry/tag-model.ts');
    const { parsePairs } = await import('../../lib/runs/read-entries.ts');
    return tagModel({
      set: parsePairs(texts, 'tag'),
      remove,
      project: await context.loadProject(['mlflow']),
      name: args.name,
      version: flags.version,
      dryRun: flags['dry-run'] === true,
      ...worldOf(context),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderTags } = await import('../../cli/views/registry-change.ts');
    renderTags(result, view);
  }

  protected override rows({ changes }: Result): Rows {
    return { columns: ['key', 'before', 'after'], items: changes };
  }

  protected override ids({ changes }: Result): readonly string[] {
    return changes.map(({ key }) => key);
  }
}

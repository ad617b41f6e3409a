import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { ModelDescription } from '../../lib/registry/describe-model.ts';

export type Result = ModelDescription;

export default class ModelDescribe extends SentopsCommand<Result> {
  static override summary = 'Show a registered model: who serves, its newest versions, and what was done to it.';
  static override description =
    'With --history also every promotion, rollback and refusal that sentops recorded, with the numbers that it rested on.';
  static override examples = [
    '<%= config.bin %> model describe twitter-sentiment-model-best',
    '<%= config.bin %> model describe twitter-sentiment-model-best --history',
    '<%= config.bin %> model describe twitter-sentiment-model-best --version 3 --json',
  ];
  static override args = { name: requiredArg({ description: 'Registered model.' }) };
  static override flags = {
    version: Flags.integer({ summary: 'Show this version.', min: 1, helpValue: 'N' }),
    history: Flags.boolean({ summary: 'Show what was done to its stages and aliases.' }),
    ...fieldFlags(['mlflow.trackingUri']),
  };

  protected async work(context: Context<typeof ModelDescribe>): Promise<Result> {
    const { args, flags } = context;
    const { describeModel } = await import('../../lib/registry/describe-model.ts');
    return describeModel({
      project: await context.loadProject(['mlflow']),
      name: args.name,
      version: flags.version,
      history: flags.history === true,
      ...worldOf(context),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderModel } = await import('../../cli/views/registry.ts');
    renderModel(result, view);
  }

  protected override rows({ versions, history }: Result): Rows {
    if (history !== null)
      return { columns: ['at', 'action', 'outcome', 'stage', 'alias', 'from', 'to', 'by', 'reason'], items: history };
    return {
      columns: ['version', 'stage', 'aliases', 'accuracy', 'f1', 'runId', 'createdAt', 'source'],
      items: versions,
    };
  }

  protected override ids({ name }: Result): readonly string[] {
    return [name];
  }
}

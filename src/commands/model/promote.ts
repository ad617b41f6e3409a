import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import type { Outputs } from '../../cli/ci/outputs.ts';
import { SentopsError } from '../../cli/errors.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { gateFlags, targetFlags } from '../../cli/promotion-flags.ts';
import { worldOf } from '../../cli/world.ts';
import type { PromotionReport } from '../../lib/registry/promotion-scene.ts';

export type Result = PromotionReport;

export default class ModelPromote extends SentopsCommand<Result> {
  static override summary = 'Let a version take over, where it beats the one that serves.';
  static override description =
    `With --eval-data both versions score the same rows, and McNemar's test says whether the gain is more than chance. Without it the test metrics that their runs recorded are compared, where both were measured on the same data. Where no version serves yet, only --min-accuracy and --min-f1 count. A version that a rollback left is promoted again only by its number.
A stage and the alias that stands for it are set together (mlflow.registryMode, mlflow.stageAliases); the version that served before is archived. The evidence is kept in tags of the version and in the history of the model, refusals included.
Exit 12: the gate is not met. 13: there is too little evidence. 6: another promotion was faster.`;
  static override examples = [
    '<%= config.bin %> model promote reviews --to Production --eval-data test.csv',
    '<%= config.bin %> model promote reviews --version 4 --alias champion --min-accuracy 0.8 --min-delta 0.01',
    '<%= config.bin %> model promote reviews --eval-data test.csv --dry-run --json',
  ];
  static override args = { name: requiredArg({ description: 'Registered model.' }) };
  static override flags = {
    ...targetFlags,
    ...gateFlags,
    ...fieldFlags(['mlflow.trackingUri']),
  };

  protected async work(context: Context<typeof ModelPromote>): Promise<Result> {
    const { args, flags } = context;
    const { promoteModel } = await import('../../lib/registry/promote.ts');
    const { readRules } = await import('../../lib/registry/promotion-rules.ts');
    const project = await context.loadProject(['mlflow', 'rollout']);
    const columns = { textColumn: flags['text-column'], labelColumn: flags['label-column'] };
    return promoteModel({
      project,
      name: args.name,
      version: flags.version,
      to: flags.to,
      alias: flags.alias,
      evalData: flags['eval-data'] === undefined ? undefined : { file: flags['eval-data'], ...columns },
      rules: readRules(project.config.rollout.promotion),
      force: flags.force === true,
      dryRun: flags['dry-run'] === true,
      ...worldOf(context),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderPromotion } = await import('../../cli/views/registry-change.ts');
    renderPromotion(result, view);
  }

  protected override rows({ checks }: Result): Rows {
    return { columns: ['name', 'value', 'bound', 'met', 'detail'], items: checks };
  }

  protected override ids({ version }: Result): readonly string[] {
    return [String(version)];
  }

  protected override outputs({ version, decision }: Result): Outputs {
    return { 'model-version': version, decision };
  }

  protected override verdict(result: Result): SentopsError | undefined {
    const { decision, model, version, reason, checks, champion, evidence } = result;
    if (decision === 'promote' || decision === 'already') return undefined;
    const code = decision === 'reject' ? 'GATE_NOT_MET' : 'INCONCLUSIVE';
    const samples = checks.some(check => check.name === 'samples' && check.met === false);
    const hint =
      decision === 'reject'
        ? 'train a better one, change the gate, or promote it all the same with --force'
        : `${samples ? 'give more rows, or lower --min-samples' : 'give --eval-data FILE with labelled rows'}; --force promotes without evidence`;
    return new SentopsError(code, `version ${version} of ${model} is not promoted: ${reason}`, {
      hint,
      details: { model, version, champion, checks, evidence },
    });
  }
}
